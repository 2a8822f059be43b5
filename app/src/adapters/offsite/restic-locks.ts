/** A lock as `restic cat lock` shows it. */
export interface ResticLock {
  readonly host: string;
  readonly pid: number;
  /** Epoch ms; a living restic renews it every five minutes. */
  readonly atMs: number;
}

/** A child of ours that may have left a lock: its end was never noted. */
export interface LeftChild {
  readonly host: string;
  readonly pid: number;
  readonly startedMs: number;
  /** A process with this id and name is running. */
  readonly alive: boolean;
}

export type LockVerdict = { readonly is: 'removable' } | { readonly is: 'busy'; readonly host: string; readonly sinceMs: number };

const STALE_MS = 30 * 60_000;
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Locks may go only if every one of them is dead for sure: left by a child of ours that no longer runs (nobody else drives
 * our children: the library lock is ours), or not renewed for as long as restic itself calls stale. `restic unlock` without
 * --remove-all is never used: it sends SIGHUP to whatever process has the id that the lock names.
 */
export function judgeLocks(locks: readonly ResticLock[], left: readonly LeftChild[], nowMs: number): LockVerdict {
  const living = locks.find((lock) => !isLeft(lock, left) && nowMs - lock.atMs <= STALE_MS);
  return living === undefined ? { is: 'removable' } : { is: 'busy', host: living.host, sinceMs: living.atMs };
}

function isLeft(lock: ResticLock, left: readonly LeftChild[]): boolean {
  return left.some(
    (child) => child.host === lock.host && child.pid === lock.pid && !child.alive && lock.atMs >= child.startedMs - CLOCKS_DIFFER_MS,
  );
}
