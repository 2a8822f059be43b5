import { describe, expect, it } from 'vitest';
import { gateOf } from '../../../src/compose/context.ts';
import { NO_COUNTS, type RunReport } from '../../../src/domain/run-report.ts';
import type { Log } from '../../../src/ports/log.ts';
import { createAudience } from '../../../src/service/audience.ts';
import { createLogBook } from '../../../src/service/log-book.ts';
import { createFakeClock } from '../../support/fake-time.ts';
import { load } from '../config/scratch.ts';

function quietLog() {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  return { log, lines };
}

const REPORT: RunReport = {
  command: 'sync',
  startedAtMs: 1,
  endedAtMs: 2,
  outcome: 'complete',
  counts: NO_COUNTS,
  problems: [],
  notices: [],
};

describe('an audience', () => {
  it('hears everything in order, and a defect of one who watches ends no run', () => {
    const { log, lines } = quietLog();
    const heard: string[] = [];
    const audience = createAudience(log);
    audience.join({
      entered: () => {
        throw new Error('a defect');
      },
      ended: () => undefined,
    });
    audience.join({
      entered: (phase) => void heard.push(phase),
      ended: ({ outcome }, trigger) => void heard.push(`${outcome} ${trigger}`),
    });
    audience.entered('syncing', 'schedule');
    audience.ended(REPORT, 'schedule');
    expect(heard).toEqual(['syncing', 'complete schedule']);
    expect(lines).toHaveLength(1);
  });
});

describe('the book of the log', () => {
  it('holds what was said since the last run began, without secrets, and never grows without end', () => {
    const { log, lines } = quietLog();
    const clock = createFakeClock(1000);
    const book = createLogBook(log, (text) => text.replace('secret', '***'), clock);
    book.log.info('of the run before');
    book.turnPage();
    book.log.warn('the secret');
    expect(book.entries()).toEqual([{ level: 'warn', time: 1000, source: 'photos-sync', message: 'the ***' }]);
    for (let line = 0; line < 10_000; line++) book.log.debug(`line ${line}`);
    expect(book.entries().length).toBeLessThanOrEqual(2000);
    expect(book.entries().at(-1)?.message).toBe('line 9999');
    expect(lines).toHaveLength(10_002);
  });
});

describe('the address in WEB_URL', () => {
  it('may reach the port under its host name, besides those that are named', () => {
    const { settings } = load({ env: { WEB_URL: 'https://photos.example.com/x', WEB_ALLOWED_HOSTS: 'other.example.com' } });
    expect(gateOf(settings).allowedHosts).toEqual(['other.example.com', 'photos.example.com']);
    expect(gateOf(load({ env: { WEB_URL: 'http://[fd00::1]:8080/' } }).settings).allowedHosts).toEqual(['fd00::1']);
    expect(gateOf(load({}).settings).allowedHosts).toEqual([]);
  });
});
