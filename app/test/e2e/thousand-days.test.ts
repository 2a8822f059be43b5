import { expect, it } from 'vitest';
import { CODE_LIMITS, OVERRIDE, SIGN_IN_LIMITS } from '../../src/domain/sign-in-budget.ts';
import { newDaemon, type TestDaemon } from '../support/daemon.ts';
import { createOwner, type Owner } from '../support/owner.ts';
import { seededChance } from '../support/seeded-chance.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const DAYS = Number(process.env.SIGN_IN_DAYS ?? 1000);
const SEED = Number(process.env.SIGN_IN_SEED ?? 20261120);
const HOUR_MS = 3_600_000;
const tick = () => new Promise((next) => setTimeout(next, 1));

/** Lets a run come to its end, with the owner at hand or asleep. */
async function through(daemon: TestDaemon, owner: Owner, run: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = run.finally(() => {
    ended = true;
  });
  for (let looks = 1; !ended; looks++) {
    if (daemon.current().service.state().codeAwaited) await owner.isAskedAtNight();
    // Downloads wait out a pause on the clock of the test.
    else if (looks % 1500 === 0) daemon.clock.advance(10 * 60_000);
    else await tick();
  }
  await end;
}

/** From noon to two in the morning, the slot, and on to the next noon; some nights the owner is up and tries it again. */
async function night(daemon: TestDaemon, owner: Owner, isUp: boolean): Promise<void> {
  daemon.clock.advance(14 * HOUR_MS);
  await through(daemon, owner, daemon.schedule.fire());
  if (isUp) {
    daemon.clock.advance(5 * 60_000);
    await owner.asks(() => through(daemon, owner, daemon.current().service.sync('person').done));
  }
  daemon.clock.advance(10 * HOUR_MS);
}

/** Times at which a counter of the simulator grew, and how many fall into the fullest window. */
function ledger(daemon: TestDaemon, count: () => number) {
  const times: number[] = [];
  return {
    look() {
      while (times.length < count()) times.push(daemon.clock.now());
    },
    fullest: (windowMs: number) => Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length)),
  };
}

it(`signs in for ${DAYS} days without hammering, asks once per need, and recovers (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const chance = seededChance(SEED);
  const daemon = await newDaemon({ library: { assets: 2, seed: 1, mix: 'plain', meanBytes: 300 }, account: { iterations: 10 } });
  const { simulator, clock, told } = daemon;
  const { account, faults, library } = simulator;
  const signIns = ledger(daemon, () => account.signIns);
  const codes = ledger(daemon, () => account.pushes + account.smsSent);
  const owner = createOwner(daemon, chance, () => {
    signIns.look();
    codes.look();
  });
  const seen = { expiries: 0, withdrawals: 0, outages: 0, restarts: 0, pauses: 0 };
  let pausedUntilMs = 0;
  let askedInPauses = 0;
  /** Looks at every request and touches none: Apple's sign-in must hear nothing during a pause, whoever asks. */
  faults.add({
    on: '*',
    match: ({ host }) => {
      if (/^(idmsa|setup)\./.test(host) && clock.now() < pausedUntilMs) askedInPauses += 1;
      return false;
    },
    effect: 'hang',
  });
  let healed = () => {};
  let wentWell = 0;
  const fail = (day: number, what: string) =>
    `seed ${SEED}, day ${day}: ${what}\n${daemon.lines.slice(-15).join('\n')}\n${told.slice(-6).join(', ')}`;

  await daemon.start();
  await daemon.reaches('waiting-for-code');
  while (!daemon.current().service.state().codeAwaited) await tick();
  expect(await owner.enters(account.currentCode())).toBe(true);
  await daemon.current().service.sync('person').done;

  for (let day = 1; day <= DAYS; day++) {
    if (chance.of(0.05)) {
      account.expireSession();
      seen.expiries += 1;
    }
    if (chance.of(0.03)) {
      account.expireTokens();
      seen.expiries += 1;
    }
    if (chance.of(0.01)) {
      account.revokeTrust();
      account.expireTokens();
      seen.withdrawals += 1;
    }
    if (chance.of(0.02)) library.addAsset({ filename: `day-${day}.jpg`, captureMs: clock.now(), timeZoneOffsetS: 0 });
    if (chance.of(0.03)) {
      await daemon.start();
      seen.restarts += 1;
    }
    healed();
    healed = () => {};
    const outage = chance.of(0.05);
    if (outage) {
      seen.outages += 1;
      const on = chance.pick([
        'validate',
        'validate',
        'validate',
        'account-login',
        'signin-init',
        'signin-complete',
        'push',
        'device-code',
        'query',
        'download',
      ]);
      const status = chance.pick([503, 429]);
      const seconds = chance.between(600, 43_200);
      const effect = { status, headers: { 'retry-after': String(seconds) }, body: 'busy' };
      const match = ({ host }: URL) => {
        if (!/^(idmsa|setup)\./.test(host)) return true;
        pausedUntilMs = clock.now() + seconds * 1000;
        seen.pauses += 1;
        return true;
      };
      // One in forty outages is a dead network: each costs seconds of real retries.
      healed = chance.of(0.025) ? faults.add({ on: '*', times: 60, effect: 'reset' }) : faults.add({ on, times: 20, match, effect });
    }
    await night(daemon, owner, chance.of(outage ? 0.5 : 0.02));
    owner.look();
    expect(askedInPauses, fail(day, 'asked during a pause')).toBe(0);
    healed();
    healed = () => {};

    const { lastRun, need } = daemon.current().service.state();
    if (lastRun?.outcome === 'complete') wentWell += 1;
    else if (!outage)
      expect(need?.code ?? lastRun?.code, fail(day, 'failed without a reason')).toMatch(
        /code-needed|too-many-codes|sign-in-budget|rate-limited/,
      );
    const answered = await owner.morning();
    expect(askedInPauses, fail(day, 'asked during a pause because a person asked')).toBe(0);
    if (answered) {
      expect(daemon.current().service.state().need, fail(day, 'still needs somebody who has answered')).toBeUndefined();
      expect(daemon.current().service.state().lastRun, fail(day, 'did not recover')).toMatchObject({ outcome: 'complete' });
    }
    expect(owner.unasked(), fail(day, 'asked twice for one need')).toBeLessThanOrEqual(1);
    for (const [index, event] of told.entries())
      if (event.startsWith('needed')) expect(told.slice(index + 1).find((later) => !later.startsWith('trust'))).not.toBe(event);
    expect([account.wrongProofs, account.locked], fail(day, 'wrong proofs')).toEqual([0, false]);
  }

  await owner.answersNow();
  expect(daemon.current().service.state().lastRun, fail(DAYS, 'did not recover in the end')).toMatchObject({ outcome: 'complete' });
  expect(countContents(hashTree(daemon.library).values())).toEqual(expectedContents(library));
  for (const { perMs, most } of SIGN_IN_LIMITS)
    expect(signIns.fullest(perMs), `sign-ins, seed ${SEED}`).toBeLessThanOrEqual(most + OVERRIDE);
  for (const { perMs, most } of CODE_LIMITS) expect(codes.fullest(perMs), `codes, seed ${SEED}`).toBeLessThanOrEqual(most + OVERRIDE);
  const needs = told.filter((event) => event.startsWith('needed')).length;
  expect(told.filter((event) => event.startsWith('recovered')).length).toBeGreaterThan(0);
  const fullest = `fullest hour and day: ${signIns.fullest(HOUR_MS)} and ${signIns.fullest(24 * HOUR_MS)} sign-ins, ${codes.fullest(HOUR_MS)} and ${codes.fullest(24 * HOUR_MS)} codes`;
  process.stdout.write(
    `${DAYS} days, seed ${SEED}: ${wentWell} good nights, ${account.signIns} sign-ins, ${account.pushes} pushes, ${account.smsSent} texts, ${needs} needs told, ${fullest}, ${JSON.stringify(seen)}\n`,
  );
});
