import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInfluxFile } from '../../../src/adapters/metrics/influx-file.ts';
import { lineOf } from '../../../src/adapters/metrics/influx-lines.ts';
import type { Phase } from '../../../src/domain/service-state.ts';
import type { Log } from '../../../src/ports/log.ts';
import { createFakeClock } from '../../support/fake-time.ts';
import { parseInfluxLine } from '../../support/influx-text.ts';
import { COVERAGE, NOW, REPORT, STATE } from './facts.ts';

function metricsFile() {
  const dataDir = mkdtempSync(join(tmpdir(), 'photos-influx-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const clock = createFakeClock(NOW);
  const make = () => createInfluxFile({ dataDir, outlook: () => STATE, coverage: () => COVERAGE, clock, log });
  const path = join(dataDir, '.icloud-photos-sync.metrics');
  const read = () => readFileSync(path, 'utf8').split('\n').slice(0, -1).map(parseInfluxLine);
  const statuses = () => read().flatMap(({ fields }) => (fields.status === undefined ? [] : [fields.status]));
  const enter = (file: ReturnType<typeof make>, ...phases: Phase[]) => {
    for (const phase of phases) {
      clock.advance(1000);
      file.events.entered(phase, 'schedule');
    }
  };
  return { dataDir, path, make, read, statuses, enter, lines, clock };
}

describe('the metrics file', () => {
  it('tells a night in the words of the older tool, each line readable by itself', () => {
    const { make, read, statuses, enter, path } = metricsFile();
    const file = make();
    file.open();
    enter(file, 'signing-in', 'waiting-for-code', 'signing-in', 'syncing');
    file.events.ended(REPORT, 'schedule');
    file.close();
    expect(statuses()).toEqual([
      'SCHEDULED',
      'AUTHENTICATION_STARTED',
      'MFA_REQUIRED',
      'MFA_RECEIVED',
      'ACCOUNT_READY',
      'SYNC_START',
      'FETCH_N_LOAD_STARTED',
      'SYNC_COMPLETED',
      'SCHEDULED_SUCCESS',
    ]);
    const points = read();
    expect(new Set(points.map(({ measurement }) => measurement))).toEqual(new Set(['icloud_photos_sync']));
    expect(points[0]).toEqual({
      measurement: 'icloud_photos_sync',
      time: BigInt(NOW) * 1_000_000n,
      fields: { next_schedule: STATE.nextRunMs, trust_days_left: 12 },
    });
    expect(points.find(({ fields }) => fields.status === 'MFA_REQUIRED')?.fields.status_time).toBe(NOW + 2000);
    expect(points.find(({ fields }) => 'errors' in fields)?.fields).toEqual({
      remote_assets_fetched: 20,
      remote_albums_fetched: 2,
      assets_to_be_added: 5,
      assets_to_be_deleted: 1,
      assets_to_be_kept: 89_996,
      local_assets_loaded: 90_000,
      errors: 0,
      'warn-write_asset_error': 1,
    });
    expect(statSync(path).mode & 0o007).toBe(0);
  });

  it('says when nobody brought the code, and when a device was not asked in time', () => {
    const { make, statuses, enter } = metricsFile();
    const file = make();
    file.open();
    enter(file, 'signing-in', 'waiting-for-code', 'signing-in', 'waiting-for-code');
    file.events.ended({ ...REPORT, outcome: 'needs-person' }, 'missed');
    enter(file, 'signing-in', 'syncing', 'waiting-for-approval', 'idle');
    expect(statuses().slice(2)).toEqual([
      'MFA_REQUIRED',
      'MFA_NOT_PROVIDED',
      'ERROR',
      'SCHEDULED_FAILURE',
      'AUTHENTICATION_STARTED',
      'ACCOUNT_READY',
      'SYNC_START',
      'FETCH_N_LOAD_STARTED',
      'PCS_REQUIRED',
      'PCS_NOT_READY',
    ]);
    file.close();
  });

  it('begins anew with the service, and goes on when only the volume was away', () => {
    const { make, statuses } = metricsFile();
    const file = make();
    file.open();
    file.close();
    file.open();
    file.close();
    expect(statuses()).toEqual(['SCHEDULED', 'SCHEDULED']);
    make().open();
    expect(statuses()).toEqual(['SCHEDULED']);
  });

  it('never appears below a mount point whose volume has gone', () => {
    const { make, enter, dataDir, path } = metricsFile();
    const file = make();
    file.open();
    // The volume goes away under the service, and an empty folder is left in its place.
    renameSync(dataDir, `${dataDir}.gone`);
    onTestFinished(() => rmSync(`${dataDir}.gone`, { recursive: true }));
    mkdirSync(dataDir);
    enter(file, 'signing-in', 'syncing');
    file.close();
    enter(file, 'idle');
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});

describe('a line', () => {
  it.each(['plain', 'with "quotes"', 'back\\slash', 'two\nlines', 'a, b = c', '„Grüße“ 🎉'])('carries %j', (text) => {
    const line = lineOf({ 'warn-x': 1.5, status: text }, NOW);
    expect(line.endsWith('\n')).toBe(true);
    expect(parseInfluxLine(line.slice(0, -1)).fields).toEqual({ 'warn-x': 1.5, status: text.replace('\n', ' ') });
  });
});
