import { waitingCalls } from './disk-calls.ts';
import { errnoOf } from './disk-problem.ts';

/** Volumes that keep no dates or let only the owner set them say so with these: the photo matters more than its date. */
const NO_DATES = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EOVERFLOW', 'ERANGE']);

/** Sets a file's modification time. Always by `Date`: a negative number would silently mean "now" (neighbours.md §2.1). */
export async function setFileTime(path: string, modifiedAtMs: number | undefined, nowMs: number, calls = waitingCalls): Promise<void> {
  if (modifiedAtMs === undefined) return;
  try {
    await calls.utimes(path, new Date(nowMs), new Date(modifiedAtMs));
  } catch (error) {
    if (!NO_DATES.has(errnoOf(error) ?? '')) throw error;
  }
}

/** Whether a stored time is the wanted one as far as the volume can tell: FAT rounds down to two seconds. */
export function dateStays(isMs: number, wantedMs: number, timeStepMs: number): boolean {
  return Math.abs(isMs - wantedMs) < Math.max(1, timeStepMs);
}
