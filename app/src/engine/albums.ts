import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { fold } from '../domain/fold.ts';
import type { Layout } from '../domain/layout.ts';
import { albumPath } from '../domain/library-path.ts';
import { chooseBase, type Digest, fileStem } from '../domain/names.ts';
import { Problem } from '../domain/problem.ts';
import type { AlbumRow, Catalog, MemberFile } from '../ports/catalog.ts';
import type { AlbumStore } from '../ports/library-store.ts';
import type { PhotosService } from '../ports/photos-service.ts';

export interface AlbumParts {
  readonly photos: PhotosService;
  readonly catalog: Catalog;
  readonly albumStore: AlbumStore;
  readonly digest: Digest;
  readonly nameLimitBytes: number;
  /** Links begin with the photo's number in the album's order. */
  readonly numbered: boolean;
  readonly layout: Layout;
}

export interface AlbumsRead {
  readonly albums: number;
  /** Names of albums of a kind without members (smart albums) or an unknown kind. */
  readonly skipped: readonly string[];
  /** Members that no listed photo answers to. */
  readonly stray: number;
}

/** Enough to keep Node's thread pool busy. */
const LINKS_AT_ONCE = 32;
/** As many as the rate limit lets through anyway. */
const ALBUMS_AT_ONCE = 4;

/** Reads the album tree and every album's members into the catalog. A member list counts only when it was read to its end. */
export async function readAlbums(
  { photos, catalog }: Pick<AlbumParts, 'photos' | 'catalog'>,
  zone: Zone,
  nowMs: number,
  signal: AbortSignal,
): Promise<AlbumsRead> {
  const { albums, skipped } = await photos.albums(zone, signal);
  catalog.putAlbums(albums, nowMs);
  let stray = 0;
  const queue = catalog.albums().filter(({ kind }) => kind === 'album');
  const readers = Array.from({ length: ALBUMS_AT_ONCE }, async () => {
    for (let album = queue.shift(); album; album = queue.shift()) {
      catalog.beginMembers(album.rowId);
      let position = 0;
      for await (const members of photos.members(zone, album.id, signal)) {
        catalog.addMembers(album.rowId, members, position);
        position += members.length;
      }
      catalog.endMembers(album.rowId);
      stray += catalog.countStrayMembers(album.rowId);
    }
  });
  // One album that cannot be read ends the reading; the others' requests end before anybody goes on.
  for (const reader of readers) reader.catch(() => queue.splice(0));
  await Promise.allSettled(readers);
  await Promise.all(readers);
  return { albums: albums.filter(({ kind }) => kind === 'album').length, skipped: skipped.map(({ name }) => name), stray };
}

export interface AlbumsLinked {
  readonly links: number;
  /** Paths where a file of the owner lies in the way of a link. */
  readonly occupied: readonly string[];
}

/**
 * Makes the album folders show what the catalog knows: folders for folders and albums, relative links for stored files.
 * Only links recorded as ours are taken away, and folders only when empty, so a file that somebody put there stays.
 */
export async function linkAlbums(parts: AlbumParts, signal: AbortSignal): Promise<AlbumsLinked> {
  const { catalog, albumStore } = parts;
  const left: string[] = [];
  const occupied: string[] = [];
  let links = 0;
  await leaveEnded(parts, signal);
  const archived = archivedAlbums(catalog);
  for (const { row, path } of placeAlbums(parts)) {
    signal.throwIfAborted();
    if (archived.has(row.id)) continue; // never touched again (engine/archive-follow.ts)
    if (row.path === path && !catalog.isDirty(row.rowId)) continue;
    const inTheWay = occupied.length;
    if (!(await makeFolder(albumStore, path))) {
      occupied.push(path);
      continue;
    }
    if (row.path !== undefined && row.path !== path) left.push(row.path);
    if (row.path !== path) catalog.setAlbumPath(row.rowId, path);
    if (row.kind === 'album') links += await linkAlbum(parts, row, path, occupied, signal);
    // Only now: a run that ends before is made good by the next one, and what is in the way is told again.
    if (occupied.length === inTheWay) catalog.clean(row.rowId);
  }
  // Deepest first: a renamed folder is empty only after its albums have left it.
  for (const path of left.sort((a, b) => b.length - a.length)) await albumStore.dropFolder(path);
  return { links, occupied };
}

/** Albums that are gone from iCloud: our links go, the folder too unless something of the owner lies in it. The photos stay where they are. */
async function leaveEnded(parts: AlbumParts, signal: AbortSignal): Promise<void> {
  const archived = archivedAlbums(parts.catalog);
  const ended = parts.catalog.endedAlbums().filter(({ id }) => !archived.has(id));
  await leaveAlbums(parts, ended, signal);
}

/** Takes all album folders of ours away: their owner wants none (any more). */
export async function unlinkAlbums(parts: Pick<AlbumParts, 'catalog' | 'albumStore'>, signal: AbortSignal): Promise<void> {
  const archived = archivedAlbums(parts.catalog);
  const made = parts.catalog.albums().filter(({ id, path }) => path !== undefined && !archived.has(id));
  await leaveAlbums(
    parts,
    made.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0)),
    signal,
  );
}

const archivedAlbums = (catalog: AlbumParts['catalog']): ReadonlySet<string> =>
  new Set(catalog.archive.archives().map(({ album }) => album));

async function leaveAlbums(
  { catalog, albumStore }: Pick<AlbumParts, 'catalog' | 'albumStore'>,
  albums: readonly Pick<AlbumRow, 'rowId' | 'path'>[],
  signal: AbortSignal,
): Promise<void> {
  for (const { rowId, path } of albums) {
    signal.throwIfAborted();
    for (const link of catalog.links(rowId)) {
      await albumStore.unlink(link.path, link.target);
      catalog.dropLink(rowId, link.path);
    }
    if (path !== undefined) await albumStore.dropFolder(path);
    catalog.forgetAlbumPath(rowId);
  }
}

async function makeFolder(albumStore: AlbumStore, path: string): Promise<boolean> {
  try {
    await albumStore.ensureFolder(path);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'path-occupied') return false;
    throw error;
  }
}

/** Every album's place, parents before children. Names are unique among siblings; who has a name already keeps it. */
export function placeAlbums({
  catalog,
  digest,
  nameLimitBytes,
}: Pick<AlbumParts, 'catalog' | 'digest' | 'nameLimitBytes'>): { row: AlbumRow; path: string }[] {
  const children = Map.groupBy(catalog.albums(), ({ parent }) => parent);
  const known = new Set(catalog.albums().map(({ id }) => id));
  // A parent that was not listed (or names itself): better at the top than nowhere.
  const tops = [...children].filter(([parent]) => parent === undefined || !known.has(parent)).flatMap(([, rows]) => rows);
  const placed: { row: AlbumRow; path: string }[] = [];
  const placeLevel = (rows: readonly AlbumRow[], parentPath: string) => {
    const taken = new Set<string>();
    const place = (row: AlbumRow) => {
      const path = albumPath({
        parentPath,
        name: row.name,
        identity: `${PERSONAL_ZONE}/${row.id}`,
        isTaken: (name) => taken.has(name),
        digest,
        limitBytes: nameLimitBytes,
      });
      taken.add(fold(path.slice(path.lastIndexOf('/') + 1)));
      placed.push({ row, path });
      placeLevel(children.get(row.id) ?? [], path);
    };
    for (const row of rows.toSorted(
      (a, b) => Number(b.path !== undefined) - Number(a.path !== undefined) || a.position - b.position || (a.id < b.id ? -1 : 1),
    ))
      place(row);
  };
  placeLevel(tops, '');
  return placed;
}

async function linkAlbum(parts: AlbumParts, row: AlbumRow, path: string, occupied: string[], signal: AbortSignal): Promise<number> {
  const { catalog, albumStore } = parts;
  const wanted = nameLinks(catalog.memberFiles(row.rowId), path, parts.digest, parts.numbered, parts.layout.names);
  const present = new Set<string>();
  for (const link of catalog.links(row.rowId)) {
    if (wanted.get(link.path) === link.target) present.add(link.path);
    else {
      await albumStore.unlink(link.path, link.target);
      catalog.dropLink(row.rowId, link.path);
    }
  }
  const lacking = [...wanted].filter(([linkPath]) => !present.has(linkPath) || !albumStore.staysLinked);
  let made = 0;
  for (let start = 0; start < lacking.length; start += LINKS_AT_ONCE) {
    signal.throwIfAborted();
    const batch = lacking.slice(start, start + LINKS_AT_ONCE);
    // All end before anybody goes on, and what was made is noted even if another one failed.
    const ended = await Promise.allSettled(batch.map(([linkPath, target]) => albumStore.link(linkPath, target, present.has(linkPath))));
    const madeIt = (index: number) => ended[index]?.status === 'fulfilled' && ended[index].value;
    const fresh = batch.filter(([linkPath], index) => madeIt(index) && !present.has(linkPath));
    catalog.transaction(() => {
      for (const [linkPath, target] of fresh) catalog.addLink(row.rowId, { path: linkPath, target });
    });
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    occupied.push(...batch.flatMap(([linkPath], index) => (madeIt(index) ? [] : [linkPath])));
    made += fresh.length;
  }
  return made;
}

/** Link path to target. Photos of different months may share a name: within the album the later one gets its suffix. */
export function nameLinks(
  files: Iterable<MemberFile>,
  folder: string,
  digest: Digest,
  numbered: boolean,
  names: Layout['names'] = 'import',
): Map<string, string> {
  const bases = new Map<number, string>();
  const taken = new Set<string>();
  const links = new Map<string, string>();
  for (const { assetRow, identity, base, filename, path } of files) {
    let own = bases.get(assetRow);
    if (own === undefined) {
      // Checksums are for the tree; an album is for people.
      const readable = names === 'checksum' && filename ? fileStem({ filename, uti: undefined, masterId: base }) : base;
      const stem = numbered ? `${String(bases.size + 1).padStart(4, '0')} ${readable}` : readable;
      own = chooseBase({ stem, identity, isTaken: (folded) => taken.has(folded), digest });
      bases.set(assetRow, own);
      taken.add(fold(own));
    }
    const name = path.slice(path.lastIndexOf('/') + 1);
    // An edit that is named by its own checksum says nowhere that it is one.
    const rest = name.startsWith(base) ? name.slice(base.length) : `-edited${name.slice(name.lastIndexOf('.'))}`;
    links.set(`${folder}/${own}${rest}`, path);
  }
  return links;
}
