import { describe, expect, it } from 'vitest';
import { adaptThreads, startThreads, type Threads } from '../../../src/domain/threads.ts';
import { nextTry } from '../../../src/domain/todo-wish.ts';

/** Events a minute apart: each push counts. */
function replay(threads: Threads, events: readonly ('done' | 'pushed-back')[], stepMs = 60_000): Threads {
  return events.reduce((before, event, index) => adaptThreads(before, event, index * stepMs), threads);
}
const done = (count: number) => new Array<'done'>(count).fill('done');

describe('the number of downloads at once', () => {
  it('starts at four and doubles from round to round to the ceiling while all goes well', () => {
    expect(startThreads(undefined).limit).toBe(4);
    expect(replay(startThreads(undefined), done(4)).limit).toBe(8);
    expect(replay(startThreads(undefined), done(5000)).limit).toBe(32);
    expect(replay(startThreads(6), done(5000)).limit).toBe(6);
    expect(startThreads(2).limit).toBe(2);
  });

  it('halves when iCloud pushes back, never below one, and grows again, slowly', () => {
    const full = replay(startThreads(undefined), done(100));
    const halved = adaptThreads(full, 'pushed-back', 0);
    expect(halved.limit).toBe(16);
    expect(replay(full, new Array(20).fill('pushed-back')).limit).toBe(1);
    expect(replay(halved, done(15)).limit).toBe(16);
    expect(replay(halved, done(17)).limit).toBe(17);
    expect(replay(halved, done(1000)).limit).toBe(32);
  });

  it('takes the refusals that all downloads meet at one moment for one', () => {
    const full = replay(startThreads(undefined), done(100));
    expect(replay(full, new Array(32).fill('pushed-back'), 10).limit).toBe(16);
  });
});

it('tries a failed item again after 15 minutes, then later and later, each night at last', () => {
  const minutes = [1, 2, 3, 4, 50].map((attempts) => nextTry(0, attempts) / 60_000);
  expect(minutes).toEqual([15, 30, 60, 120, 1200]);
});
