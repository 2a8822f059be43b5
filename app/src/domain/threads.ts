/**
 * How many downloads run at once. Starts low, grows while all goes well, halves when iCloud asks for a pause or cuts
 * connections: the additive-increase, multiplicative-decrease rule that TCP uses, because the right number depends on the
 * line and on Apple's mood, and neither is known beforehand.
 */
export interface Threads {
  readonly limit: number;
  readonly ceiling: number;
  /** Successes since the last change. */
  readonly streak: number;
}

export type ThreadEvent = 'done' | 'pushed-back';

const START = 4;
const DEFAULT_CEILING = 32;

/** `ceiling` undefined = adaptive up to 32 (decisions.md 20). */
export function startThreads(ceiling: number | undefined): Threads {
  const top = Math.min(ceiling ?? DEFAULT_CEILING, 512);
  return { limit: Math.min(START, top), ceiling: top, streak: 0 };
}

export function adaptThreads(threads: Threads, event: ThreadEvent): Threads {
  if (event === 'pushed-back') return { ...threads, limit: Math.max(1, Math.floor(threads.limit / 2)), streak: 0 };
  const streak = threads.streak + 1;
  if (streak < threads.limit) return { ...threads, streak };
  return { ...threads, limit: Math.min(threads.ceiling, threads.limit + 1), streak: 0 };
}

/** When a failed item may be tried again, epoch ms: 15 minutes, doubling to a day at most. */
export function nextTry(nowMs: number, attempts: number): number {
  const quarterHourMs = 15 * 60_000;
  return nowMs + Math.min(24 * 3_600_000, quarterHourMs * 2 ** Math.min(attempts - 1, 10));
}
