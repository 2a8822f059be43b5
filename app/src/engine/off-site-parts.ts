import type { OffsiteEngine, TargetMemory } from '../domain/offsite.ts';
import type { SnapshotRules } from '../domain/offsite-plan.ts';
import type { Keep } from '../domain/offsite-retention.ts';
import type { SampleLimits } from '../domain/offsite-sampling.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OffsiteFiles } from '../ports/offsite-files.ts';

/** One place that copies go to. */
export interface OffsiteTarget {
  readonly name: string;
  readonly engine: OffsiteEngine;
  /** The repository for people, without passwords. */
  readonly shownAs: string;
  readonly repository: BackupRepository;
  /** This machine may only add: old snapshots are removed from elsewhere. */
  readonly appendOnly: boolean;
}

export interface OffsiteRules extends SnapshotRules {
  readonly keep: Keep;
  /** Folders relative to the library; undefined = everything. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** After so many checks all data has been read. */
  readonly checkParts: number;
  readonly sample: SampleLimits;
}

/** What off-site work needs. */
export interface OffsiteParts {
  readonly targets: readonly OffsiteTarget[];
  readonly rules: OffsiteRules;
  readonly root: string;
  readonly catalog: Catalog;
  readonly files: OffsiteFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Throws `volume-missing` when the library is no longer at its place. */
  readonly stillThere: () => Promise<void>;
  /** What goes on, in words; undefined = nothing. */
  readonly onDoing: (text: string | undefined) => void;
}

/** How work on one target ended. */
export interface TargetResult {
  readonly target: string;
  readonly is: 'done' | 'unchanged' | 'skipped' | 'warning' | 'failed';
  /** For the owner, one or two sentences. */
  readonly message: string;
  readonly problem: Problem | undefined;
}

/**
 * Works on one target after the other; what goes wrong with one is remembered and does not keep the others from their turn.
 * Only a wish to stop ends all.
 */
export async function eachTarget(
  parts: Pick<OffsiteParts, 'targets' | 'catalog' | 'clock' | 'onDoing'>,
  doing: string,
  work: (target: OffsiteTarget) => Promise<TargetResult>,
  signal: AbortSignal,
): Promise<readonly TargetResult[]> {
  const results: TargetResult[] = [];
  try {
    for (const target of parts.targets) {
      signal.throwIfAborted();
      parts.onDoing(`${doing} ${target.name}.`);
      try {
        const result = await work(target);
        results.push(result);
        if (result.is !== 'skipped')
          remember(parts.catalog, target.name, {
            problem: problemFact(result.problem, parts, target.name) ?? lastingDamage(parts, target.name),
          });
      } catch (error) {
        const problem = asProblem(signal.aborted ? signal.reason : error);
        if (problem.code === 'interrupted' || problem.code === 'volume-missing') throw problem;
        remember(parts.catalog, target.name, { problem: problemFact(problem, parts, target.name) });
        results.push({ target: target.name, is: 'failed', message: problem.message, problem });
      }
    }
  } finally {
    parts.onDoing(undefined);
  }
  return results;
}

/** Since when it has been so: the same problem again keeps its first date. */
function problemFact(
  problem: Problem | undefined,
  { catalog, clock }: Pick<OffsiteParts, 'catalog' | 'clock'>,
  name: string,
): TargetMemory['problem'] {
  if (problem === undefined) return undefined;
  const before = recall(catalog, name).problem;
  const { code, message, advice } = problem;
  return { code, message, advice, sinceMs: before?.code === code ? before.sinceMs : clock.now() };
}

/** Damage that a check or a drill found is not over because the next snapshot went well: only a good check or drill ends it. */
function lastingDamage({ catalog }: Pick<OffsiteParts, 'catalog'>, name: string): TargetMemory['problem'] {
  const { lastCheck, lastDrill, problem } = recall(catalog, name);
  return lastCheck?.ok === false || lastDrill?.ok === false ? problem : undefined;
}

const memoOf = (name: string) => `off-site/${name}`;

/** What is remembered of a target; what cannot be read is forgotten, and the next run learns it anew. */
export function recall(catalog: Pick<Catalog, 'memo'>, name: string): TargetMemory {
  try {
    const value: unknown = JSON.parse(catalog.memo(memoOf(name)) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

export function remember(catalog: Pick<Catalog, 'memo' | 'setMemo'>, name: string, change: TargetMemory): void {
  catalog.setMemo(memoOf(name), JSON.stringify({ ...recall(catalog, name), ...change }));
}

/** Opens a repository that is known or new to this library. Throws what keeps it from being used. */
export async function openRepository(
  { catalog }: Pick<OffsiteParts, 'catalog'>,
  target: OffsiteTarget,
  signal: AbortSignal,
): Promise<void> {
  const probe = await target.repository.probe(signal);
  if (probe.is === 'absent') throw new Problem('offsite-no-repository', `There is no ${target.engine} repository at ${target.shownAs}.`);
  const { repositoryId } = recall(catalog, target.name);
  if (repositoryId !== undefined && repositoryId !== probe.id)
    throw new Problem('offsite-other-repository', `The repository at ${target.shownAs} is not the one that was used so far.`);
  if (repositoryId === undefined) remember(catalog, target.name, { repositoryId: probe.id });
}
