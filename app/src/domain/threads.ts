/**
 * How many downloads run at once. Doubles from round to round until iCloud asks for a pause or cuts connections for the first
 * time; from then on it grows slowly and halves: the rule that TCP uses, because the right number depends on the line and on
 * Apple's mood, and neither is known beforehand.
 */
export interface Threads {
  readonly limit: number;
  readonly ceiling: number;
  /** Successes since the last change. */
  readonly streak: number;
  /** When it was last halved, epoch ms; undefined = never, so every success adds one. */
  readonly pushedBackMs: number | undefined;
}

export type ThreadEvent = 'done' | 'pushed-back';

const START = 4;
const DEFAULT_CEILING = 32;
/** What thirty downloads meet within this time is one push, not thirty. */
const ONE_PUSH_MS = 2000;

/** `ceiling` undefined = adaptive up to 32 (decisions.md 20). */
export function startThreads(ceiling: number | undefined): Threads {
  const top = Math.min(ceiling ?? DEFAULT_CEILING, 512);
  return { limit: Math.min(START, top), ceiling: top, streak: 0, pushedBackMs: undefined };
}

export function adaptThreads(threads: Threads, event: ThreadEvent, nowMs: number): Threads {
  const { limit, ceiling, pushedBackMs } = threads;
  if (event === 'pushed-back') {
    if (pushedBackMs !== undefined && nowMs - pushedBackMs < ONE_PUSH_MS) return { ...threads, streak: 0 };
    return { ...threads, limit: Math.max(1, Math.floor(limit / 2)), streak: 0, pushedBackMs: nowMs };
  }
  const streak = threads.streak + 1;
  if (pushedBackMs !== undefined && streak < limit) return { ...threads, streak };
  return { ...threads, limit: Math.min(ceiling, limit + 1), streak: 0 };
}
