import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import { createWebhook } from '../../../src/adapters/notify/webhook.ts';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import type { Catalog } from '../../../src/ports/catalog.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Notifier } from '../../../src/ports/notifier.ts';
import { createNotifications } from '../../../src/service/notifications.ts';
import { createFakeClock } from '../../support/fake-time.ts';
import { CODE_NEED, GOOD_RUN, stateWith } from '../web/fake-service.ts';
import { type Answer, inbox, NOW } from './channel-support.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const NEEDS_CODE: Partial<ServiceState> = {
  phase: 'waiting-for-code',
  need: CODE_NEED,
  lastRun: { ...GOOD_RUN, outcome: 'needs-person' },
  lastSuccessMs: GOOD_RUN.endedAtMs - DAY_MS,
};

/** Notifications over a real catalog and real receivers; the test sets the state and the time. */
async function owner(answers: Readonly<Record<string, readonly Answer[]>> = { phone: [{ status: 200 }] }) {
  const folder = mkdtempSync(join(tmpdir(), 'photos-notify-'));
  const catalog = openCatalog({ file: join(folder, 'catalog.sqlite'), appleId: 'me@example.com' });
  const clock = createFakeClock(NOW);
  const lines: string[] = [];
  const note = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: () => undefined, info: note('info'), warn: note('warn'), error: note('error') };
  const boxes = await Promise.all(Object.entries(answers).map(async ([name, script]) => [name, await inbox(script)] as const));
  const channels: Notifier[] = boxes.map(([name, { origin, parts }]) => ({
    ...createWebhook({ ...parts, url: origin, token: undefined }),
    name,
  }));
  const world = { state: stateWith({}), library: catalog as Catalog | undefined };
  const make = () =>
    createNotifications({
      channels: () => channels,
      facts: () => ({
        nowMs: clock.now(),
        state: world.state,
        coverage: () => world.library?.coverage(),
        lastVerify: undefined,
        pageUrl: undefined,
        codeWarningDays: 0,
        weeklySummary: false,
      }),
      catalog: () => world.library,
      clock,
      log,
    });
  let notifications = make();
  onTestFinished(async () => {
    await notifications.stop(new Error('The test has ended.'));
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const arrived = (name: string) =>
    (boxes.find(([own]) => own === name)?.[1].deliveries ?? []).map(({ json }) => (json as { title: string }).title);
  return {
    arrived,
    lines,
    channels,
    figures: () => notifications.figures(),
    /** The library's volume goes away, or is back. */
    volume: (isThere: boolean) => {
      world.library = isThere ? catalog : undefined;
    },
    async becomes(change: Partial<ServiceState>, afterMs = MINUTE_MS) {
      clock.advance(afterMs);
      world.state = stateWith(change);
      notifications.notice();
      // It looks a moment later: whoever tells it of a change may still be in the middle of it.
      await new Promise((next) => setImmediate(() => setImmediate(next)));
    },
    async restart() {
      await notifications.stop(new Error('Restart.'));
      notifications = make();
    },
    /** Resolves when this is true: messages travel over real connections. */
    async until(what: () => boolean) {
      for (let looks = 0; looks < 1000 && !what(); looks++) await new Promise((next) => setTimeout(next, 2));
      expect(what(), lines.join('\n')).toBe(true);
    },
  };
}

describe('a message', () => {
  it('goes to every channel once, over restarts too', async () => {
    const { becomes, until, arrived, restart } = await owner({ phone: [{ status: 200 }], mail: [{ status: 200 }] });
    await becomes(NEEDS_CODE);
    await until(() => arrived('phone').length === 1 && arrived('mail').length === 1);
    await restart();
    await becomes(NEEDS_CODE);
    await restart();
    await becomes(NEEDS_CODE);
    await becomes({});
    await until(() => arrived('phone').length === 2 && arrived('mail').length === 2);
    expect(arrived('phone')).toEqual(['Apple wants a code', 'Signed in again']);
  });

  it('that could not be delivered is tried again, later and later, while the other channels hear it at once', async () => {
    const { becomes, until, arrived, lines, figures } = await owner({
      phone: [{ status: 500 }, { status: 500 }, { status: 200 }],
      mail: [{ status: 200 }],
    });
    await becomes(NEEDS_CODE);
    await until(() => arrived('phone').length === 1 && arrived('mail').length === 1);
    await until(() => figures()[0]?.failed === 1);
    await becomes(NEEDS_CODE, 59_000); // too early
    await becomes(NEEDS_CODE, 1000);
    await until(() => figures()[0]?.failed === 2);
    await becomes(NEEDS_CODE, 4 * MINUTE_MS); // too early again
    expect(figures()[0]).toMatchObject({ channel: 'phone', sent: 0, failed: 2, waiting: 1 });
    await becomes(NEEDS_CODE, MINUTE_MS);
    await until(() => figures()[0]?.sent === 1);
    expect(figures()).toEqual([
      { channel: 'phone', sent: 1, failed: 2, waiting: 0 },
      { channel: 'mail', sent: 1, failed: 0, waiting: 0 },
    ]);
    // One warning for an outage, one word when it is over.
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'info']);
    expect(lines[0]).toContain('It answered 500.');
  });

  it('that waits survives a restart', async () => {
    const { becomes, until, arrived, restart, figures } = await owner({ phone: [{ status: 503 }, { status: 200 }] });
    await becomes(NEEDS_CODE);
    await until(() => figures()[0]?.failed === 1);
    await restart();
    await becomes(NEEDS_CODE, 2 * MINUTE_MS);
    await until(() => figures()[0]?.sent === 1);
    expect(arrived('phone')).toEqual(['Apple wants a code', 'Apple wants a code']);
  });

  it('is withdrawn when the problem was over before it could be delivered: the good news tells enough', async () => {
    const { becomes, until, arrived, figures } = await owner({ phone: [{ status: 503 }, { status: 200 }] });
    await becomes(NEEDS_CODE);
    await until(() => figures()[0]?.failed === 1);
    await becomes({}, 10 * MINUTE_MS);
    await until(() => figures()[0]?.sent === 1);
    expect(arrived('phone').slice(1)).toEqual(['Signed in again']);
    expect(figures()[0]?.waiting).toBe(0);
  });

  it('that nobody takes for a week is given up', async () => {
    const { becomes, until, lines, figures } = await owner({ phone: [{ status: 404 }] });
    await becomes(NEEDS_CODE);
    for (let day = 1; day <= 8; day++) {
      await until(() => figures()[0]?.failed === day);
      await becomes(NEEDS_CODE, DAY_MS);
    }
    await until(() => figures()[0]?.waiting === 0);
    expect(lines.at(-1)).toContain('given up after a week');
  });

  it('waits as long as the service behind the channel asks for', async () => {
    const { becomes, until, figures } = await owner({ phone: [{ status: 429, headers: { 'Retry-After': '3600' } }, { status: 200 }] });
    await becomes(NEEDS_CODE);
    await until(() => figures()[0]?.failed === 1);
    // Receivers count from their own clock, which stands still here.
    await becomes(NEEDS_CODE, 58 * MINUTE_MS);
    expect(figures()[0]).toMatchObject({ sent: 0, waiting: 1 });
    await becomes(NEEDS_CODE, 2 * MINUTE_MS);
    await until(() => figures()[0]?.sent === 1);
  });
});

describe('a library that is away', () => {
  it('is told although there is nowhere to remember it, and once', async () => {
    const { becomes, until, arrived, volume } = await owner();
    volume(false);
    await becomes({ phase: 'volume-missing' });
    await becomes({ phase: 'volume-missing' }, 11 * MINUTE_MS);
    await until(() => arrived('phone').length === 1);
    volume(true);
    await becomes({});
    await until(() => arrived('phone').length === 2);
    await becomes({});
    expect(arrived('phone')).toEqual(['The library folder is not there', 'The library folder is back']);
  });

  it('does not forget what was told before', async () => {
    const { becomes, until, arrived, volume, restart } = await owner();
    await becomes(NEEDS_CODE);
    await until(() => arrived('phone').length === 1);
    volume(false);
    await restart();
    await becomes({ phase: 'volume-missing' });
    volume(true);
    await becomes(NEEDS_CODE);
    await becomes({});
    await until(() => arrived('phone').length === 2);
    expect(arrived('phone')).toEqual(['Apple wants a code', 'Signed in again']);
  });
});

it('a channel that has been removed takes its messages with it', async () => {
  const { becomes, until, channels, figures } = await owner({ phone: [{ status: 500 }], mail: [{ status: 200 }] });
  await becomes(NEEDS_CODE);
  await until(() => figures()[0]?.failed === 1);
  const [phone] = channels.splice(0, 1) as [Notifier];
  await becomes(NEEDS_CODE);
  channels.push(phone);
  expect(figures().map(({ channel, waiting }) => [channel, waiting])).toEqual([
    ['mail', 0],
    ['phone', 0],
  ]);
});

it('a channel that is set up later hears of what is open then', async () => {
  const { becomes, until, channels, arrived } = await owner();
  const [phone] = channels.splice(0) as [Notifier];
  await becomes(NEEDS_CODE);
  await becomes(NEEDS_CODE);
  channels.push(phone);
  await becomes(NEEDS_CODE);
  await until(() => arrived('phone').length === 1);
  expect(arrived('phone')).toEqual(['Apple wants a code']);
});
