import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSample,
  createProgressMeter,
  type Left,
  type ProgressMeter,
  paceAt,
  ratesAt,
  timeLeftMs,
} from '../../../src/domain/progress.ts';

const MB = 1_000_000;
const WINDOW = { windowMs: 10_000 };

/** A meter that saw `bytesPerMs` and one file per 100 ms from `fromMs` to `toMs`, with a sample every `everyMs`. */
function steady(meter: ProgressMeter, fromMs: number, toMs: number, bytesPerMs: number, everyMs = 100): ProgressMeter {
  let result = meter;
  const start = meter.samples.at(-1) ?? { bytesDone: 0, filesDone: 0 };
  for (let atMs = fromMs; atMs <= toMs; atMs += everyMs) {
    const ranMs = atMs - fromMs;
    result = addSample(result, {
      atMs,
      bytesDone: start.bytesDone + ranMs * bytesPerMs,
      filesDone: start.filesDone + Math.floor(ranMs / 100),
    });
  }
  return result;
}

const left = (change: Partial<Left> = {}): Left => ({ missingBytes: 0, missingFiles: 0, listing: false, ...change });

describe('the rate', () => {
  it('is what a steady transfer moves per second', () => {
    const rates = ratesAt(steady(createProgressMeter(WINDOW), 0, 60_000, 5000), 60_000);
    expect(rates.bytesPerSecond).toBeCloseTo(5 * MB, -4);
    expect(rates.filesPerSecond).toBeCloseTo(10, 0);
  });

  it('is 0 without samples and with a single one', () => {
    const empty = createProgressMeter(WINDOW);
    expect(ratesAt(empty, 5)).toEqual({ bytesPerSecond: 0, filesPerSecond: 0 });
    expect(ratesAt(addSample(empty, { atMs: 5, bytesDone: 9, filesDone: 1 }), 5).bytesPerSecond).toBe(0);
  });

  it('follows a line that slows down within one window', () => {
    const fast = steady(createProgressMeter(WINDOW), 0, 60_000, 10_000);
    const slow = steady(fast, 60_100, 71_000, 1000);
    expect(ratesAt(slow, 71_000).bytesPerSecond / MB).toBeCloseTo(1, 1);
  });

  it('falls to 0 when nothing arrives for a window', () => {
    const meter = steady(createProgressMeter(WINDOW), 0, 20_000, 5000);
    expect(ratesAt(meter, 25_000).bytesPerSecond).toBeLessThan(3 * MB);
    expect(ratesAt(meter, 30_000).bytesPerSecond).toBe(0);
  });

  it('counts one big file that took longer than the window', () => {
    const before = addSample(createProgressMeter(WINDOW), { atMs: 0, bytesDone: 0, filesDone: 0 });
    const meter = addSample(before, { atMs: 60_000, bytesDone: 60 * MB, filesDone: 1 });
    expect(ratesAt(meter, 60_000).bytesPerSecond).toBe(MB);
  });

  it('starts over when the figures or the clock go back', () => {
    const meter = steady(createProgressMeter(WINDOW), 50_000, 60_000, 5000);
    for (const sample of [
      { atMs: 60_100, bytesDone: 0, filesDone: 0 },
      { atMs: 10, bytesDone: 99 * MB, filesDone: 999 },
    ]) {
      expect(addSample(meter, sample).samples).toEqual([sample]);
    }
  });

  it('passes over what is no figure', () => {
    const meter = steady(createProgressMeter(WINDOW), 0, 1000, 5000);
    expect(addSample(meter, { atMs: 1100, bytesDone: Number.NaN, filesDone: 12 })).toBe(meter);
    expect(addSample(meter, { atMs: Number.POSITIVE_INFINITY, bytesDone: 9 * MB, filesDone: 12 })).toBe(meter);
  });
});

describe('the time left', () => {
  const rates = { bytesPerSecond: 2 * MB, filesPerSecond: 4 };

  it('is told by bytes where bytes are missing, else by files', () => {
    expect(timeLeftMs(rates, left({ missingBytes: 20 * MB, missingFiles: 1000 }))).toBe(10_000);
    expect(timeLeftMs(rates, left({ missingFiles: 8 }))).toBe(2000);
  });

  it('is not told while the listing goes on or nothing moves', () => {
    expect(timeLeftMs(rates, left({ missingBytes: MB, missingFiles: 1, listing: true }))).toBeUndefined();
    expect(timeLeftMs({ bytesPerSecond: 0, filesPerSecond: 4 }, left({ missingBytes: MB, missingFiles: 1 }))).toBeUndefined();
    expect(timeLeftMs({ bytesPerSecond: 9, filesPerSecond: 0 }, left({ missingFiles: 1 }))).toBeUndefined();
  });

  it('is 0 when nothing is left', () => {
    expect(timeLeftMs({ bytesPerSecond: 0, filesPerSecond: 0 }, left())).toBe(0);
  });
});

describe('whatever is put in', () => {
  const figure = fc.oneof(fc.maxSafeNat(), fc.double(), fc.integer());
  const sample = fc.record({ atMs: figure, bytesDone: figure, filesDone: figure });
  /** Also long runs that only grow, which arbitrary samples hardly ever are. */
  const step = fc.tuple(fc.nat(5000), fc.nat(50 * MB), fc.nat(3));
  const growing = fc.array(step, { maxLength: 400 }).map((steps) => {
    let last = { atMs: 1_700_000_000_000, bytesDone: 0, filesDone: 0 };
    return steps.map(([ms, bytes, files]) => {
      last = { atMs: last.atMs + ms, bytesDone: last.bytesDone + bytes, filesDone: last.filesDone + files };
      return last;
    });
  });
  const samples = fc.oneof(fc.array(sample, { maxLength: 100 }), growing);
  const someLeft = fc.record({ missingBytes: figure, missingFiles: figure, listing: fc.boolean() });

  it('the figures are finite and never negative, and memory is bounded', () => {
    fc.assert(
      fc.property(samples, fc.nat(60_000), figure, someLeft, (input, windowMs, later, remains) => {
        let meter = createProgressMeter({ windowMs });
        for (const one of input) {
          meter = addSample(meter, one);
          expect(meter.samples.length).toBeLessThanOrEqual(64);
        }
        const nowMs = (input.at(-1)?.atMs ?? 0) + later;
        if (!Number.isFinite(nowMs)) return;
        const pace = paceAt(meter, nowMs, remains);
        expect(Number.isFinite(pace.bytesPerSecond)).toBe(true);
        expect(pace.bytesPerSecond).toBeGreaterThanOrEqual(0);
        if (pace.remainingMs === undefined) return;
        expect(Number.isFinite(pace.remainingMs)).toBe(true);
        expect(pace.remainingMs).toBeGreaterThanOrEqual(0);
        expect(remains.listing).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('thinning out moves the start of the window by a thirtieth at most', () => {
    fc.assert(
      fc.property(growing, (input) => {
        const last = input.at(-1);
        const base = last && (input.findLast(({ atMs }) => atMs <= last.atMs - WINDOW.windowMs) ?? input[0]);
        if (!last || !base) return;
        const { bytesPerSecond } = ratesAt(input.reduce(addSample, createProgressMeter(WINDOW)), last.atMs);
        const possible = input
          .filter(({ atMs }) => atMs <= base.atMs && atMs >= base.atMs - WINDOW.windowMs / 30)
          .map(({ atMs, bytesDone }) => (last.bytesDone - bytesDone) / (Math.max(last.atMs - atMs, 1000) / 1000));
        expect(possible).toContain(bytesPerSecond);
      }),
    );
  });

  it('memory stays bounded over a month of samples, ten a second at first', () => {
    let meter = steady(createProgressMeter({ windowMs: 30_000 }), 0, 3_600_000, 1000);
    expect(meter.samples.length).toBeLessThanOrEqual(64);
    meter = steady(meter, 3_700_000, 30 * 86_400_000, 1000, 60_000);
    expect(meter.samples.length).toBeLessThanOrEqual(3);
  });
});
