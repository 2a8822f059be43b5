import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsDate, plainText, readWish } from '../../../src/engine/search.ts';
import { monthsOf, ratioByte, ratiosOf, readTimeline, selectView } from '../../../src/engine/timeline.ts';
import { type Browse, FLAG, type TimelineRow } from '../../../src/ports/browse.ts';

const row = (id: number, takenMs: number, flags = 0, ratio: number | undefined = undefined): TimelineRow => ({
  row: id,
  takenMs,
  flags,
  ratio,
});
const browse = (rows: readonly TimelineRow[]): Browse =>
  ({
    version: () => 7,
    timeline: (after: number, limit: number) => rows.filter((one) => one.row > after).slice(0, limit),
  }) as Pick<Browse, 'version' | 'timeline'> as Browse;
const read = (rows: readonly TimelineRow[]) => readTimeline(browse(rows), async () => undefined);
const day = (text: string) => Date.parse(`${text}T12:00:00Z`);

describe('the timeline', () => {
  it('holds every item once, newest first, however many there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2e12 }), { maxLength: 5000 }), async (times) => {
        const timeline = await read(times.map((takenMs, index) => row(index + 1, takenMs)));
        expect([...timeline.rows].sort((a, b) => a - b)).toEqual(times.map((_, index) => index + 1));
        expect([...timeline.takenMs]).toEqual(times.toSorted((a, b) => b - a));
        const months = monthsOf(timeline, selectView(timeline, 'all'));
        expect(months.reduce((sum, { count }) => sum + count, 0)).toBe(times.length);
        expect(new Set(months.map(({ month }) => month)).size).toBe(months.length);
      }),
      { numRuns: 20 },
    );
  });

  it('lets others have their turn between its pieces', async () => {
    let pauses = 0;
    await readTimeline(browse(Array.from({ length: 5001 }, (_, index) => row(index + 1, index))), async () => {
      pauses += 1;
    });
    expect(pauses).toBe(2);
  });

  it('puts what has no date into a month without a name, at the end', async () => {
    const timeline = await read([row(1, 0), row(2, day('2024-05-01')), row(3, day('1961-04-12'))]);
    expect(monthsOf(timeline, selectView(timeline, 'all'))).toEqual([
      { month: '2024-05', count: 1 },
      { month: '1961-04', count: 1 },
      { month: '', count: 1 },
    ]);
  });

  it('shows hidden items only where they are asked for', async () => {
    const timeline = await read([row(1, 3, FLAG.hidden | FLAG.favorite), row(2, 2, FLAG.favorite), row(3, 1)]);
    const shown = (filter: Parameters<typeof selectView>[1]) => [...selectView(timeline, filter)].map((at) => timeline.rows[at]);
    expect(shown('all')).toEqual([2, 3]);
    expect(shown('favourites')).toEqual([2]);
    expect(shown('hidden')).toEqual([1]);
  });

  it('keeps shapes to about one percent, and guesses none that is absurd', async () => {
    for (const ratio of [0.25, 0.5, 0.6, 0.75, 1, 4 / 3, 16 / 9, 2.4, 4])
      expect(2 ** (ratioByte(ratio) / 63.75 - 2) / ratio).toBeCloseTo(1, 1);
    expect([ratioByte(0), ratioByte(1000), ratioByte(0.0001)]).toEqual([0, 255, 0]);
    const timeline = await read([row(1, 1)]);
    expect([...ratiosOf(timeline, selectView(timeline, 'all'))]).toEqual([ratioByte(4 / 3)]);
  });
});

describe('a wish', () => {
  it.each([
    ['lisbon 2018', ['lisbon'], ['2018']],
    ['May 2024', [], ['2024-05']],
    ['12 May 2024', [], ['2024-05-12']],
    ['2024-5', [], ['2024-05']],
    ['2024-05-12', [], ['2024-05-12']],
    ['december', [], ['-12']],
    ['IMG_0412', ['img_0412'], []],
    ['Café, ÖL', ['cafe', 'ol'], []],
    ['12 monkeys', ['12', 'monkeys'], []],
    ['  ', [], []],
  ])('%j', (query, words, dates) => {
    expect(readWish(query)).toEqual({ words, dates });
  });

  it('fits by the beginning of a date', () => {
    expect(fitsDate(['2024-05'], day('2024-05-12'))).toBe(true);
    expect(fitsDate(['-12'], day('1999-12-24'))).toBe(true);
    expect(fitsDate(['-12'], day('1999-11-12'))).toBe(false);
    expect(fitsDate(['2024'], 0)).toBe(false);
  });

  it('does not grow with what somebody pastes', () => {
    expect(readWish('a '.repeat(10_000)).words).toHaveLength(8);
    expect(plainText('ÀÉÎÕÜ')).toBe('aeiou');
  });
});
