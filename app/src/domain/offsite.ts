import { formatBytes, formatDuration, plural } from './format.ts';
import type { ProblemCode } from './problem.ts';

export type OffsiteEngine = 'restic' | 'borg' | 'rclone';

/** How one kind of work on a target ended the last time. */
export interface LastWork {
  readonly atMs: number;
  readonly ok: boolean;
  /** One sentence. */
  readonly message: string;
}

export interface LastSnapshot {
  readonly id: string;
  readonly atMs: number;
  readonly files: number;
  readonly bytes: number;
  readonly addedBytes: number | undefined;
  /** Stands for what the library held; the same again means that nothing changed. */
  readonly fingerprint: string;
  readonly tookMs: number;
}

/** What is remembered of one target, in the catalog. */
export interface TargetMemory {
  /** Identity of the repository; another one at the same place is refused. */
  readonly repositoryId?: string | undefined;
  readonly lastAttemptMs?: number | undefined;
  readonly lastSnapshot?: LastSnapshot | undefined;
  /** When a listing of the repository last showed the newest snapshot. */
  readonly seenMs?: number | undefined;
  readonly snapshots?: number | undefined;
  readonly storedBytes?: number | undefined;
  readonly lastCheck?: LastWork | undefined;
  /** Which part of the data is read by the next check. */
  readonly nextPart?: number | undefined;
  readonly lastDrill?: LastWork | undefined;
  readonly lastPrune?: LastWork | undefined;
  readonly problem?:
    | { readonly code: ProblemCode; readonly message: string; readonly advice: string; readonly sinceMs: number }
    | undefined;
}

/** One target as every door may show it: no secret in it. */
export interface TargetState {
  readonly name: string;
  readonly engine: OffsiteEngine;
  /** Without passwords. */
  readonly repository: string;
  readonly lastSnapshotMs: number | undefined;
  readonly ageMs: number | undefined;
  /** When the remote side was last asked and still had it. */
  readonly seenMs: number | undefined;
  readonly files: number | undefined;
  /** Bytes of the library in the last snapshot. */
  readonly bytes: number | undefined;
  readonly storedBytes: number | undefined;
  readonly snapshots: number | undefined;
  readonly lastCheck: LastWork | undefined;
  readonly lastDrill: LastWork | undefined;
  readonly lastPrune: LastWork | undefined;
  readonly problem: TargetMemory['problem'];
}

/** When off-site work is due next, epoch ms; the same for every target but for snapshots that follow syncs. */
export interface NextWork {
  readonly snapshot: { readonly by: 'schedule'; readonly atMs: number | undefined } | { readonly by: 'sync'; readonly everyMs: number };
  readonly checkMs: number | undefined;
  readonly drillMs: number | undefined;
  readonly pruneMs: number | undefined;
}

export interface OffsiteState {
  readonly targets: readonly TargetState[];
  readonly next?: NextWork | undefined;
  /** Off-site work is going on, in words. */
  readonly doing: string | undefined;
}

/** What is known of a target without asking it. */
export function targetState(
  target: { readonly name: string; readonly engine: OffsiteEngine; readonly shownAs: string },
  memory: TargetMemory,
  nowMs: number,
): TargetState {
  const { lastSnapshot } = memory;
  return {
    name: target.name,
    engine: target.engine,
    repository: target.shownAs,
    lastSnapshotMs: lastSnapshot?.atMs,
    ageMs: lastSnapshot === undefined ? undefined : Math.max(0, nowMs - lastSnapshot.atMs),
    seenMs: memory.seenMs,
    files: lastSnapshot?.files,
    bytes: lastSnapshot?.bytes,
    storedBytes: memory.storedBytes,
    snapshots: memory.snapshots,
    lastCheck: memory.lastCheck,
    lastDrill: memory.lastDrill,
    lastPrune: memory.lastPrune,
    problem: memory.problem,
  };
}

/** `off-site status --json` and the off-site part of `status --json`: times are ISO 8601 in UTC, sizes in bytes, ages in seconds. */
export function offsiteJson({ targets, next }: OffsiteState): object {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const work = (last: LastWork | undefined) => (last === undefined ? null : { at: iso(last.atMs), ok: last.ok, message: last.message });
  return {
    next: next
      ? { check: iso(next.checkMs), drill: iso(next.drillMs), prune: iso(next.pruneMs), snapshotsFollowSyncs: next.snapshot.by === 'sync' }
      : null,
    targets: targets.map((target) => ({
      name: target.name,
      engine: target.engine,
      repository: target.repository,
      lastSnapshot: iso(target.lastSnapshotMs),
      nextSnapshot: iso(next && nextSnapshotMs(next, target)),
      ageSeconds: target.ageMs === undefined ? null : Math.round(target.ageMs / 1000),
      seen: iso(target.seenMs),
      files: target.files ?? null,
      bytes: target.bytes ?? null,
      storedBytes: target.storedBytes ?? null,
      snapshots: target.snapshots ?? null,
      lastCheck: work(target.lastCheck),
      lastDrill: work(target.lastDrill),
      lastPrune: work(target.lastPrune),
      problem: target.problem ? { ...target.problem, sinceMs: undefined, since: iso(target.problem.sinceMs) } : null,
    })),
  };
}

/** The off-site part of `status`, one paragraph per target. */
export function renderOffsite({ targets, next, doing }: OffsiteState): string {
  const work = (name: string, last: LastWork | undefined) =>
    `  ${name}: ${last === undefined ? 'never yet' : `${when(last.atMs)}, ${last.ok ? 'good' : 'FAILED'}. ${last.message}`}`;
  const lines = targets.flatMap((target) => [
    `Off-site copy ${target.name} (${target.engine}, ${target.repository}): ${target.lastSnapshotMs === undefined ? 'no snapshot yet.' : `last snapshot ${when(target.lastSnapshotMs)}, ${formatDuration(target.ageMs ?? 0)} old.`}`,
    ...(target.lastSnapshotMs === undefined ? [] : [`  ${contents(target)}`]),
    work('Last check', target.lastCheck),
    work('Last drill', target.lastDrill),
    ...(next ? [`  Next: ${nextOf(next, target)}.`] : []),
    ...(target.problem ? [`  Problem since ${when(target.problem.sinceMs)}: ${target.problem.message} ${target.problem.advice}`] : []),
  ]);
  return [...lines, ...(doing === undefined ? [] : [doing])].join('\n');
}

/** Undefined: with the next good sync, whenever that is. */
function nextSnapshotMs({ snapshot }: NextWork, { lastSnapshotMs }: Pick<TargetState, 'lastSnapshotMs'>): number | undefined {
  if (snapshot.by === 'schedule') return snapshot.atMs;
  return lastSnapshotMs === undefined ? undefined : lastSnapshotMs + snapshot.everyMs;
}

function nextOf(next: NextWork, target: TargetState): string {
  const atMs = nextSnapshotMs(next, target);
  const snapshot =
    next.snapshot.by === 'sync' ? `with the first good sync${atMs === undefined ? '' : ` from ${when(atMs)} on`}` : dueAt(atMs);
  return `snapshot ${snapshot}, check ${dueAt(next.checkMs)}, drill ${dueAt(next.drillMs)}, tidying up ${dueAt(next.pruneMs)}`;
}

const dueAt = (ms: number | undefined) => (ms === undefined ? 'never' : when(ms));

function contents({ files = 0, bytes = 0, snapshots, storedBytes }: TargetState): string {
  const stored = storedBytes === undefined ? '' : `, ${formatBytes(storedBytes)} there`;
  const kept = snapshots === undefined ? '' : `; ${plural(snapshots, 'snapshot')} kept${stored}`;
  return `${plural(files, 'file')}, ${formatBytes(bytes)}${kept}.`;
}

const when = (ms: number) => new Date(ms).toLocaleString('sv');
