/**
 * Which entries of the to-do list a run tries. `due`: those whose next try has come, as a scheduled run does. `waiting-too`:
 * also those that still wait, because a person asks now. `everything`: also those set aside after many failures.
 */
export type TodoWish = 'due' | 'waiting-too' | 'everything';

/** After so many failures an entry is set aside: only a full listing (weekly) and `retry` try it. With the back-off below that is two days at least. */
export const SET_ASIDE_AFTER = 8;

const QUARTER_HOUR_MS = 15 * 60_000;
/** Less than a day: what failed at night is due again the next night. */
const LONGEST_WAIT_MS = 20 * 3_600_000;

/** When a failed item may be tried again, epoch ms: 15 minutes, doubling to 20 hours at most. */
export function nextTry(nowMs: number, attempts: number): number {
  return nowMs + Math.min(LONGEST_WAIT_MS, QUARTER_HOUR_MS * 2 ** Math.min(attempts - 1, 10));
}
