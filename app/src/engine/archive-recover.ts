import type { ArchiveMarker } from '../domain/archive-marker.ts';
import { plural } from '../domain/format.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface RecoverArchiveParts {
  readonly catalog: Catalog;
  readonly archiveStore: ArchiveStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A catalog that was made anew learns of archived folders from their markers. They count as not read yet, so `verify` begins with them. */
export async function recoverArchives(parts: RecoverArchiveParts, signal: AbortSignal): Promise<void> {
  const { catalog, archiveStore, log } = parts;
  const known = new Set(catalog.archive.archives().map(({ path }) => path));
  let found = 0;
  for await (const { path, marker } of archiveStore.findMarked(signal)) {
    if (known.has(path)) continue;
    const archivedAtMs = Date.parse(marker.archivedAt) || 0;
    const id = catalog.archive.beginArchive(marker.album, marker.name, path, archivedAtMs);
    await recoverFiles(parts, id, path, marker, signal);
    catalog.archive.completeArchive(id, archivedAtMs);
    found += 1;
  }
  if (found > 0) log.info(`${plural(found, 'archived album')} recognised by ${found === 1 ? 'its marker' : 'their markers'}.`);
}

async function recoverFiles(
  { catalog, archiveStore, clock }: RecoverArchiveParts,
  id: number,
  folder: string,
  marker: ArchiveMarker,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, ...file } of marker.files)
    catalog.archive.putArchiveFile(id, { ...file, path: `${folder}/${name}`, finding: null }, NEVER_READ_MS);
  if (marker.files.length > 0) return;
  // An older version made it and noted nothing: what lies there now is what is kept.
  for (const name of await archiveStore.filesIn(folder)) {
    const path = `${folder}/${name}`;
    const got = await archiveStore.readBack(path, signal);
    if (got)
      catalog.archive.putArchiveFile(
        id,
        { ...got, path, zone: '', asset: '', kind: 'original', proof: 'unverifiable', finding: null },
        clock.now(),
      );
  }
}

const NEVER_READ_MS = 0;
