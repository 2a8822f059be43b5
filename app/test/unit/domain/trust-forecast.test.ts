import { describe, expect, it } from 'vitest';
import { forecastTrust, trustSentence, trustWarningDue } from '../../../src/domain/trust-forecast.ts';

const DAY = 86_400_000;
const SINCE = Date.UTC(2026, 10, 1);
const forecastAfter = (days: number) => forecastTrust(SINCE, SINCE + days * DAY);

describe('the trust forecast', () => {
  it('counts thirty days down, and stays at none', () => {
    expect([0, 1, 23, 29.5, 30, 99].map((days) => forecastAfter(days)?.daysLeft)).toEqual([30, 29, 7, 0, 0, 0]);
    expect(forecastTrust(undefined, SINCE)).toBeUndefined();
  });

  it('warns at 7, 3 and 1 days, once each, and anew for the next trust', () => {
    let warned: ReturnType<typeof trustWarningDue>;
    const said: number[] = [];
    for (let day = 0; day <= 40; day++) {
      const due = trustWarningDue(forecastAfter(day), warned);
      if (due) said.push(forecastAfter(day)?.daysLeft ?? -1);
      warned = due ?? warned;
    }
    expect(said).toEqual([7, 3, 1]);
    expect(trustWarningDue(forecastTrust(SINCE + 30 * DAY, SINCE + 53 * DAY), warned)).toMatchObject({ at: 7 });
  });

  it('says once what was slept through', () => {
    expect(trustWarningDue(forecastAfter(28.5), undefined)).toMatchObject({ at: 1 });
  });

  it('speaks in days', () => {
    expect([1, 7].map((daysLeft) => trustSentence({ daysLeft }))).toEqual([
      'Apple is expected to ask for a new code in 1 day.',
      'Apple is expected to ask for a new code in 7 days.',
    ]);
    expect(trustSentence({ daysLeft: 0 })).toBe('Apple may ask for a new code any time now.');
  });
});
