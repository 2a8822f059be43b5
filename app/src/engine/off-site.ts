import { formatBytes, formatDuration, plural } from '../domain/format.ts';
import { decideSnapshot, holdsEnough, isUnchanged, type OffsiteTrigger } from '../domain/offsite-plan.ts';
import { planRetention } from '../domain/offsite-retention.ts';
import { Problem } from '../domain/problem.ts';
import type { OffsiteProgress, SnapshotInfo, Taken } from '../ports/backup-repository.ts';
import { OWN_IN_SNAPSHOT, type PreparedState } from '../ports/offsite-files.ts';
import {
  eachTarget,
  type OffsiteParts,
  type OffsiteTarget,
  openRepository,
  recall,
  remember,
  type TargetResult,
} from './off-site-parts.ts';

export interface SnapshotHooks {
  readonly onProgress: (target: string, progress: OffsiteProgress) => void;
}

/** A snapshot for each target that is due for one. Nothing else writes to the library meanwhile: the caller holds its turn. */
export async function takeSnapshots(
  parts: OffsiteParts,
  trigger: OffsiteTrigger,
  hooks: SnapshotHooks,
  signal: AbortSignal,
): Promise<readonly TargetResult[]> {
  let prepared: Promise<PreparedState> | undefined;
  const preparing = () => {
    prepared ??= prepare(parts).catch((error: unknown) => {
      prepared = undefined; // the next target's turn may be luckier
      throw error;
    });
    return prepared;
  };
  return eachTarget(
    parts,
    'Taking an off-site snapshot for',
    async (target) => {
      const memory = recall(parts.catalog, target.name);
      const decision = decideSnapshot(trigger, memory, parts.rules, parts.catalog.lastRun()?.outcome, parts.clock.now());
      if (!decision.take) return { target: target.name, is: 'skipped', message: WHY_NOT[decision.why], problem: undefined };
      await parts.stillThere();
      return takeOne(parts, target, preparing, { mayRetain: decision.mayRetain, mayskip: trigger.by !== 'person' }, hooks, signal);
    },
    signal,
  );
}

const WHY_NOT = {
  'sync-not-good': 'The sync did not end well, so no snapshot was taken.',
  'not-yet': 'The last snapshot is young enough.',
  'own-schedule': 'Snapshots have a schedule of their own.',
} as const;

async function prepare({ files, rules, clock, log }: OffsiteParts): Promise<PreparedState> {
  const prepared = await files.prepare(rules.include, clock.now());
  if (prepared.signInLeftOut)
    log.warn('The sign-in is not part of the off-site copy: this volume would show it to others. Set CONFIG_DIR to a volume of its own.');
  return prepared;
}

interface Mode {
  readonly mayRetain: boolean;
  /** A person who asks gets a snapshot even of what did not change. */
  readonly mayskip: boolean;
}

async function takeOne(
  parts: OffsiteParts,
  target: OffsiteTarget,
  preparing: () => Promise<PreparedState>,
  { mayRetain, mayskip }: Mode,
  hooks: SnapshotHooks,
  signal: AbortSignal,
): Promise<TargetResult> {
  const { catalog, clock } = parts;
  const startedMs = clock.now();
  remember(catalog, target.name, { lastAttemptMs: startedMs });
  // To open a repository is mostly waiting: the state is copied meanwhile. Both end before anything else is said.
  const [opened, copied] = await Promise.allSettled([openRepository(parts, target, signal), preparing()]);
  if (opened.status === 'rejected') throw opened.reason;
  if (copied.status === 'rejected') throw copied.reason;
  const prepared = copied.value;
  const memory = recall(catalog, target.name);
  if (mayskip && isUnchanged(memory, prepared.fingerprint, startedMs)) {
    const there = await target.repository.snapshots(signal);
    if (there.some(({ id }) => id === memory.lastSnapshot?.id)) {
      remember(catalog, target.name, { seenMs: clock.now(), snapshots: there.length });
      return {
        target: target.name,
        is: 'unchanged',
        message: 'Nothing changed since the last snapshot, and that one is still there.',
        problem: undefined,
      };
    }
    parts.log.warn(`Off-site ${target.name}: the last snapshot is no longer there. Taking another one.`);
  }
  const taken = await target.repository.snapshot(
    { root: parts.root, include: includes(parts), exclude: parts.rules.exclude, only: OWN_IN_SNAPSHOT, nowMs: startedMs },
    (progress) => hooks.onProgress(target.name, progress),
    signal,
  );
  await parts.stillThere();
  const there = await target.repository.snapshots(signal);
  if (!there.some(({ id }) => id === taken.id))
    throw new Problem('offsite-failed', `${target.engine} reported a snapshot, but ${target.shownAs} does not list it.`);
  const problem = wholeOrProblem(taken, prepared, target);
  const tookMs = clock.now() - startedMs;
  const { id, files, bytes, addedBytes } = taken;
  // Added up where that is possible: to ask means to read the whole index there. Checks and tidying up ask anew.
  const storedBytes = addedBytes === undefined || memory.storedBytes === undefined ? undefined : memory.storedBytes + addedBytes;
  remember(catalog, target.name, {
    lastSnapshot: { id, atMs: startedMs, files, bytes, addedBytes, tookMs, fingerprint: problem ? '' : prepared.fingerprint },
    seenMs: clock.now(),
    snapshots: there.length,
    storedBytes,
  });
  const message = `Off-site ${target.name}: ${plural(taken.readFiles, 'file')} read, ${addedBytes === undefined ? 'done' : `${formatBytes(addedBytes)} added`}, in ${formatDuration(tookMs)}. It holds ${plural(files, 'file')}.`;
  if (problem) return { target: target.name, is: 'warning', message: `${message} ${problem.message}`, problem };
  const removed = mayRetain && !target.appendOnly ? await retain(parts, target, there, signal) : 0;
  const kept = there.length - removed;
  if (removed > 0 || storedBytes === undefined)
    remember(catalog, target.name, { snapshots: kept, storedBytes: await target.repository.storedBytes(signal) });
  const tidied = removed === 0 ? '' : ` ${plural(removed, 'old snapshot')} removed, ${kept} kept.`;
  return { target: target.name, is: 'done', message: `${message}${tidied}`, problem: undefined };
}

/** Our own folder is always part of it: without the state a restore would have to start from nothing. */
function includes({ rules }: OffsiteParts): readonly string[] | undefined {
  return rules.include === undefined ? undefined : [...rules.include, '.photos-sync'];
}

const SHOWN = 5;

function wholeOrProblem(taken: Taken, prepared: PreparedState, target: OffsiteTarget): Problem | undefined {
  const { unreadable } = taken;
  if (unreadable.length > 0) {
    const shown = unreadable.slice(0, SHOWN).map(({ path, why }) => `${path} (${why})`);
    const more = unreadable.length > SHOWN ? ` and ${unreadable.length - SHOWN} more` : '';
    return new Problem(
      'offsite-incomplete',
      `${plural(unreadable.length, 'file')} could not be put into the snapshot at ${target.shownAs}: ${shown.join(', ')}${more}.`,
    );
  }
  if (!holdsEnough(taken.files, prepared.files))
    return new Problem(
      'offsite-incomplete',
      `The snapshot at ${target.shownAs} holds ${plural(taken.files, 'file')}, but ${prepared.files} are known to be stored here.`,
    );
  return undefined;
}

/** Removes those of the `there` listed snapshots that the rules no longer keep; says how many. */
export async function retain(
  { rules, clock }: Pick<OffsiteParts, 'rules' | 'clock'>,
  target: OffsiteTarget,
  there: readonly SnapshotInfo[],
  signal: AbortSignal,
): Promise<number> {
  const plan = planRetention(there, rules.keep, clock.now());
  if (plan.refused !== undefined)
    throw new Problem('offsite-retention-refused', `Old snapshots were not removed from ${target.shownAs}. ${plan.refused}`);
  if (plan.remove.length > 0) await target.repository.forget(plan.remove, signal);
  return plan.remove.length;
}
