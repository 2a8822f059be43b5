import {
  type AlbumSpec,
  addAlbum,
  addToAlbum,
  moveAlbum,
  purgeAlbum,
  removeAlbum,
  removeFromAlbum,
  renameAlbum,
  restoreAlbum,
} from './album-changes.ts';
import {
  addAsset,
  deleteAsset,
  describeAsset,
  duplicateAsset,
  editAsset,
  finishUpload,
  type MoveOptions,
  moveAsset,
  purgeAsset,
  restoreAsset,
  revertEdit,
  setFavorite,
  setHidden,
} from './asset-changes.ts';
import { type ExpectedFile, expectedFiles, filesOf } from './expected-files.ts';
import type { AssetSpec, EditSpec } from './make-asset.ts';
import type { AlbumState, Description } from './record-states.ts';
import { SharedAlbums } from './shared-albums.ts';
import { rankOf, type Visibility, visibleAs } from './traits.ts';
import { type FoundAsset, PRIMARY, type SharedLibraryRole, type VisibleZone, ZoneBook } from './zone-book.ts';
import type { ZoneStore } from './zone-store.ts';

export { type Database, PRIMARY, type SharedLibraryRole } from './zone-book.ts';
/** Where the halves of a pair stand in an answer: as recorded, as seen in 2026, or on different pages (photos.md §3.4). */
export type PageOrder = 'masters-first' | 'asset-first' | 'split';

export interface LibraryAlbum {
  readonly recordName: string;
  readonly name: string | undefined;
  /** 'unknown' for a kind that nobody has met yet. */
  readonly type: 'album' | 'folder' | 'smart' | 'unknown';
  /** Record name of the folder it stands in. */
  readonly parent: string | undefined;
  /** Asset record names, oldest first; hidden items may be among them, trashed ones are not. */
  readonly members: readonly string[];
}

const ALBUM_TYPES: Readonly<Record<number, LibraryAlbum['type']>> = { 0: 'album', 3: 'folder', 6: 'smart' };

/** The whole account's photos: what the simulated service serves and what tests compare with. Every change feeds the change feed. */
export class Library {
  order: PageOrder = 'masters-first';
  /** What lists show of a burst: every frame, or its key frame, the others being in the burst index alone; open (photos.md §7). */
  burstFrames: 'all' | 'key-frame' = 'all';
  /** Albums of the older kind, shared by invitation (photos.md §15); no part of any library. */
  readonly sharedAlbums: SharedAlbums;
  readonly #book: ZoneBook;

  constructor(seed: number, now: () => number = Date.now) {
    this.#book = new ZoneBook(seed, now);
    this.sharedAlbums = new SharedAlbums(this.#book);
  }

  get seed(): number {
    return this.#book.seed;
  }
  /** Milliseconds since 1970; the simulator puts its own clock here. */
  get now(): () => number {
    return this.#book.now;
  }
  set now(clock: () => number) {
    this.#book.now = clock;
  }
  get sharedLibraryRole(): SharedLibraryRole {
    return this.#book.role;
  }
  set sharedLibraryRole(role: SharedLibraryRole) {
    this.#book.role = role;
  }

  /** The zones that exist for this account, with the database each is found in (photos.md §2.1). */
  get zones(): readonly VisibleZone[] {
    return this.#book.visible;
  }
  addZone(name: string, isLibrary: boolean): ZoneStore {
    return this.#book.add(name, isLibrary);
  }
  /** The zone by name, whether or not the account's role shows it. */
  zone(name: string = PRIMARY): ZoneStore {
    return this.#book.get(name);
  }
  /** Name of the shared library's zone, whether or not the account's role shows it. */
  get sharedZone(): string | undefined {
    return this.#book.shared?.name;
  }

  /** Every file of every asset that the all-photos index (or the hidden, or the deleted one) shows. */
  expected(visibility: Visibility = 'visible'): Iterable<ExpectedFile> {
    return expectedFiles(
      this.zones.map(({ store }) => store),
      visibility,
    );
  }
  /** Files of the visible assets of one zone, oldest first. */
  expectedIn(zone: string = PRIMARY): Iterable<ExpectedFile> {
    return expectedFiles([this.zone(zone)], 'visible');
  }
  filesOfAsset(recordName: string): readonly ExpectedFile[] {
    const { zone, asset } = this.#book.asset(recordName);
    return [...filesOf(zone, asset)];
  }
  /** The asset wherever it lives. */
  findAsset(recordName: string): FoundAsset | undefined {
    return this.#book.find(recordName);
  }

  /** Albums and folders as the user sees them: no special folders, nothing deleted. */
  albums(): readonly LibraryAlbum[] {
    const list: LibraryAlbum[] = [];
    for (const album of this.zone().albums()) {
      if (album.deletedMs !== undefined || album.recordName.startsWith('----')) continue;
      const type = ALBUM_TYPES[album.albumType] ?? 'unknown';
      list.push({ recordName: album.recordName, name: album.name, type, parent: album.parent, members: this.#members(album) });
    }
    return list;
  }

  #members(album: AlbumState): string[] {
    const members = this.zone()
      .relationsOf(album.recordName)
      .flatMap(({ itemId }) => this.findAsset(itemId)?.asset ?? [])
      .filter(({ deletedMs }) => deletedMs === undefined);
    return members
      .sort((a, b) => rankOf(a, visibleAs.visible) - rankOf(b, visibleAs.visible) || (a.recordName < b.recordName ? -1 : 1))
      .map(({ recordName }) => recordName);
  }

  /** Returns the new asset's record name. */
  addAsset(spec: AssetSpec = {}): string {
    return addAsset(this.#book, spec);
  }
  /** "Duplicate" in Photos: same master, edits and all. Returns the new asset's record name. */
  duplicateAsset(recordName: string): string {
    return duplicateAsset(this.#book, recordName);
  }
  /** Soft delete: into Recently Deleted. `by` is the device that did it. */
  deleteAsset(recordName: string, by?: string): void {
    deleteAsset(this.#book, recordName, by);
  }
  restoreAsset(recordName: string, by?: string): void {
    restoreAsset(this.#book, recordName, by);
  }
  /** Gone for good: tombstones for the asset, its album memberships, and its master unless another asset uses it. */
  purgeAsset(recordName: string): void {
    purgeAsset(this.#book, recordName);
  }
  editAsset(recordName: string, edit: EditSpec = {}): void {
    editAsset(this.#book, recordName, edit);
  }
  revertEdit(recordName: string): void {
    revertEdit(this.#book, recordName);
  }
  setFavorite(recordName: string, favorite: boolean, by?: string): void {
    setFavorite(this.#book, recordName, favorite, by);
  }
  setHidden(recordName: string, hidden: boolean, by?: string): void {
    setHidden(this.#book, recordName, hidden, by);
  }

  /** Title, caption, keywords, place; files stay as they are. */
  describeAsset(recordName: string, about: Description): void {
    describeAsset(this.#book, recordName, about);
  }

  /** The original of an `unfinished` item is there now. */
  finishUpload(recordName: string): void {
    finishUpload(this.#book, recordName);
  }

  /** From the personal into the shared library. Returns the record name it has there. */
  moveToShared(recordName: string, options: MoveOptions = {}): string {
    const zone = this.#book.shared;
    if (zone === undefined) throw new Error('the simulated account has no shared library');
    return moveAsset(this.#book, recordName, zone.name, options);
  }
  /** From the shared library into the personal one. Returns the record name it has there. */
  moveToPersonal(recordName: string, options: MoveOptions = {}): string {
    return moveAsset(this.#book, recordName, PRIMARY, options);
  }
  /** Its zone disappears: ZONE_NOT_FOUND from now on, `deleted` in `/changes/database`. */
  leaveSharedLibrary(): void {
    this.sharedLibraryRole = 'none';
  }

  /** Returns the new album's record name. A folder is type 3, a smart album 6 (photos.md §5). */
  addAlbum(spec: AlbumSpec): string {
    return addAlbum(this.#book, spec);
  }
  renameAlbum(recordName: string, name: string, by?: string): void {
    renameAlbum(this.#book, recordName, name, by);
  }
  /** Into another folder; `undefined` is the top level. */
  moveAlbum(recordName: string, parent: string | undefined): void {
    moveAlbum(this.#book, recordName, parent);
  }
  /** Marked as deleted, with everything below it. */
  removeAlbum(recordName: string, by?: string): void {
    removeAlbum(this.#book, recordName, by);
  }
  restoreAlbum(recordName: string, by?: string): void {
    restoreAlbum(this.#book, recordName, by);
  }
  /** Tombstones for the album, its memberships and everything below it. */
  purgeAlbum(recordName: string): void {
    purgeAlbum(this.#book, recordName);
  }
  /** The asset may live in another zone: then the album's pages hold the relation alone (photos.md §5). */
  addToAlbum(assetName: string, albumName: string, position = 1024, by?: string): void {
    addToAlbum(this.#book, assetName, albumName, position, by);
  }
  removeFromAlbum(assetName: string, albumName: string): void {
    removeFromAlbum(this.#book, assetName, albumName);
  }
}
