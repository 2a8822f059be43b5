import type { TreeKind } from '../domain/import.ts';
import type { ImportReport, LeftGroup, RebuildReport } from '../domain/import-report.ts';
import { Problem } from '../domain/problem.ts';
import { ProblemTally, type RunReport } from '../domain/run-report.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { TakeHow } from '../ports/found-files.ts';
import type { Log } from '../ports/log.ts';
import type { OldLibrary } from '../ports/old-library.ts';
import { labelLeftFiles } from './import-left.ts';
import { type TakeAllParts, takeAll } from './import-take.ts';
import { readTrees, recoverTree, unknownFiles } from './rebuild.ts';
import { type ReadSoFar, readFiles } from './rebuild-read.ts';

export interface ImportParts extends TakeAllParts {
  readonly log: Log;
  readonly oldLibrary: OldLibrary;
  readonly archiveStore: ArchiveStore;
  /** Lists iCloud into the catalog without fetching anything. */
  readonly list: (signal: AbortSignal) => Promise<RunReport>;
  readonly onProgress: (read: ReadSoFar) => void;
}

export interface ImportWish {
  /** Absolute; not the library, nor anything around it. */
  readonly folder: string;
  readonly madeBy: TreeKind;
  readonly how: TakeHow;
  readonly dryRun: boolean;
}

/**
 * Brings photos that another program has fetched into the library, by their bytes: names do not matter, nothing is downloaded,
 * nothing is removed but what `move` was asked to move. Whatever ends it early, the next call goes on where it was.
 */
export async function importFolder(parts: ImportParts, wish: ImportWish, signal: AbortSignal): Promise<ImportReport> {
  const { catalog, journal } = parts;
  const { found } = catalog;
  await recoverTree(parts, signal);
  const tally = new ProblemTally();
  await listInto(parts, tally, signal);
  const sizes = found.listedSizes();
  const read = await readFiles(
    { ...parts, found },
    { root: wish.folder, folders: [''], wanted: ({ size }) => sizes.has(size), onProgress: parts.onProgress },
    signal,
  );
  const taken = await takeAll(parts, { root: wish.folder, how: wish.how }, wish.dryRun, tally, signal);
  const left = await labelLeftFiles(parts, wish.folder, taken, signal);
  if (read.unreadable.length > 0) left.groups.push(unreadable(read.unreadable.map(({ path }) => path)));
  for (const { path, reason } of read.unreadable) await journal.add({ path, label: 'unreadable', reason });
  const rest = catalog.todoTotal();
  return {
    folder: wish.folder,
    madeBy: wish.madeBy,
    dryRun: wish.dryRun,
    met: read.met,
    taken: taken.how,
    takenBytes: taken.bytes,
    byKind: Object.fromEntries(taken.byKind),
    recognised: taken.recognised,
    alreadyHere: left.alreadyHere,
    left: left.groups,
    missing: rest.count - (wish.dryRun ? taken.items : 0),
    missingBytes: rest.bytes - (wish.dryRun ? taken.itemBytes : 0),
    problems: tally.list(),
    journal: await journal.close(),
  };
}

export type RebuildParts = ImportParts;

/** Makes the catalog know what is in the trees, whatever it knew before. What is missing is left to the next sync. */
export async function rebuild(parts: RebuildParts, signal: AbortSignal): Promise<RebuildReport> {
  await readTrees(parts, parts.onProgress, signal);
  const tally = new ProblemTally();
  await listInto(parts, tally, signal);
  const taken = await takeAll(parts, undefined, false, tally, signal);
  await parts.journal.close();
  const { count, bytes } = parts.catalog.todoTotal();
  return {
    recognised: taken.recognised,
    byKind: Object.fromEntries(taken.byKind),
    renamed: taken.renamed,
    unknown: unknownFiles(parts.catalog),
    missing: count,
    missingBytes: bytes,
    problems: tally.list(),
  };
}

/** What could not be listed at all ends the import; half a list is told, since more may match when it is whole. */
async function listInto(parts: ImportParts, tally: ProblemTally, signal: AbortSignal): Promise<void> {
  const report = await parts.list(signal);
  const [first] = report.problems;
  if (report.outcome !== 'complete' && report.outcome !== 'incomplete')
    throw new Problem(first?.code ?? 'interrupted', first?.examples[0] ?? 'iCloud could not be listed.');
  for (const { code, count, examples } of report.problems) tally.add(code, examples[0] ?? '', count);
}

function unreadable(paths: readonly string[]): LeftGroup {
  return { label: 'unreadable', count: paths.length, examples: paths.slice(0, 5) };
}
