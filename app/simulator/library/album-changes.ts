import type { AlbumState } from './record-states.ts';
import type { ZoneBook } from './zone-book.ts';

/** What users do to albums and folders. `by` is the device that did it. */

export interface AlbumSpec {
  readonly name?: string;
  /** Record name of the folder it stands in. */
  readonly parent?: string;
  /** 0 album (default), 3 folder, 6 smart album (photos.md §5); others exist. */
  readonly type?: number;
  readonly recordName?: string;
  readonly position?: number;
  readonly sortType?: number;
  readonly by?: string;
}

export function addAlbum(book: ZoneBook, spec: AlbumSpec): string {
  const album: AlbumState = {
    kind: 'album',
    recordName: spec.recordName ?? book.newName(),
    ...(spec.name === undefined ? {} : { name: spec.name }),
    albumType: spec.type ?? 0,
    ...(spec.parent === undefined ? {} : { parent: spec.parent }),
    position: spec.position ?? book.nextSerial() * 1024,
    sortType: spec.sortType ?? 0,
    sortAscending: 1,
    ...book.born(spec.by),
  };
  book.touch(album, book.get(), spec.by);
  return album.recordName;
}

export function renameAlbum(book: ZoneBook, recordName: string, name: string, by?: string): void {
  const album = book.album(recordName);
  album.name = name;
  album.userModifiedMs = book.now();
  book.touch(album, book.get(), by);
}

export function moveAlbum(book: ZoneBook, recordName: string, parent: string | undefined): void {
  const album = book.album(recordName);
  if (parent === undefined) delete album.parent;
  else album.parent = parent;
  book.touch(album);
}

function* withChildren(book: ZoneBook, recordName: string): Iterable<AlbumState> {
  yield book.album(recordName);
  for (const album of [...book.get().albums()]) if (album.parent === recordName) yield* withChildren(book, album.recordName);
}

/** The flag comes first, the tombstone much later (photos.md §10.2). A folder takes along what is in it. */
export function removeAlbum(book: ZoneBook, recordName: string, by?: string): void {
  for (const album of withChildren(book, recordName)) {
    if (album.deletedMs !== undefined) continue;
    album.deletedMs = book.now();
    book.touch(album, book.get(), by);
  }
}

export function restoreAlbum(book: ZoneBook, recordName: string, by?: string): void {
  const album = book.album(recordName);
  delete album.deletedMs;
  book.touch(album, book.get(), by);
}

/** Tombstones for the album, its memberships and everything below it. */
export function purgeAlbum(book: ZoneBook, recordName: string): void {
  const zone = book.get();
  for (const album of [...withChildren(book, recordName)]) {
    for (const relation of zone.relationsOf(album.recordName)) zone.bury(relation.recordName);
    zone.bury(album.recordName);
  }
}

/** The asset may live in another zone: then the album's pages hold the relation alone (photos.md §5). */
export function addToAlbum(book: ZoneBook, assetName: string, albumName: string, position: number, by?: string): void {
  const recordName = `${assetName}-IN-${albumName}`;
  book.touch(book.album(albumName), book.get(), by);
  book.touch({ kind: 'relation', recordName, itemId: assetName, containerId: albumName, position, ...book.born(by) });
}

export function removeFromAlbum(book: ZoneBook, assetName: string, albumName: string): void {
  book.touch(book.album(albumName));
  book.get().bury(`${assetName}-IN-${albumName}`);
}
