import type { RenditionKind } from '../domain/asset.ts';
import type { FreeSpaceRule } from '../domain/free-space.ts';
import { asProblem } from '../domain/problem.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { TodoItem } from '../ports/catalog.ts';
import type { TakeHow } from '../ports/found-files.ts';
import type { ImportJournal } from '../ports/import-journal.ts';
import { type Taken, type TakeParts, takeFound } from './rebuild-take.ts';
import { createSpaceGuard } from './space-guard.ts';

export interface TakeTotals {
  /** Renditions, their files and bytes; in a dry run those that would be taken. */
  items: number;
  itemBytes: number;
  readonly how: Record<TakeHow, number>;
  bytes: number;
  readonly byKind: Map<RenditionKind, number>;
  /** Found in the library's own trees. */
  recognised: number;
  /** Of these, under another name now. */
  renamed: number;
  /** Paths of the source, and checksums, that served. */
  readonly paths: Set<string>;
  readonly checksums: Set<string>;
}

interface Source {
  readonly root: string;
  readonly how: TakeHow;
}

export interface TakeAllParts extends TakeParts {
  readonly journal: ImportJournal;
  /** What has to stay free on the library's volume; undefined = the usual. */
  readonly keepFree: FreeSpaceRule;
}

const BATCH = 200;
/** Copies wait for the disk; a few at once keep it busy. */
const AT_ONCE = 8;

/** Goes through the to-do list and takes what was found. An item that fails stays on the list and stops nobody. */
export async function takeAll(
  parts: TakeAllParts,
  source: Source | undefined,
  dryRun: boolean,
  tally: ProblemTally,
  signal: AbortSignal,
): Promise<TakeTotals> {
  const totals: TakeTotals = {
    items: 0,
    itemBytes: 0,
    how: { copy: 0, link: 0, move: 0 },
    bytes: 0,
    byKind: new Map(),
    recognised: 0,
    renamed: 0,
    paths: new Set(),
    checksums: new Set(),
  };
  const space = createSpaceGuard(parts);
  const takeOne = async (item: TodoItem) => {
    let release: (() => void) | undefined;
    try {
      if (!dryRun && source?.how === 'copy' && parts.catalog.found.withChecksum(source.root, item.rendition.checksum).length > 0)
        release = await space.admit(item.rendition.size);
      const taken = dryRun ? wouldTake(parts, item, source) : await takeFound(parts, item, storedOf(parts, item), source, signal);
      if (!taken) return;
      count(totals, item, taken);
      if (taken.how !== 'kept')
        await parts.journal.add({ path: taken.from, to: item.path, how: taken.how, ...(dryRun ? { plan: 1 } : {}) });
    } catch (error) {
      signal.throwIfAborted();
      const problem = asProblem(error);
      if (problem.remedy !== 'skip-item') throw problem;
      tally.add(problem.code, problem.message);
    } finally {
      release?.();
    }
  };
  for (let after = 0; ; ) {
    const items = parts.catalog.todo(after, BATCH);
    const last = items.at(-1);
    if (!last) return totals;
    after = last.seq;
    await eachAtOnce(items, takeOne);
  }
}

const storedOf = ({ catalog }: TakeParts, item: TodoItem) =>
  catalog.filesOf(item.assetRow).find(({ kind }) => kind === item.rendition.kind);

/** Items with equal bytes one after the other: a moved file can serve one of them only, the next copies from it. */
async function eachAtOnce(items: readonly TodoItem[], work: (item: TodoItem) => Promise<void>): Promise<void> {
  const groups = [...Map.groupBy(items, ({ rendition }) => rendition.checksum).values()];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let group = groups.shift(); group; group = groups.shift()) for (const item of group) await work(item);
  });
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

function wouldTake(parts: TakeParts, item: TodoItem, source: Source | undefined): Taken | undefined {
  if (storedOf(parts, item)) return undefined;
  const { found } = parts.catalog;
  const [own] = found.withChecksum('', item.rendition.checksum);
  if (own) return { how: own.path === item.path ? 'kept' : 'moved', bytes: own.size, from: own.path };
  const [other] = source ? found.withChecksum(source.root, item.rendition.checksum) : [];
  return other && source && { how: source.how, bytes: other.size, from: other.path };
}

function count(totals: TakeTotals, item: TodoItem, { how, bytes, from }: Taken): void {
  totals.items += 1;
  totals.itemBytes += item.rendition.size;
  totals.byKind.set(item.rendition.kind, (totals.byKind.get(item.rendition.kind) ?? 0) + 1);
  totals.checksums.add(item.rendition.checksum);
  if (how === 'kept' || how === 'moved') {
    totals.recognised += 1;
    if (how === 'moved') totals.renamed += 1;
    return;
  }
  totals.how[how] += 1;
  totals.bytes += bytes;
  totals.paths.add(from);
}
