import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Keep, planRetention, type SnapshotTimes } from '../../../src/domain/offsite-retention.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T05:00:00Z');
const KEEP: Keep = { withinDays: 2, daily: 3, weekly: 2, monthly: 2, yearly: 2 };
const whole = (daysAgo: number): SnapshotTimes => ({ id: `d${daysAgo}`, atMs: NOW - daysAgo * DAY, kind: 'whole' });

describe('retention', () => {
  it('keeps the last days, then the newest of each week, month and year', () => {
    const { keep, remove, refused } = planRetention(
      Array.from({ length: 800 }, (_, day) => whole(day)),
      KEEP,
      NOW,
    );
    expect(refused).toBeUndefined();
    // 20 November is a Friday; week 46 ended on the 15th, October on the 31st, 2025 on 31 December.
    expect(keep).toEqual(['d0', 'd1', 'd2', 'd5', 'd20', 'd324']);
    expect(remove).toHaveLength(794);
  });

  it('never removes the newest, whatever the rules say', () => {
    expect(planRetention([whole(900), whole(901)], { withinDays: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, NOW)).toMatchObject({
      keep: ['d900'],
      remove: ['d901'],
    });
  });

  it('removes nothing when a snapshot comes from the future', () => {
    const plan = planRetention([whole(0), whole(400), whole(-3)], KEEP, NOW);
    expect(plan.remove).toEqual([]);
    expect(plan.refused).toMatch(/in the future/);
  });

  it('keeps what a mirror replaced until the longest rule is over', () => {
    const replaced = (daysAgo: number): SnapshotTimes => ({ ...whole(daysAgo), id: `r${daysAgo}`, kind: 'replaced' });
    expect(planRetention([replaced(733), replaced(700), replaced(1), whole(0)], KEEP, NOW).remove).toEqual(['r733']);
  });

  it('keeps or removes each, keeps the newest and all that are young, and a second time removes nothing more', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }), (days) => {
        const snapshots = days.map(whole);
        const { keep, remove } = planRetention(snapshots, KEEP, NOW);
        expect([...keep, ...remove].sort()).toEqual(snapshots.map(({ id }) => id).sort());
        expect(keep).toContain(`d${Math.min(...days)}`);
        for (const day of days) if (day <= KEEP.withinDays) expect(keep).toContain(`d${day}`);
        expect(
          planRetention(
            snapshots.filter(({ id }) => keep.includes(id)),
            KEEP,
            NOW,
          ).remove,
        ).toEqual([]);
      }),
    );
  });
});
