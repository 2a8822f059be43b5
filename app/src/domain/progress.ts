import type { Progress } from './service-state.ts';

/** How far a run has come at one moment. Both figures only grow while a run goes on. */
export interface ProgressSample {
  /** Epoch ms. */
  readonly atMs: number;
  readonly bytesDone: number;
  readonly filesDone: number;
}

/** The samples of the last `windowMs`, thinned out: its size does not depend on how many were put in, or for how long. */
export interface ProgressMeter {
  readonly windowMs: number;
  readonly samples: readonly ProgressSample[];
}

export interface Rates {
  readonly bytesPerSecond: number;
  readonly filesPerSecond: number;
}

/** What is still to be done. While `listing`, the figures still grow and no time can be told. */
export interface Left {
  readonly missingBytes: number;
  readonly missingFiles: number;
  readonly listing: boolean;
}

/** Two samples at most are kept for each of these parts of the window. */
const PARTS = 30;
/** A rate over less than this would jump with every file. */
const SHORTEST_SPAN_MS = 1000;

/** A window of ten to thirty seconds is calm enough to read and still follows a line that slows down. */
export function createProgressMeter({ windowMs }: { readonly windowMs: number }): ProgressMeter {
  return { windowMs: Math.max(windowMs, SHORTEST_SPAN_MS), samples: [] };
}

/**
 * The meter with one more sample. Starts over where the figures or the clock went back, as with the next run or a
 * corrected clock; what is no figure at all is passed over.
 */
export function addSample(meter: ProgressMeter, sample: ProgressSample): ProgressMeter {
  if (![sample.atMs, sample.bytesDone, sample.filesDone].every(Number.isFinite)) return meter;
  const last = meter.samples.at(-1);
  if (last && (sample.atMs < last.atMs || sample.bytesDone < last.bytesDone || sample.filesDone < last.filesDone)) {
    return { ...meter, samples: [sample] };
  }
  const before = meter.samples.at(-2);
  const crowded = before !== undefined && sample.atMs - before.atMs < meter.windowMs / PARTS;
  const samples = [...(crowded ? meter.samples.slice(0, -1) : meter.samples), sample];
  return { ...meter, samples: samples.slice(baseOf(samples, sample.atMs - meter.windowMs)) };
}

/** Over the window that ends at `nowMs`. Falls to 0 by itself when no more samples come. */
export function ratesAt(meter: ProgressMeter, nowMs: number): Rates {
  const last = meter.samples.at(-1);
  const base = meter.samples[baseOf(meter.samples, nowMs - meter.windowMs)];
  if (!last || !base) return { bytesPerSecond: 0, filesPerSecond: 0 };
  const seconds = Math.max(nowMs - base.atMs, last.atMs - base.atMs, SHORTEST_SPAN_MS) / 1000;
  return { bytesPerSecond: (last.bytesDone - base.bytesDone) / seconds, filesPerSecond: (last.filesDone - base.filesDone) / seconds };
}

/**
 * Undefined while the listing goes on and while nothing moves; 0 when nothing is left. Told by bytes: the line is what
 * takes the time, and a few long videos in the window would make the rate in files forecast weeks. Files count only
 * where no bytes are missing.
 */
export function timeLeftMs({ bytesPerSecond, filesPerSecond }: Rates, { missingBytes, missingFiles, listing }: Left): number | undefined {
  if (listing) return undefined;
  const [missing, perSecond] = missingBytes > 0 ? [missingBytes, bytesPerSecond] : [missingFiles, filesPerSecond];
  const isLeft = missing > 0;
  if (!isLeft) return 0;
  const leftMs = (missing / perSecond) * 1000;
  return perSecond > 0 && Number.isFinite(leftMs) ? leftMs : undefined;
}

/** The two figures of the state that have to be worked out. */
export function paceAt(meter: ProgressMeter, nowMs: number, left: Left): Pick<Progress, 'bytesPerSecond' | 'remainingMs'> {
  const rates = ratesAt(meter, nowMs);
  return { bytesPerSecond: rates.bytesPerSecond, remainingMs: timeLeftMs(rates, left) };
}

/** Where the window begins: the newest sample that is not younger than `sinceMs`' moment, else the oldest of all. */
function baseOf(samples: readonly ProgressSample[], sinceMs: number): number {
  return Math.max(
    samples.findLastIndex(({ atMs }) => atMs <= sinceMs),
    0,
  );
}
