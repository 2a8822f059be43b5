import type { TargetMemory } from './offsite.ts';
import type { Outcome } from './run-report.ts';

/** Why a snapshot is looked into. */
export type OffsiteTrigger =
  /** After a sync that ended like this. */
  | { readonly by: 'sync'; readonly outcome: Outcome; readonly held: boolean }
  /** A slot of the schedule of its own. */
  | { readonly by: 'schedule' }
  | { readonly by: 'person' };

export type SnapshotDecision =
  | { readonly take: true; readonly mayRetain: boolean }
  | { readonly take: false; readonly why: 'sync-not-good' | 'not-yet' | 'own-schedule' };

const DAY_MS = 86_400_000;
/** A nightly sync does not end at the same minute every night. */
const SLACK_MS = 4 * 3_600_000;
/** The same content again is not worth a snapshot, but the state is worth one now and then. */
const UNCHANGED_FOR_MS = 7 * DAY_MS;

export interface SnapshotRules {
  /** Days between two snapshots that follow syncs. */
  readonly everyDays: number;
  /** Snapshots have a schedule of their own and do not follow syncs. */
  readonly ownSchedule: boolean;
}

/**
 * After a complete sync, after one with items missing, and while a hold stands (nothing was removed then); retention only
 * after a clean one (decisions.md 23). A run that failed or was stopped is never followed by a snapshot.
 */
export function decideSnapshot(
  trigger: OffsiteTrigger,
  memory: TargetMemory,
  rules: SnapshotRules,
  lastOutcome: Outcome | undefined,
  nowMs: number,
): SnapshotDecision {
  const clean = (outcome: Outcome | undefined) => outcome === 'complete';
  if (trigger.by !== 'sync') return { take: true, mayRetain: clean(lastOutcome) };
  const good = trigger.outcome === 'complete' || trigger.outcome === 'incomplete' || (trigger.outcome === 'needs-person' && trigger.held);
  if (!good) return { take: false, why: 'sync-not-good' };
  if (rules.ownSchedule) return { take: false, why: 'own-schedule' };
  const last = memory.lastSnapshot?.atMs;
  if (last !== undefined && nowMs - last < betweenSnapshotsMs(rules.everyDays) && last <= nowMs) return { take: false, why: 'not-yet' };
  return { take: true, mayRetain: clean(trigger.outcome) && !trigger.held };
}

/** How long after a snapshot that followed a sync another sync brings the next one. */
export const betweenSnapshotsMs = (everyDays: number): number => Math.max(0, everyDays * DAY_MS - SLACK_MS);

/** Nothing changed since the last snapshot, and that one is young enough to stand for today. */
export function isUnchanged(memory: TargetMemory, fingerprint: string, nowMs: number): boolean {
  const { lastSnapshot } = memory;
  return lastSnapshot !== undefined && lastSnapshot.fingerprint === fingerprint && nowMs - lastSnapshot.atMs < UNCHANGED_FOR_MS;
}

/** Part of the data that the next check reads, 1-based; after the last one it starts again. */
export function partOf(memory: TargetMemory, of: number): number {
  const next = memory.nextPart ?? 1;
  return next >= 1 && next <= of ? next : 1;
}

/** Snapshots that hold far fewer files than the catalog knows of are a reason to look, not to tidy up. */
export function holdsEnough(snapshotFiles: number, catalogFiles: number): boolean {
  return snapshotFiles >= catalogFiles;
}
