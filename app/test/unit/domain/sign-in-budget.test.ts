import { array, assert as check, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CODE_LIMITS,
  mayTry,
  NO_ATTEMPTS,
  noteAttempt,
  noteBlock,
  noteCodeBlock,
  noteLogin,
  OVERRIDE,
  SIGN_IN_LIMITS,
} from '../../../src/domain/sign-in-budget.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the attempt budget', () => {
  it('allows three sign-ins an hour, a fourth to a person, and says when the next may be', () => {
    const three = [0, 10, 20].reduce((attempts, minute) => noteAttempt(attempts, 'sign-in', NOW + minute * MINUTE), NO_ATTEMPTS);
    const at = NOW + 30 * MINUTE;
    expect(mayTry(three, 'sign-in', at, false)).toEqual({ may: false, because: 'budget', untilMs: NOW + HOUR });
    expect(mayTry(three, 'sign-in', at, true)).toEqual({ may: true });
    const four = noteAttempt(three, 'sign-in', at);
    expect(mayTry(four, 'sign-in', at, true)).toMatchObject({ may: false, because: 'budget' });
    expect(mayTry(three, 'sign-in', NOW + HOUR, false)).toEqual({ may: true });
  });

  it('counts codes of all ways together', () => {
    const four = (['push', 'text', 'push', 'text'] as const).reduce((attempts, kind) => noteAttempt(attempts, kind, NOW), NO_ATTEMPTS);
    expect(mayTry(four, 'push', NOW, false)).toMatchObject({ may: false });
    expect(mayTry(four, 'text', NOW, true)).toEqual({ may: true });
    expect(mayTry(four, 'sign-in', NOW, false)).toEqual({ may: true });
  });

  it("waits 15, 30, then 60 minutes after Apple's pauses, longer if Apple said so, and a login ends the row", () => {
    let attempts = NO_ATTEMPTS;
    for (const minutes of [15, 30, 60, 60]) {
      attempts = noteBlock(attempts, undefined, NOW);
      expect(attempts.blockedUntilMs).toBe(NOW + minutes * MINUTE);
    }
    expect(noteBlock(NO_ATTEMPTS, NOW + 5 * HOUR, NOW).blockedUntilMs).toBe(NOW + 5 * HOUR);
    expect(mayTry(attempts, 'sign-in', NOW + 59 * MINUTE, true)).toEqual({ may: false, because: 'apple', untilMs: NOW + HOUR });
    expect(mayTry(attempts, 'sign-in', NOW + HOUR, false)).toEqual({ may: true });
    expect(noteBlock(noteLogin(attempts), undefined, NOW).blockedUntilMs).toBe(NOW + 15 * MINUTE);
  });

  it('holds codes back for an hour when Apple sends no more, but not sign-ins', () => {
    const attempts = noteCodeBlock(NO_ATTEMPTS, NOW);
    expect(mayTry(attempts, 'push', NOW + 59 * MINUTE, true)).toMatchObject({ may: false, because: 'apple' });
    expect(mayTry(attempts, 'sign-in', NOW, false)).toEqual({ may: true });
  });

  it('is not held up for ever by a clock that was wrong', () => {
    const future = noteBlock(noteAttempt(NO_ATTEMPTS, 'sign-in', NOW + 999 * HOUR), undefined, NOW + 999 * HOUR);
    expect(mayTry(future, 'sign-in', NOW, false)).toEqual({ may: true });
  });

  it('never lets more through than its limits, in any window, whoever asks in whatever order', () => {
    check(
      property(array(integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 120 }), (draws) => {
        let attempts = NO_ATTEMPTS;
        let now = NOW;
        const done: Record<'sign-in' | 'code', number[]> = { 'sign-in': [], code: [] };
        for (const draw of draws) {
          now += draw % (2 * HOUR);
          const kind = (['sign-in', 'push', 'text'] as const)[draw % 3] ?? 'push';
          if (!mayTry(attempts, kind, now, draw % 2 === 0).may) continue;
          attempts = noteAttempt(attempts, kind, now);
          done[kind === 'sign-in' ? kind : 'code'].push(now);
        }
        for (const [kind, limits] of [
          ['sign-in', SIGN_IN_LIMITS],
          ['code', CODE_LIMITS],
        ] as const)
          for (const { perMs, most } of limits)
            for (const from of done[kind])
              expect(done[kind].filter((at) => at >= from && at < from + perMs).length).toBeLessThanOrEqual(most + OVERRIDE);
      }),
    );
  });
});
