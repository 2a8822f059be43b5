/** Which snapshots stay. Decided here, for every engine alike; the engine only carries it out. */

export interface SnapshotTimes {
  readonly id: string;
  /** Epoch ms. */
  readonly atMs: number;
  /**
   * `whole`: everything as it was then. `replaced`: only what one run of a mirror replaced or removed; such folders are
   * kept until the longest rule is over.
   */
  readonly kind: 'whole' | 'replaced';
}

/** How many of each are kept; all snapshots of the last `withinDays` days are, too. */
export interface Keep {
  readonly withinDays: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

export interface RetentionPlan {
  readonly keep: readonly string[];
  readonly remove: readonly string[];
  /** Why nothing may be removed at all, in a sentence. */
  readonly refused: string | undefined;
}

const DAY_MS = 86_400_000;
/** Clocks of servers differ a little. */
const FUTURE_MS = 2 * 3_600_000;

const PERIODS: readonly { readonly of: keyof Keep; readonly days: number; readonly name: (date: Date) => string }[] = [
  { of: 'daily', days: 1, name: (date) => date.toISOString().slice(0, 10) },
  { of: 'weekly', days: 7, name: weekOf },
  { of: 'monthly', days: 31, name: (date) => date.toISOString().slice(0, 7) },
  { of: 'yearly', days: 366, name: (date) => date.toISOString().slice(0, 4) },
];

/**
 * The newest snapshot of each of the last so many days, weeks, months and years that have one, everything younger than
 * `withinDays`, and always the newest. Refuses when a snapshot is dated in the future: somebody who may only add could
 * otherwise make the good ones drop out.
 */
export function planRetention(snapshots: readonly SnapshotTimes[], keep: Keep, nowMs: number): RetentionPlan {
  const all = snapshots.map(({ id }) => id);
  const ahead = snapshots.find(({ atMs }) => atMs > nowMs + FUTURE_MS);
  if (ahead) {
    const when = new Date(ahead.atMs).toISOString().slice(0, 16).replace('T', ' ');
    return { keep: all, remove: [], refused: `Snapshot ${ahead.id.slice(0, 8)} is dated ${when}, in the future.` };
  }
  const whole = snapshots.filter(({ kind }) => kind === 'whole').sort((one, other) => other.atMs - one.atMs);
  const kept = new Set(whole.slice(0, 1).map(({ id }) => id));
  for (const { id, atMs } of whole) if (nowMs - atMs <= keep.withinDays * DAY_MS) kept.add(id);
  for (const { of, name } of PERIODS) {
    const seen = new Set<string>();
    for (const { id, atMs } of whole) {
      const period = name(new Date(atMs));
      if (seen.has(period) || seen.size >= keep[of]) continue;
      seen.add(period);
      kept.add(id);
    }
  }
  const longestMs = Math.max(keep.withinDays, ...PERIODS.map(({ of, days }) => keep[of] * days)) * DAY_MS;
  for (const { id, atMs, kind } of snapshots) if (kind === 'replaced' && nowMs - atMs <= longestMs) kept.add(id);
  return { keep: all.filter((id) => kept.has(id)), remove: all.filter((id) => !kept.has(id)), refused: undefined };
}

/** ISO 8601: the week belongs to the year of its Thursday. */
function weekOf(date: Date): string {
  const thursday = new Date(
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) + (4 - (date.getUTCDay() || 7)) * DAY_MS,
  );
  const firstMs = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${1 + Math.floor((thursday.getTime() - firstMs) / (7 * DAY_MS))}`;
}
