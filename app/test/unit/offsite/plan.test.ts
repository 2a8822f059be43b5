import { describe, expect, it } from 'vitest';
import type { TargetMemory } from '../../../src/domain/offsite.ts';
import { decideSnapshot, isUnchanged, partOf } from '../../../src/domain/offsite-plan.ts';
import { drawSample } from '../../../src/domain/offsite-sampling.ts';
import type { Outcome } from '../../../src/domain/run-report.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-20T05:00:00Z');
const RULES = { everyDays: 1, ownSchedule: false };
const last = (hoursAgo: number, fingerprint = 'same'): TargetMemory => ({
  lastSnapshot: { id: 'a', atMs: NOW - hoursAgo * HOUR, files: 1, bytes: 1, addedBytes: 1, fingerprint, tookMs: 1 },
});
const decided = (outcome: Outcome, held = false, memory: TargetMemory = {}) =>
  decideSnapshot({ by: 'sync', outcome, held }, memory, RULES, outcome, NOW);

describe('a snapshot after a sync', () => {
  it.each([
    ['complete', false, { take: true, mayRetain: true }],
    ['incomplete', false, { take: true, mayRetain: false }],
    ['needs-person', true, { take: true, mayRetain: false }],
    ['complete', true, { take: true, mayRetain: false }],
    ['needs-person', false, { take: false, why: 'sync-not-good' }],
    ['failed', false, { take: false, why: 'sync-not-good' }],
    ['interrupted', false, { take: false, why: 'sync-not-good' }],
  ] as const)('that ended as %s (hold: %s) is decided', (outcome, held, decision) => {
    expect(decided(outcome, held)).toEqual(decision);
  });

  it('is taken once a day, also when the nightly sync ends a little earlier than yesterday', () => {
    expect(decided('complete', false, last(3))).toEqual({ take: false, why: 'not-yet' });
    expect(decided('complete', false, last(21))).toMatchObject({ take: true });
  });

  it('is taken when the last one claims to be from the future', () => {
    expect(decided('complete', false, last(-48))).toMatchObject({ take: true });
  });

  it('waits for its own schedule where there is one, and a person never waits', () => {
    const rules = { ...RULES, ownSchedule: true };
    expect(decideSnapshot({ by: 'sync', outcome: 'complete', held: false }, {}, rules, 'complete', NOW)).toEqual({
      take: false,
      why: 'own-schedule',
    });
    expect(decideSnapshot({ by: 'schedule' }, last(1), rules, 'complete', NOW)).toEqual({ take: true, mayRetain: true });
    expect(decideSnapshot({ by: 'person' }, last(1), rules, 'failed', NOW)).toEqual({ take: true, mayRetain: false });
  });
});

describe('an unchanged library', () => {
  it('needs no snapshot for a week', () => {
    expect(isUnchanged(last(30), 'same', NOW)).toBe(true);
    expect(isUnchanged(last(30), 'other', NOW)).toBe(false);
    expect(isUnchanged(last(24 * 8), 'same', NOW)).toBe(false);
    expect(isUnchanged({}, 'same', NOW)).toBe(false);
  });
});

describe('checks', () => {
  it('go through all parts and begin again', () => {
    expect([undefined, 2, 12, 13, 0].map((nextPart) => partOf({ nextPart }, 12))).toEqual([1, 2, 12, 1, 1]);
  });
});

describe('a sample for a drill', () => {
  const files = Array.from({ length: 1000 }, (_, index) => ({ path: `f${index}`, size: 1000 }));
  it('is small, random, and within its limit of bytes', async () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const drawn = await drawSample(files, { files: 20, bytes: 1e9 }, random);
    expect(new Set(drawn.map(({ path }) => path)).size).toBe(20);
    expect(drawn.some(({ path }) => Number(path.slice(1)) > 500)).toBe(true);
    expect(await drawSample(files, { files: 20, bytes: 5000 }, random)).toHaveLength(5);
    expect(await drawSample(files, { files: 20, bytes: 1 }, random)).toHaveLength(1);
    expect(await drawSample([], { files: 20, bytes: 1 }, random)).toEqual([]);
  });
});
