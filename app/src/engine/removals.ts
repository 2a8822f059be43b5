import { brake } from '../domain/brake.ts';
import { formatBytes, formatCount, plural } from '../domain/format.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { LibraryStore, TrashedBecause } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';
import type { GoneItem, RemovalTotals } from '../ports/removals.ts';

export interface RemovalParts {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly log: Log;
  readonly tally: ProblemTally;
  /** Replaces the rule of decisions.md 2; undefined = the rule. */
  readonly maxDeletions: number | undefined;
  /** For one run: nothing is held. */
  readonly allowDeletions: boolean;
}

export interface Removed {
  /** Items whose files went to `_Trash`. */
  readonly items: number;
  /** Items that wait for a person. */
  readonly held: number;
  /** Edits that were undone in iCloud. */
  readonly superseded: number;
}

const BATCH = 100;

/**
 * Moves to `_Trash` what iCloud no longer shows, by proof only. Too much at once is held and asked about (decisions.md 2);
 * what archive deleted itself is expected and passes (decisions.md 3). Undone edits leave too, once the original is here.
 */
export async function removeGone(parts: RemovalParts, signal: AbortSignal): Promise<Removed> {
  const { tally, log } = parts;
  const { totals, library, limit, isHeld } = foreseeRemovals(parts);
  if (isHeld) tally.add('removals-held', heldMessage(totals, library, limit));
  const items = await trashItems(parts, (item) => item.expected || !isHeld, signal);
  const superseded = await trashSuperseded(parts, signal);
  if (items > 0) log.info(`${plural(items, 'item')} no longer in iCloud moved to _Trash.`);
  return { items, held: isHeld ? totals.items : 0, superseded };
}

/** What is gone from iCloud and still here without being expected, and whether the brake holds it. */
export function foreseeRemovals({
  catalog,
  maxDeletions,
  allowDeletions,
}: Pick<RemovalParts, 'catalog' | 'maxDeletions' | 'allowDeletions'>): {
  readonly totals: RemovalTotals;
  readonly library: number;
  readonly limit: number;
  readonly isHeld: boolean;
} {
  const totals = catalog.goneTotals();
  const library = totals.items > 0 ? catalog.libraryItems() : 0; // a count over all of the library
  const { hold, limit } = brake(totals.items, library, maxDeletions);
  return { totals, library, limit, isHeld: hold && !allowDeletions };
}

function heldMessage({ items, files, bytes }: RemovalTotals, library: number, limit: number): string {
  return `${formatCount(items)} of ${plural(library, 'item')} have gone from iCloud at once (${plural(files, 'file')}, ${formatBytes(bytes)}), more than the ${formatCount(limit)} that are removed without asking. Nothing was removed.`;
}

/** Every file of the chosen items; an item whose files are gone is done with. */
export async function trashItems(
  parts: Pick<RemovalParts, 'catalog' | 'store'>,
  isChosen: (item: GoneItem) => boolean,
  signal: AbortSignal,
): Promise<number> {
  const { catalog } = parts;
  let trashed = 0;
  for (let after = 0; ; ) {
    const batch = catalog.goneItems(after, BATCH);
    const last = batch.at(-1);
    if (!last) return trashed;
    after = last.assetRow;
    for (const item of batch) {
      if (!isChosen(item)) continue;
      for (const file of item.files) {
        signal.throwIfAborted();
        await trashFile(parts, item, file, 'gone-from-icloud');
      }
      trashed += 1;
    }
  }
}

async function trashSuperseded(parts: RemovalParts, signal: AbortSignal): Promise<number> {
  let trashed = 0;
  for (;;) {
    const batch = parts.catalog.superseded(BATCH);
    if (batch.length === 0) return trashed;
    for (const { assetRow, zone, id, file } of batch) {
      signal.throwIfAborted();
      await trashFile(parts, { assetRow, zone, id }, file, 'superseded');
      trashed += 1;
    }
  }
}

/** The manifest names the file before it moves, the catalog forgets it afterwards: a crash in between repeats the second half. */
async function trashFile(
  { catalog, store }: Pick<RemovalParts, 'catalog' | 'store'>,
  { assetRow, zone, id }: Pick<GoneItem, 'assetRow' | 'zone' | 'id'>,
  file: GoneItem['files'][number],
  because: TrashedBecause,
): Promise<void> {
  const { kind, path, checksum, sha256 } = file;
  await store.trash({ path, because, zone, asset: id, kind, checksum, sha256 });
  catalog.dropFile(assetRow, kind);
}
