import { PHOTO_TREES } from '../domain/adopt.ts';
import { formatBytes, plural } from '../domain/format.ts';
import { unknownNotice } from '../domain/import-report.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { FoundStore, FoundTotals } from '../ports/found-files.ts';
import type { Log } from '../ports/log.ts';
import type { OldLibrary } from '../ports/old-library.ts';
import { recoverArchives } from './archive-recover.ts';
import { type ReadSoFar, readFiles } from './rebuild-read.ts';

export interface RecoverParts {
  readonly catalog: Catalog;
  readonly foundStore: FoundStore;
  readonly oldLibrary: OldLibrary;
  readonly archiveStore: ArchiveStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Set when the trees have been read since this catalog was made: from then on it knows every file that it did not store itself. */
const TREES_READ = 'trees-read-ms';
const EXAMPLES = 3;
const PLAN_BATCH = 500;

/**
 * A catalog that was made anew knows nothing of what is in the trees: before the first listing everything there is read, so that
 * it is recognised by its bytes and not downloaded again. Costs nothing where the trees are empty, and is done once.
 */
export async function recoverTree(parts: RecoverParts, signal: AbortSignal): Promise<void> {
  if (parts.catalog.memo(TREES_READ) === undefined) await readTrees(parts, tellNow(parts.log), signal);
}

/** Reads every file of the trees that no item owns. */
export async function readTrees(parts: RecoverParts, onProgress: (read: ReadSoFar) => void, signal: AbortSignal): Promise<void> {
  const { catalog, log, clock } = parts;
  const { found } = catalog;
  const startedMs = clock.now();
  await settleOldAlbums(parts);
  await recoverArchives(parts, signal);
  const wanted = ({ path }: { path: string }) => !found.isOwned(path);
  const read = await readFiles({ ...parts, found }, { root: '', folders: PHOTO_TREES, wanted, onProgress }, signal);
  if (read.files > 0)
    log.info(`${plural(read.files, 'file')} in the library that the catalog does not know: ${formatBytes(read.readBytes)} read.`);
  for (const { path, reason } of read.unreadable) log.warn(`${path} could not be read and stays as it is.`, { reason });
  catalog.setMemo(TREES_READ, String(startedMs));
}

/** Albums of an older version become folders that this one knows. */
async function settleOldAlbums({ oldLibrary, log }: RecoverParts): Promise<void> {
  const { archives, setAside, left } = await oldLibrary.settleAlbums();
  if (archives.length > 0)
    log.info(`${plural(archives.length, 'archived album')} kept as they are: ${archives.map(({ path }) => path).join(', ')}.`);
  if (setAside > 0) log.info(`${plural(setAside, 'album')} of links set aside; they are made anew from iCloud.`);
  if (left.length > 0) log.warn(`Folders of the older version that no name leads to, left as they are: ${left.join(', ')}.`);
}

/** A line now and then: reading terabytes takes a night. */
function tellNow(log: Log): (read: ReadSoFar) => void {
  let told = 0;
  return ({ bytes, ofBytes, files, ofFiles }) => {
    const tenths = ofBytes > 0 ? Math.floor((bytes / ofBytes) * 10) : 10;
    if (tenths <= told || ofFiles < 1000) return;
    told = tenths;
    log.info(`Reading what is in the library: ${tenths * 10} %, ${plural(files, 'file')}.`);
  };
}

/** For the report of a run; undefined when every file in the trees is known. */
export function unknownFilesNotice({ found }: Pick<Catalog, 'found'>): string | undefined {
  const unknown = unknownFiles({ found });
  return unknown.files > 0 ? unknownNotice(unknown) : undefined;
}

export function unknownFiles({ found }: Pick<Catalog, 'found'>): FoundTotals {
  found.forgetOwned();
  return found.unowned('', EXAMPLES);
}

/** For a plan: what lies in the trees already is not going to be fetched. */
export function dropFound(catalog: Catalog): void {
  for (let after = 0; ; ) {
    const items = catalog.todo(after, PLAN_BATCH);
    const last = items.at(-1);
    if (!last) return;
    after = last.seq;
    for (const { assetRow, rendition } of items)
      if (catalog.found.withChecksum('', rendition.checksum).length > 0) catalog.dropTodo(assetRow, rendition.kind);
  }
}
