import { formatBytes, formatCount, formatDuration, plural } from '../domain/format.ts';
import type { Progress, ServiceState } from '../domain/service-state.ts';

/** By verified bytes, while listing by items. 100 belongs to the report of the run, not to its progress. */
export function percentOf({ counts, expectedItems, missingBytes }: Progress): number {
  const bytes = counts.downloadedBytes + missingBytes;
  const share = bytes > 0 ? counts.downloadedBytes / bytes : expectedItems ? counts.listed / expectedItems : 0;
  return Math.min(99, Math.max(0, Math.floor(share * 100)));
}

/** What goes on right now, in one line. */
export function progressWords({ phase, progress }: ServiceState): string {
  if (phase === 'starting') return 'Starting';
  if (phase === 'stopping') return 'Stopping';
  if (phase === 'signing-in') return 'Signing in to iCloud';
  if (phase === 'waiting-for-approval') return 'Waiting for your approval on a device';
  if (progress === undefined) return 'Comparing with iCloud';
  const { counts, expectedItems, missingFiles, missingBytes } = progress;
  const files = counts.downloaded + missingFiles;
  if (files === 0) {
    const of = expectedItems === undefined ? '' : ` of ${formatCount(expectedItems)}`;
    return counts.listed === 0 ? 'Comparing with iCloud' : `Comparing with iCloud: ${formatCount(counts.listed)}${of} items`;
  }
  return `${formatCount(counts.downloaded)} of ${plural(files, 'file')}, ${formatBytes(counts.downloadedBytes)} of ${formatBytes(counts.downloadedBytes + missingBytes)}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Time left, as exact as it can be known: not at all within the first minute, and in coarser steps the longer it is. */
export function remainingWords({ progress, sinceMs }: ServiceState, nowMs: number): string | undefined {
  const remainingMs = progress?.remainingMs;
  if (remainingMs === undefined || nowMs - sinceMs < MINUTE_MS) return undefined;
  const stepMs = remainingMs > 10 * HOUR_MS ? 30 * MINUTE_MS : remainingMs > HOUR_MS ? 10 * MINUTE_MS : MINUTE_MS;
  return formatDuration(Math.max(MINUTE_MS, Math.round(remainingMs / stepMs) * stepMs));
}
