import { addSample, createProgressMeter, paceAt } from '../domain/progress.ts';
import type { RunCounts } from '../domain/run-report.ts';
import type { Progress } from '../domain/service-state.ts';
import type { Clock } from '../ports/clock.ts';

const WINDOW_MS = 20_000;
/** Counting the to-do list is a query over it: often enough for the eye, rarely enough for the disk. */
const EVERY_MS = 500;

/** Figures of a running sync, made into what can be shown. Undefined = nothing new to show yet. */
export type RunMeter = (
  counts: RunCounts,
  expectedItems: number | undefined,
  listing: boolean,
  missing: () => { count: number; bytes: number },
) => Progress | undefined;

export function createRunMeter(clock: Clock): RunMeter {
  let meter = createProgressMeter({ windowMs: WINDOW_MS });
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return (counts, expectedItems, listing, missing) => {
    const nowMs = clock.now();
    if (nowMs - shownAtMs < EVERY_MS) return undefined;
    shownAtMs = nowMs;
    meter = addSample(meter, { atMs: nowMs, bytesDone: counts.downloadedBytes, filesDone: counts.downloaded });
    const { count, bytes } = missing();
    return {
      counts,
      expectedItems,
      missingFiles: count,
      missingBytes: bytes,
      ...paceAt(meter, nowMs, { missingBytes: bytes, missingFiles: count, listing }),
    };
  };
}
