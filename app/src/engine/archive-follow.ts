import { asProblem } from '../domain/problem.ts';
import type { ArchiveRow } from '../ports/archive-catalog.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { AlbumRow } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type AlbumParts, placeAlbums } from './albums.ts';

export interface FollowParts extends Pick<AlbumParts, 'catalog' | 'digest' | 'nameLimitBytes'> {
  readonly archiveStore: ArchiveStore;
  readonly clock: Clock;
  readonly log: Log;
}

const ARCHIVE_FOLDER = '_Archive';
const STASH = `${ARCHIVE_FOLDER}/.stash`;

/**
 * Archived folders follow their album when it is renamed or moved, and go to `_Archive` when it is gone from iCloud. Their content is
 * never touched. A folder that its owner has put somewhere else stays there. Answers what the owner should know.
 */
export async function followArchives(parts: FollowParts, signal: AbortSignal): Promise<string[]> {
  const { catalog } = parts;
  if (catalog.archive.archives().length === 0) return [];
  const notices = await findLost(parts, signal);
  const live = new Map(placeAlbums(parts).map((placed) => [placed.row.id, placed]));
  const ended = new Map(catalog.endedAlbums().map((row) => [row.id, row]));
  for (const archive of catalog.archive.archives()) {
    signal.throwIfAborted();
    const placed = live.get(archive.album);
    try {
      if (placed) await follow(parts, archive, placed.row, placed.path);
      else await retire(parts, archive, ended.get(archive.album));
    } catch (error) {
      signal.throwIfAborted();
      const problem = asProblem(error);
      if (problem.remedy !== 'skip-item') throw problem;
      notices.push(`The archived album ${archive.path} could not follow its album: ${problem.message}`);
    }
  }
  return notices;
}

/** After all other albums have their places: what had to make room finds its own, or one beside it. */
export async function unparkArchives(parts: FollowParts, signal: AbortSignal): Promise<void> {
  const { catalog, archiveStore } = parts;
  const parked = catalog.archive.archives().filter(({ path }) => path.startsWith(`${STASH}/`));
  if (parked.length === 0) return;
  const live = new Map(placeAlbums(parts).map(({ row, path }) => [row.id, { row, path }]));
  for (const archive of parked) {
    signal.throwIfAborted();
    const placed = live.get(archive.album);
    const to = await freePath(archiveStore, placed?.path ?? `${ARCHIVE_FOLDER}/${nameOf(archive)}`);
    if (!(await archiveStore.moveFolder(archive.path, to))) continue;
    catalog.archive.moveArchive(archive.id, to, undefined);
    if (placed) catalog.setAlbumPath(placed.row.rowId, placed.path);
  }
}

async function follow(parts: FollowParts, archive: ArchiveRow, row: AlbumRow, wanted: string): Promise<void> {
  const { catalog, archiveStore, log } = parts;
  if (archive.path === wanted && row.path !== wanted) catalog.setAlbumPath(row.rowId, wanted);
  if (archive.path === wanted || archive.path.startsWith(`${STASH}/`)) return;
  const isWhereWePutIt = archive.path === row.path || (row.path === undefined && isInArchiveFolder(archive.path));
  if (row.path === wanted || !isWhereWePutIt) {
    if (row.path !== wanted) catalog.setAlbumPath(row.rowId, wanted);
    return; // its owner has moved it
  }
  if (await archiveStore.isFree(wanted)) {
    if (!(await archiveStore.moveFolder(archive.path, wanted))) return;
    catalog.archive.moveArchive(archive.id, wanted, undefined);
    catalog.setAlbumPath(row.rowId, wanted);
    log.info(`The archived album ${archive.path} is called ${wanted} now, as in iCloud.`);
    return;
  }
  // Another album still has that name: it may be about to leave it.
  const stash = await freePath(archiveStore, `${STASH}/${archive.id}`);
  if (await archiveStore.moveFolder(archive.path, stash)) catalog.archive.moveArchive(archive.id, stash, parts.clock.now());
}

/** The album is gone from iCloud: the folder leaves the tree of albums for good. */
async function retire({ catalog, archiveStore, log }: FollowParts, archive: ArchiveRow, row: AlbumRow | undefined): Promise<void> {
  if (row?.path === undefined) return; // done before, or never ours to move
  if (archive.path === row.path) {
    const to = await freePath(archiveStore, `${ARCHIVE_FOLDER}/${nameOf(archive)}`);
    if (await archiveStore.moveFolder(archive.path, to)) {
      catalog.archive.moveArchive(archive.id, to, undefined);
      log.info(`The album ${archive.name} is gone from iCloud; its archive now lies in ${to}.`);
    }
  }
  catalog.forgetAlbumPath(row.rowId);
}

/** Folders that are not where they were: looked for by their markers, wherever their owner has put them. */
async function findLost({ catalog, archiveStore }: FollowParts, signal: AbortSignal): Promise<string[]> {
  const lost = [];
  for (const archive of catalog.archive.archives()) if (!(await archiveStore.isFolder(archive.path))) lost.push(archive);
  if (lost.length === 0) return [];
  const found = new Map<string, string>();
  for await (const { path, marker } of archiveStore.findMarked(signal)) found.set(`${marker.album} ${marker.archivedAt}`, path);
  const notices: string[] = [];
  for (const archive of lost) {
    const path = found.get(`${archive.album} ${new Date(archive.archivedAtMs).toISOString()}`);
    if (path !== undefined) catalog.archive.moveArchive(archive.id, path, undefined);
    else notices.push(`The archived album ${archive.name} is no longer at ${archive.path}, nor anywhere else in the library.`);
  }
  return notices;
}

async function freePath(store: ArchiveStore, wanted: string): Promise<string> {
  for (let copy = 0; ; copy += 1) {
    const path = copy === 0 ? wanted : `${wanted}-${copy}`;
    if (await store.isFree(path)) return path;
  }
}

const nameOf = ({ path, name, parkedAtMs }: ArchiveRow) =>
  parkedAtMs === undefined ? path.slice(path.lastIndexOf('/') + 1) : name.replaceAll('/', '_');
const isInArchiveFolder = (path: string) => path.startsWith(`${ARCHIVE_FOLDER}/`) && path.split('/').length === 2;
