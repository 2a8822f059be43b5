import { describe, expect, it } from 'vitest';
import { adaptThreads, nextTry, startThreads, type Threads } from '../../../src/domain/threads.ts';

function replay(threads: Threads, events: readonly ('done' | 'pushed-back')[]): Threads {
  return events.reduce(adaptThreads, threads);
}

describe('the number of downloads at once', () => {
  it('starts at four and grows to the ceiling while all goes well', () => {
    expect(startThreads(undefined).limit).toBe(4);
    expect(replay(startThreads(undefined), new Array(5000).fill('done')).limit).toBe(32);
    expect(replay(startThreads(6), new Array(5000).fill('done')).limit).toBe(6);
    expect(startThreads(2).limit).toBe(2);
  });

  it('halves when iCloud pushes back, never below one, and grows again', () => {
    const full = replay(startThreads(undefined), new Array(5000).fill('done'));
    expect(adaptThreads(full, 'pushed-back').limit).toBe(16);
    expect(replay(full, new Array(20).fill('pushed-back')).limit).toBe(1);
    expect(replay(adaptThreads(full, 'pushed-back'), new Array(17).fill('done')).limit).toBeGreaterThan(16);
  });
});

it('tries a failed item again after 15 minutes, then later and later, once a day at last', () => {
  const minutes = [1, 2, 3, 4, 50].map((attempts) => nextTry(0, attempts) / 60_000);
  expect(minutes).toEqual([15, 30, 60, 120, 1440]);
});
