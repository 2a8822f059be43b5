/**
 * The rolling part of verify: every file is read again within `verifyDays`, a day's share at a time, the one that was read
 * longest ago first. What a day missed is caught up with.
 */

const DAY_MS = 86_400_000;

export interface ShareBasis {
  /** All bytes that belong to verify. */
  readonly totalBytes: number;
  readonly verifyDays: number;
  /** Up to which moment the shares have been read, epoch ms; undefined = never. */
  readonly paidUntilMs: number | undefined;
  readonly nowMs: number;
}

/** Bytes that are due now: a whole day at the first time, what has gathered since at later ones, never more than everything. */
export function bytesDue({ totalBytes, verifyDays, paidUntilMs, nowMs }: ShareBasis): number {
  // A clock that was set back must not stop the reading.
  const isAbsurd = paidUntilMs !== undefined && paidUntilMs > nowMs + DAY_MS;
  const days = paidUntilMs === undefined || isAbsurd ? 1 : Math.max(0, (nowMs - paidUntilMs) / DAY_MS);
  return Math.ceil((totalBytes * Math.min(days, verifyDays)) / verifyDays);
}

/** One day's share: what a run by hand reads at least. */
export function dayShare({ totalBytes, verifyDays }: Pick<ShareBasis, 'totalBytes' | 'verifyDays'>): number {
  return Math.ceil(totalBytes / verifyDays);
}

/** The new `paidUntilMs` after `readBytes` were read. One big film may run a day ahead of time; more is not saved up, so that nothing waits for long. */
export function paidAfter(basis: ShareBasis, readBytes: number): number {
  const { totalBytes, verifyDays, nowMs } = basis;
  const earliestMs = nowMs - verifyDays * DAY_MS;
  const fromMs = Math.min(Math.max(basis.paidUntilMs ?? nowMs - DAY_MS, earliestMs), nowMs + DAY_MS);
  if (totalBytes === 0) return nowMs;
  return Math.min(nowMs + DAY_MS, fromMs + (readBytes / totalBytes) * verifyDays * DAY_MS);
}
