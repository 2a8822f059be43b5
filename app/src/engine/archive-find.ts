import { fold } from '../domain/fold.ts';
import { Problem } from '../domain/problem.ts';
import type { ArchiveRow } from '../ports/archive-catalog.ts';
import type { AlbumRow, Catalog } from '../ports/catalog.ts';
import { type AlbumParts, placeAlbums } from './albums.ts';

export interface FoundAlbum {
  readonly row: AlbumRow;
  /** Its folder; of an archive where that lies now. */
  readonly path: string;
}

export type FindParts = Pick<AlbumParts, 'catalog' | 'digest' | 'nameLimitBytes'> & {
  /** Absolute path of the library: people type paths as they see them. */
  readonly root: string;
};

/** The album that somebody named by the path of its folder, as seen from anywhere, or by its name; with `recursive` all albums of a folder. */
export function findAlbums(parts: FindParts, typed: string, recursive: boolean): FoundAlbum[] {
  const archives = new Map(parts.catalog.archive.archives().map((archive) => [archive.album, archive]));
  const placed = placeAlbums(parts).map(({ row, path }) => ({ row, path: archives.get(row.id)?.path ?? row.path ?? path }));
  const wanted = fold(relativePath(parts.root, typed));
  const named = placed.filter(({ row, path }) => fold(path) === wanted || row.id === typed);
  const pathInICloud = namesOf(placed.map(({ row }) => row));
  const found = named.length > 0 ? named : placed.filter(({ row }) => fold(row.name) === wanted || fold(pathInICloud(row)) === wanted);
  const [one] = found;
  if (!one) throw new Problem('archive-not-found', `There is no album ${typed}.`);
  if (found.length > 1)
    throw new Problem('archive-not-found', `Several albums are called ${typed}: ${found.map(({ path }) => path).join(', ')}.`);
  if (one.row.kind === 'album') return [one];
  if (!recursive) throw new Problem('archive-not-found', `${one.path} is a folder of albums. Add --recursive to archive all of them.`);
  const albums = below(placed, one.row.id);
  if (albums.length === 0) throw new Problem('archive-not-found', `${one.path} holds no album.`);
  return albums;
}

/** Folders and album as iCloud calls them, which a file name may not hold: `Travel/Rome/2024`. */
function namesOf(rows: readonly AlbumRow[]): (row: AlbumRow) => string {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const pathOf = (row: AlbumRow, level = 0): string => {
    const parent = row.parent === undefined || level > MOST_LEVELS ? undefined : byId.get(row.parent);
    return parent ? `${pathOf(parent, level + 1)}/${row.name}` : row.name;
  };
  return pathOf;
}

const MOST_LEVELS = 30;

function below(placed: readonly FoundAlbum[], parent: string): FoundAlbum[] {
  return placed
    .filter(({ row }) => row.parent === parent)
    .flatMap((album) => (album.row.kind === 'album' ? [album] : below(placed, album.row.id)));
}

/** The archive that somebody named: by its folder, its name, or its number. */
export function findArchive(catalog: Catalog, root: string, typed: string): ArchiveRow {
  const archives = catalog.archive.archives();
  const wanted = fold(relativePath(root, typed));
  const byPath = archives.filter(({ id, path }) => fold(path) === wanted || String(id) === typed);
  const found = byPath.length > 0 ? byPath : archives.filter(({ name }) => fold(name) === wanted);
  const [one] = found;
  if (!one || found.length > 1)
    throw new Problem(
      'archive-not-found',
      one ? `Several archives are called ${typed}: ${found.map(({ path }) => path).join(', ')}.` : `${typed} is not archived.`,
    );
  return one;
}

function relativePath(root: string, typed: string): string {
  const inLibrary = typed === root || typed.startsWith(`${root}/`) ? typed.slice(root.length) : typed;
  return inLibrary.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
}
