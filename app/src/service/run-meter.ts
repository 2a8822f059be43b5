import { addSample, createProgressMeter, paceAt } from '../domain/progress.ts';
import type { RunCounts } from '../domain/run-report.ts';
import type { Progress } from '../domain/service-state.ts';
import type { Clock } from '../ports/clock.ts';

const WINDOW_MS = 20_000;
/** Counting the to-do list is a query over all of it: often enough for the eye, and never more than a twentieth of the time. */
const EVERY_MS = 500;
const LEAST_PAUSES = 20;

/** Figures of a running sync, made into what can be shown. Undefined = nothing new to show yet. */
export type RunMeter = (
  counts: RunCounts,
  expectedItems: number | undefined,
  listing: boolean,
  missing: () => { count: number; bytes: number },
) => Progress | undefined;

export function createRunMeter(clock: Clock): RunMeter {
  let meter = createProgressMeter({ windowMs: WINDOW_MS });
  let dueMs = Number.NEGATIVE_INFINITY;
  return (counts, expectedItems, listing, missing) => {
    const nowMs = clock.now();
    if (nowMs < dueMs) return undefined;
    meter = addSample(meter, { atMs: nowMs, bytesDone: counts.downloadedBytes, filesDone: counts.downloaded });
    const askedMs = performance.now();
    const { count, bytes } = missing();
    dueMs = nowMs + Math.max(EVERY_MS, LEAST_PAUSES * (performance.now() - askedMs));
    return {
      counts,
      expectedItems,
      missingFiles: count,
      missingBytes: bytes,
      ...paceAt(meter, nowMs, { missingBytes: bytes, missingFiles: count, listing }),
    };
  };
}
