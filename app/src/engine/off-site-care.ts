import { plural } from '../domain/format.ts';
import { partOf } from '../domain/offsite-plan.ts';
import { Problem } from '../domain/problem.ts';
import { retain } from './off-site.ts';
import { eachTarget, type OffsiteParts, openRepository, recall, remember, type TargetResult } from './off-site-parts.ts';

/** Makes the repositories that are not there yet. `adopt`: use what is there from now on, though it is another one than before. */
export async function initTargets(
  parts: OffsiteParts,
  adopt: boolean,
  signal: AbortSignal,
): Promise<readonly (TargetResult & { readonly recovery: string })[]> {
  const sheets = new Map<string, string>();
  const results = await eachTarget(
    parts,
    'Looking at',
    async (target) => {
      const probe = await target.repository.probe(signal, adopt);
      if (probe.is === 'ready') {
        if (adopt) remember(parts.catalog, target.name, { repositoryId: probe.id, lastSnapshot: undefined, storedBytes: undefined });
        await openRepository(parts, target, signal);
        return {
          target: target.name,
          is: 'unchanged',
          message: `The ${target.engine} repository at ${target.shownAs} is there and opens.`,
          problem: undefined,
        };
      }
      const { id, recovery } = await target.repository.init(signal);
      // From nothing on, what each snapshot adds says how much is there.
      remember(parts.catalog, target.name, { repositoryId: id, lastSnapshot: undefined, storedBytes: 0 });
      sheets.set(target.name, recovery);
      return {
        target: target.name,
        is: 'done',
        message: `A ${target.engine} repository was made at ${target.shownAs}.`,
        problem: undefined,
      };
    },
    signal,
  );
  return results.map((result) => ({ ...result, recovery: sheets.get(result.target) ?? '' }));
}

export type CheckWish = 'next-part' | 'structure' | 'all';

/** Looks whether what is stored is sound. What is found is loud: it stays as the target's problem until a later check is good. */
export function checkTargets(parts: OffsiteParts, wish: CheckWish, signal: AbortSignal): Promise<readonly TargetResult[]> {
  const { catalog, clock, rules } = parts;
  return eachTarget(
    parts,
    'Checking',
    async (target) => {
      await openRepository(parts, target, signal);
      const part = partOf(recall(catalog, target.name), rules.checkParts);
      const depth = wish === 'next-part' ? ({ kind: 'part', part, of: rules.checkParts } as const) : ({ kind: wish } as const);
      const { sound, findings } = await target.repository.check(depth, parts.root, signal);
      const covered =
        wish === 'all' ? 'all data read' : wish === 'structure' ? 'structure only' : `part ${part} of ${rules.checkParts} read`;
      const message = sound ? `Sound (${covered}).` : `Damaged (${covered}): ${findings.slice(0, 3).join(' · ')}`;
      remember(catalog, target.name, {
        lastCheck: { atMs: clock.now(), ok: sound, message },
        ...(wish === 'next-part' && sound ? { nextPart: part + 1 } : {}),
      });
      if (sound) {
        remember(catalog, target.name, { storedBytes: await target.repository.storedBytes(signal) });
        return { target: target.name, is: 'done', message, problem: undefined };
      }
      for (const finding of findings) parts.log.error(`Off-site ${target.name}: ${finding}`);
      throw new Problem(
        'offsite-damaged',
        `The check of ${target.shownAs} found damage: ${findings[0] ?? 'the engine does not say what'}.`,
      );
    },
    signal,
  );
}

/** Removes what the rules no longer keep and gives the space back. */
export function pruneTargets(parts: OffsiteParts, signal: AbortSignal): Promise<readonly TargetResult[]> {
  const { catalog, clock } = parts;
  return eachTarget(
    parts,
    'Tidying up',
    async (target) => {
      if (target.appendOnly)
        return {
          target: target.name,
          is: 'skipped',
          message: 'This machine may only add there. Prune from another one.',
          problem: undefined,
        };
      await openRepository(parts, target, signal);
      const there = await target.repository.snapshots(signal);
      const removed = await retain(parts, target, there, signal);
      const snapshots = there.length - removed;
      remember(catalog, target.name, { snapshots });
      await target.repository.prune(signal);
      const storedBytes = await target.repository.storedBytes(signal);
      const message = `Space was given back.${removed === 0 ? '' : ` ${plural(removed, 'old snapshot')} removed, ${snapshots} kept.`}`;
      remember(catalog, target.name, { storedBytes, lastPrune: { atMs: clock.now(), ok: true, message } });
      return { target: target.name, is: 'done', message, problem: undefined };
    },
    signal,
  );
}

/** What each target holds, asked anew. */
export async function listSnapshots(parts: OffsiteParts, signal: AbortSignal) {
  const lists: {
    readonly target: string;
    readonly snapshots: Awaited<ReturnType<OffsiteParts['targets'][number]['repository']['snapshots']>>;
  }[] = [];
  const results = await eachTarget(
    parts,
    'Listing',
    async (target) => {
      await openRepository(parts, target, signal);
      const snapshots = await target.repository.snapshots(signal);
      lists.push({ target: target.name, snapshots });
      const newest = recall(parts.catalog, target.name).lastSnapshot?.id;
      remember(parts.catalog, target.name, {
        snapshots: snapshots.length,
        ...(snapshots.some(({ id }) => id === newest) ? { seenMs: parts.clock.now() } : {}),
      });
      return { target: target.name, is: 'done', message: plural(snapshots.length, 'snapshot'), problem: undefined };
    },
    signal,
  );
  return { results, lists };
}
