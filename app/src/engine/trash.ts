import { plural } from '../domain/format.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { LibraryStore, TrashedFile } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';

const DAY_MS = 24 * 3_600_000;

/** The oldest day in `_Trash` that stays, `2026-10-21`. Days are the owner's calendar days, as the folders are named. */
export function oldestKeptDay(nowMs: number, trashDays: number): string {
  return new Date(nowMs - trashDays * DAY_MS).toLocaleDateString('sv');
}

/** Takes away for good what has lain in the trash longer than TRASH_DAYS. */
export async function purgeTrash(
  { store, clock, log }: { readonly store: LibraryStore; readonly clock: Clock; readonly log: Log },
  trashDays: number,
  signal: AbortSignal,
): Promise<void> {
  if (!Number.isFinite(trashDays)) return;
  const { files } = await store.emptyTrash(oldestKeptDay(clock.now(), trashDays), signal);
  if (files > 0) log.info(`${plural(files, 'file')} had lain in _Trash for ${trashDays} days and went for good.`);
}

/**
 * Brings a file back from the trash to where it lay. An item that is gone from iCloud is "only here" from then on, so that the
 * next run does not remove it again. Throws Problem `path-occupied` when something lies there, for instance the newer version.
 */
export async function restoreFile(
  { store, catalog, clock }: { readonly store: LibraryStore; readonly catalog: Catalog; readonly clock: Clock },
  file: TrashedFile,
  signal: AbortSignal,
): Promise<void> {
  const found = await store.inspect(file.path, signal);
  if (found.sha256 !== file.sha256)
    throw new Problem(
      'content-mismatch',
      `${file.path} does not hold the bytes it was stored with, so it was left there. Copy it by hand if you want it as it is.`,
    );
  const asset = catalog.findByRecord(file.zone, file.asset);
  const size = await store.sizeOf(file.from);
  if (size !== undefined)
    throw new Problem('path-occupied', `${file.from} is taken, so ${file.path} was left where it is. Copy it by hand if you want both.`);
  if (!(await store.restore(file, file.from))) throw new Problem('path-occupied', `${file.path} is no longer there.`);
  // Of an item that iCloud still shows this is a version it no longer has: from now on a file of the owner's, which no sync touches.
  if (!asset?.isGone) return;
  const proof = found.checksum === file.checksum ? 'apple' : 'unconfirmed';
  catalog.restored(asset.assetRow, { ...file, path: file.from, proof }, clock.now());
}

/** Files in the trash by Apple's checksum, for items that came back to iCloud: read once, when first asked for. */
export function createTrashIndex(store: LibraryStore): (checksum: string) => Promise<TrashedFile | undefined> {
  let index: Promise<ReadonlyMap<string, TrashedFile>> | undefined;
  const read = async () => {
    const files = new Map<string, TrashedFile>();
    for await (const file of store.trashed()) if (file.because !== 'damaged') files.set(file.checksum, file);
    return files;
  };
  return async (checksum) => {
    index ??= read();
    return (await index).get(checksum);
  };
}
