const DAY_MS = 24 * 3_600_000;
const HORIZON_MS = 30 * DAY_MS;

/**
 * Longest gap between two slots in the next 30 days, ms (decisions.md 22): what "stale" is measured by. A schedule with one
 * slot or none in that time counts as monthly.
 */
export function periodOf(slots: readonly number[], nowMs: number): number {
  const near = slots.filter((slot) => slot - nowMs <= HORIZON_MS);
  if (near.length < 2) return HORIZON_MS;
  return near.slice(1).reduce((longest, slot, index) => Math.max(longest, slot - (near[index] ?? slot)), 0);
}

/** Slots on the busiest of the listed days. `* 2 * * *` runs 60 times a night, which nobody means. */
export function mostPerDay(slots: readonly number[], nowMs: number): number {
  const days = Map.groupBy(slots, (slot) => Math.floor((slot - nowMs) / DAY_MS));
  return Math.max(0, ...[...days.values()].map((day) => day.length));
}

/** A slot that was planned when the service last looked, and the schedule it belonged to. */
export interface PlannedSlot {
  readonly atMs: number;
  readonly schedule: string;
}

/**
 * Whether a slot passed while the service was down: by the last attempt, not the last success, so that a run that failed
 * is not repeated at every restart (decisions.md 12).
 */
export function wasMissed(planned: PlannedSlot | undefined, schedule: string, lastAttemptMs: number | undefined, nowMs: number): boolean {
  return planned !== undefined && planned.schedule === schedule && planned.atMs <= nowMs && (lastAttemptMs ?? 0) < planned.atMs;
}
