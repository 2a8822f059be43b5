import type { TestDaemon } from './daemon.ts';
import type { Chance } from './seeded-chance.ts';

/** The person behind the account: sleeps at night, answers soon, late, or only after weeks, mistypes, asks too often. */
export interface Owner {
  /** A code is awaited at two in the morning. */
  isAskedAtNight(): Promise<void>;
  /** Does something that may make the service ask for a code on the owner's behalf. */
  asks(work: () => Promise<void>): Promise<void>;
  /** Noon: perhaps deals with what the service needs. True when a code was entered and accepted. */
  morning(): Promise<boolean>;
  /** Deals with it now, however often it takes. */
  answersNow(): Promise<void>;
  enters(code: string | undefined): Promise<boolean>;
  /** Notes what Apple has counted so far. */
  look(): void;
  /** Codes that the service asked for by itself since nobody was needed last. */
  unasked(): number;
}

const TIME_UP_MS = 601_000;
const tick = () => new Promise((next) => setTimeout(next, 1));

export function createOwner(daemon: TestDaemon, chance: Chance, note: () => void): Owner {
  const { account } = daemon.simulator;
  const service = () => daemon.current().service;
  const sent = () => account.pushes + account.smsSent;
  let asked = 0;
  let atRest = 0;
  /** Days until the present need is dealt with. */
  let patience: number | undefined;
  const awaited = () => service().state().codeAwaited;

  async function enters(code: string | undefined): Promise<boolean> {
    if (chance.of(0.15)) await service().desk.submit(code === '000000' ? '111111' : '000000');
    const verdict = code === undefined ? 'refused' : await service().desk.submit(code);
    note();
    return verdict === 'accepted';
  }

  async function untilRest(): Promise<void> {
    for (;;) {
      const { phase, codeAwaited } = service().state();
      if (phase === 'idle' || (phase === 'waiting-for-code' && !codeAwaited)) return;
      await tick();
    }
  }

  async function waitIsOver(): Promise<void> {
    daemon.clock.advance(TIME_UP_MS);
    while (awaited()) await tick();
    await untilRest();
  }

  async function answer(): Promise<boolean> {
    await untilRest();
    const sms = chance.of(0.3);
    const [phone] = account.spec.phones;
    const before = sent();
    if (!service().desk.resend(sms ? { method: 'sms', phoneId: phone?.id } : { method: 'device' })) return false;
    await tick();
    while (!awaited()) {
      // Refused by our budget or by Apple's pause: another day, then.
      const { phase } = service().state();
      if (phase === 'idle' || phase === 'waiting-for-code') {
        await tick();
        if (!awaited()) break;
      }
      await tick();
    }
    if (awaited() && sms) while (awaited() && sent() === before) await tick();
    asked += sent() - before;
    note();
    if (!awaited()) return false;
    if (chance.of(0.1)) {
      for (let again = chance.between(1, 6); again > 0 && awaited(); again--) {
        const soFar = sent();
        service().desk.resend({ method: 'device' });
        for (let looks = 0; looks < 40 && sent() === soFar; looks++) await tick();
        asked += sent() - soFar;
        note();
      }
    }
    if (chance.of(0.1)) {
      await waitIsOver(); // distracted; the code is never entered
      return false;
    }
    const isDevice = !sms || account.currentCode() !== undefined;
    const accepted = await enters(isDevice ? account.currentCode() : account.smsCode(phone?.id ?? 0));
    if (!accepted) {
      await waitIsOver();
      return false;
    }
    await service().sync('person').done;
    await untilRest();
    return true;
  }

  return {
    enters,
    async isAskedAtNight() {
      note();
      if (chance.of(0.85) || !(await enters(account.currentCode()))) {
        daemon.clock.advance(TIME_UP_MS);
        while (awaited()) await tick();
      } else while (awaited()) await tick();
    },
    async asks(work) {
      const before = sent();
      await work();
      asked += sent() - before;
      note();
    },
    async morning() {
      const { need } = service().state();
      if (!need) {
        patience = undefined;
        atRest = sent();
        asked = 0;
        return false;
      }
      patience ??= chance.of(0.5) ? 0 : chance.of(0.9) ? chance.between(1, 7) : chance.between(20, 40);
      if (patience > 0) {
        patience -= 1;
        return false;
      }
      const accepted = await answer();
      if (accepted) {
        patience = undefined;
        atRest = sent();
        asked = 0;
      }
      return accepted;
    },
    async answersNow() {
      for (let tries = 0; tries < 20; tries++) {
        if (!service().state().need) break;
        daemon.clock.advance(24 * 3_600_000);
        if (await answer()) return;
      }
      await service().sync('person').done;
    },
    look: note,
    unasked: () => sent() - atRest - asked,
  };
}
