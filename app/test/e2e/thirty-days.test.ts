import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { newDaemon, type TestDaemon } from '../support/daemon.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const DAY_MS = 24 * 3_600_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** From noon to two in the morning, the slot, and on to the next noon. */
async function night(daemon: TestDaemon): Promise<void> {
  daemon.clock.advance(14 * 3_600_000);
  const slot = daemon.schedule.fire();
  // A run that waits for a code ends when its time is up.
  await Promise.race([slot, daemon.reaches('waiting-for-code')]);
  if (daemon.current().service.state().codeAwaited) daemon.clock.advance(601_000);
  await slot;
  daemon.clock.advance(10 * 3_600_000);
}

const contents = (daemon: TestDaemon) => countContents(hashTree(daemon.library).values());

describe('thirty-five days of a service nobody looks after', () => {
  it('end right every night: sessions expire, the network goes away, a code is asked for once and given late', async () => {
    const daemon = await newDaemon();
    const { simulator } = daemon;
    const { account } = simulator;
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    expect(await daemon.current().service.desk.submit(account.currentCode() ?? '')).toBe('accepted');
    await daemon.reaches('idle');
    expect(contents(daemon)).toEqual(expectedContents(simulator.library));
    expect(account).toMatchObject({ pushes: 1, signIns: 1 });

    const heap: number[] = [];
    let stopOutage = () => {};
    for (let day = 1; day <= 35; day++) {
      simulator.library.addAsset({ filename: `day-${day}.jpg`, captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
      if (day % 7 === 0) account.expireSession();
      if (day === 10) stopOutage = simulator.faults.add({ on: '*', times: Number.POSITIVE_INFINITY, effect: 'reset' });
      if (day === 12) stopOutage();
      if (day === 25) {
        account.revokeTrust();
        account.expireTokens();
      }
      if (day === 28) {
        // Somebody looks at last, and asks for a new code.
        expect(account.pushes).toBe(2);
        expect(daemon.current().service.state().need).toMatchObject({ code: 'code-needed' });
        expect(daemon.current().service.desk.resend({ method: 'device' })).toBe(true);
        await daemon.reaches('waiting-for-code');
        while (!daemon.current().service.state().codeAwaited) await new Promise((next) => setImmediate(next));
        expect(await daemon.current().service.desk.submit(account.currentCode() ?? '')).toBe('accepted');
        await daemon.reaches('syncing', 'idle');
        await daemon.reaches('idle');
        expect(contents(daemon)).toEqual(expectedContents(simulator.library));
      }
      await night(daemon);
      const { lastRun, need } = daemon.current().service.state();
      if (day === 10 || day === 11) expect(lastRun).toMatchObject({ outcome: 'failed', code: 'no-network' });
      else if (day >= 25 && day < 28) {
        expect(lastRun).toMatchObject({ outcome: 'needs-person', code: 'code-needed' });
        expect(account.pushes).toBe(2);
      } else {
        expect(lastRun, daemon.lines.slice(-10).join('\n')).toMatchObject({ outcome: 'complete' });
        expect(need).toBeUndefined();
        expect(contents(daemon)).toEqual(expectedContents(simulator.library));
      }
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    expect(account.pushes).toBe(3);
    expect(account.wrongProofs).toBe(0);
    // The simulated library grows too; a leak of a run's records would be far more.
    expect(((heap.at(-1) ?? 0) - (heap[5] ?? 0)) / 1e6).toBeLessThan(8);
  });
});

describe('a restart', () => {
  it('goes on where it was: no run too many, a missed slot is caught up once, a need stays a need', async () => {
    const daemon = await newDaemon();
    const { simulator } = daemon;
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    await daemon.current().service.desk.submit(simulator.account.currentCode() ?? '');
    await daemon.reaches('idle');

    simulator.requests.reset();
    await daemon.start();
    expect(daemon.current().service.state()).toMatchObject({ phase: 'idle', lastSuccessMs: expect.any(Number) });
    expect(simulator.requests.total()).toBe(0);

    await daemon.stop();
    simulator.library.addAsset({ filename: 'missed.jpg', captureMs: daemon.clock.now(), timeZoneOffsetS: 0 });
    daemon.clock.advance(3 * DAY_MS);
    await daemon.start();
    await daemon.reaches('syncing', 'idle');
    await daemon.reaches('idle');
    expect(daemon.current().service.state().lastRun).toMatchObject({ trigger: 'missed', outcome: 'complete' });
    expect(contents(daemon)).toEqual(expectedContents(simulator.library));

    simulator.account.revokeTrust();
    simulator.account.expireTokens();
    await night(daemon);
    expect(simulator.account.pushes).toBe(2);
    daemon.clock.advance(2 * DAY_MS);
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    expect(simulator.account.pushes).toBe(2);
    expect(daemon.current().service.state().need?.code).toBe('code-needed');
  });

  it('stays paused over a restart, and then skips its slots', async () => {
    const daemon = await newDaemon();
    await daemon.start();
    await daemon.reaches('waiting-for-code');
    await daemon.current().service.desk.submit(daemon.simulator.account.currentCode() ?? '');
    await daemon.reaches('idle');
    await daemon.current().service.pause();
    await daemon.start();
    daemon.simulator.requests.reset();
    await night(daemon);
    expect(daemon.simulator.requests.total()).toBe(0);
    expect(daemon.current().service.state()).toMatchObject({ paused: true, nextRunMs: undefined });
    await daemon.current().service.resume();
    await night(daemon);
    expect(daemon.current().service.state().lastRun).toMatchObject({ outcome: 'complete' });
  });
});

describe('a defect in one run', () => {
  it("is that run's failure: it is reported, and the service goes on", async () => {
    const daemon = await newDaemon();
    const { service } = await daemon.start();
    await daemon.reaches('waiting-for-code');
    await service.desk.submit(daemon.simulator.account.currentCode() ?? '');
    await daemon.reaches('idle');
    const catalog = service.home().catalog as { startRun: unknown };
    const { startRun } = catalog;
    catalog.startRun = () => {
      throw new TypeError('a defect');
    };
    await night(daemon);
    expect(service.state()).toMatchObject({ phase: 'idle', lastRun: { outcome: 'failed', code: 'internal' } });
    catalog.startRun = startRun;
    await night(daemon);
    expect(service.state().lastRun).toMatchObject({ outcome: 'complete' });
  });
});

describe('requests while a run goes on', () => {
  it('share that run, and ask for one code however many wait', async () => {
    const daemon = await newDaemon();
    const { service } = await daemon.start();
    await daemon.reaches('waiting-for-code');
    const [one, two] = [service.sync('person'), service.sync('schedule')];
    expect([one.joined, two.joined]).toEqual([true, true]);
    expect(service.requestSync()).toBe(false);
    await service.desk.submit(daemon.simulator.account.currentCode() ?? '');
    expect(await one.done).toBe(await two.done);
    expect(daemon.simulator.account.pushes).toBe(1);
  });
});
