import { type ExpectedFile, expectedFiles, filesOf } from './expected-files.ts';
import { type AssetSpec, applyEdit, type EditSpec, makeAsset, makeMaster } from './make-asset.ts';
import type { AlbumState, AnyRecord, AssetState, MasterState } from './record-states.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { captureRank, type Visibility, ZoneStore } from './zone-store.ts';

export type SharedLibraryRole = 'owner' | 'participant' | 'none';
export type Database = 'private' | 'shared';
/** Where the halves of a pair stand in an answer: as recorded, as seen in 2026, or on different pages (photos.md §3.4). */
export type PageOrder = 'masters-first' | 'asset-first' | 'split';

export interface LibraryAlbum {
  readonly recordName: string;
  readonly name: string | undefined;
  readonly type: 'album' | 'folder' | 'smart';
  /** Record name of the folder it stands in. */
  readonly parent: string | undefined;
  /** Asset record names, oldest first; hidden items may be among them, trashed ones are not. */
  readonly members: readonly string[];
}

export const PRIMARY = 'PrimarySync';
const LIBRARY_INFO = 'PrimarySync-0000-LI';
const OWN_USER = '_5d95b6fdc8dc42562ab0e7cf361ebe8f';
const OTHER_USER = '_a151b39059f387f1c209c3da1f4ab8eb';

/** The whole account's photos: what the simulated service serves and what tests compare with. Every change feeds the change feed. */
export class Library {
  readonly seed: number;
  /** Milliseconds since 1970; the simulator puts its own clock here. */
  now: () => number;
  order: PageOrder = 'masters-first';
  sharedLibraryRole: SharedLibraryRole = 'none';
  readonly #zones = new Map<string, ZoneStore>();
  readonly #random: SeededRandom;
  #serial = 0;

  constructor(seed: number, now: () => number = Date.now) {
    this.seed = seed;
    this.now = now;
    this.#random = seededRandom(`record names ${seed}`);
    this.addZone(PRIMARY, true);
    this.#touch({ kind: 'library-info', recordName: LIBRARY_INFO, tag: 0, createdMs: now(), modifiedMs: now(), modifiedBy: '1' });
  }

  /** The zones that exist for this account, with the database each is found in (photos.md §2.1). */
  get zones(): readonly { readonly name: string; readonly database: Database; readonly store: ZoneStore }[] {
    const list: { name: string; database: Database; store: ZoneStore }[] = [];
    for (const store of this.#zones.values()) {
      const database = this.#databaseOf(store.name);
      if (database === undefined) continue;
      store.ownerRecordName = database === 'private' ? OWN_USER : OTHER_USER;
      list.push({ name: store.name, database, store });
    }
    return list;
  }

  addZone(name: string, isLibrary: boolean): ZoneStore {
    const zone = new ZoneStore(name, OWN_USER, isLibrary);
    this.#zones.set(name, zone);
    return zone;
  }

  /** The zone by name, whether or not the account's role shows it. */
  zone(name: string = PRIMARY): ZoneStore {
    const zone = this.#zones.get(name);
    if (zone === undefined) throw new Error(`the simulated library has no zone ${name}`);
    return zone;
  }

  /** Every file of every asset that the all-photos index (or the hidden, or the deleted one) shows. */
  expected(visibility: Visibility = 'visible'): Iterable<ExpectedFile> {
    return expectedFiles(
      this.zones.map(({ store }) => store),
      visibility,
    );
  }

  filesOfAsset(recordName: string): readonly ExpectedFile[] {
    const { zone, asset } = this.#find(recordName);
    return [...filesOf(zone, asset)];
  }

  /** Albums and folders as the user sees them: no special folders, nothing deleted. */
  albums(): readonly LibraryAlbum[] {
    const list: LibraryAlbum[] = [];
    for (const album of this.zone().records.values()) {
      if (album.kind !== 'album' || album.deletedMs !== undefined || album.recordName.startsWith('----')) continue;
      const type = album.albumType === 3 ? 'folder' : album.albumType === 6 ? 'smart' : 'album';
      list.push({ recordName: album.recordName, name: album.name, type, parent: album.parent, members: this.#members(album) });
    }
    return list;
  }

  /** Returns the new asset's record name. */
  addAsset(spec: AssetSpec = {}): string {
    const zone = this.zone(spec.zone);
    const nowMs = this.now();
    const recordName = this.#random.uuid();
    const master = spec.duplicateOf === undefined ? this.#newMaster(zone, spec, nowMs) : this.#find(spec.duplicateOf).master;
    if (master === undefined) throw new Error(`${spec.duplicateOf} has no master`);
    const asset = makeAsset(spec, recordName, master, nowMs);
    if (asset.deletedMs !== undefined && zone.assetsOf(master.recordName).every(({ deletedMs }) => deletedMs !== undefined))
      master.deletedMs = asset.deletedMs;
    this.#touch(master, zone);
    this.#touch(asset, zone);
    this.#countsChanged(zone);
    return recordName;
  }

  /** Soft delete: into Recently Deleted (photos.md §18). `by` is the device that did it. */
  deleteAsset(recordName: string, by?: string): void {
    const { zone, asset, master } = this.#find(recordName);
    if (asset.deletedMs !== undefined) return;
    asset.deletedMs = this.now();
    if (master !== undefined && zone.assetsOf(master.recordName).every(({ deletedMs }) => deletedMs !== undefined)) {
      master.deletedMs = asset.deletedMs;
      this.#touch(master, zone, by);
    }
    this.#touch(asset, zone, by);
    this.#countsChanged(zone);
  }

  /** Back from Recently Deleted: the flag goes away, it does not become 0 (photos.md §6.2). */
  restoreAsset(recordName: string, by?: string): void {
    const { zone, asset, master } = this.#find(recordName);
    delete asset.deletedMs;
    if (master?.deletedMs !== undefined) {
      delete master.deletedMs;
      this.#touch(master, zone, by);
    }
    this.#touch(asset, zone, by);
    this.#countsChanged(zone);
  }

  /** Gone for good: tombstones for the asset, its album memberships, and its master unless another asset uses it. */
  purgeAsset(recordName: string): void {
    const { zone, asset, master } = this.#find(recordName);
    for (const record of [...this.zone().records.values()])
      if (record.kind === 'relation' && record.itemId === recordName) this.zone().bury(record.recordName);
    zone.bury(recordName);
    for (const resource of Object.values(asset.resources)) resource.gone = true;
    if (master !== undefined && zone.assetsOf(master.recordName).length === 0) {
      zone.bury(master.recordName);
      for (const resource of Object.values(master.resources)) resource.gone = true;
    }
    this.#countsChanged(zone);
  }

  /** A new edit: new full-size rendition on the asset, master unchanged. */
  editAsset(recordName: string, edit: EditSpec = {}): void {
    const { zone, asset, master } = this.#find(recordName);
    if (master === undefined) throw new Error(`${recordName} has no master`);
    applyEdit(asset, master, edit);
    this.#touch(asset, zone);
  }

  revertEdit(recordName: string): void {
    const { zone, asset } = this.#find(recordName);
    delete asset.adjustment;
    asset.resources = {};
    asset.previewsMade = false;
    this.#touch(asset, zone);
  }

  setFavorite(recordName: string, favorite: boolean, by?: string): void {
    const { zone, asset } = this.#find(recordName);
    asset.favorite = favorite;
    this.#touch(asset, zone, by);
  }

  setHidden(recordName: string, hidden: boolean, by?: string): void {
    const { zone, asset } = this.#find(recordName);
    asset.hidden = hidden;
    this.#touch(asset, zone, by);
    this.#countsChanged(zone);
  }

  /** Returns the new album's record name. A folder is type 3, a smart album 6 (photos.md §5). */
  addAlbum(spec: {
    name?: string;
    parent?: string;
    type?: number;
    recordName?: string;
    position?: number;
    sortType?: number;
    by?: string;
  }): string {
    const recordName = spec.recordName ?? this.#random.uuid();
    this.#serial += 1;
    const album: AlbumState = {
      kind: 'album',
      recordName,
      ...(spec.name === undefined ? {} : { name: spec.name }),
      albumType: spec.type ?? 0,
      ...(spec.parent === undefined ? {} : { parent: spec.parent }),
      position: spec.position ?? this.#serial * 1024,
      sortType: spec.sortType ?? 0,
      sortAscending: 1,
      tag: 0,
      createdMs: this.now(),
      modifiedMs: this.now(),
      modifiedBy: spec.by ?? '1',
    };
    this.#touch(album, this.zone(), spec.by);
    return recordName;
  }

  renameAlbum(recordName: string, name: string, by?: string): void {
    const album = this.#album(recordName);
    album.name = name;
    album.userModifiedMs = this.now();
    this.#touch(album, this.zone(), by);
  }

  /** Into another folder; `undefined` is the top level. */
  moveAlbum(recordName: string, parent: string | undefined): void {
    const album = this.#album(recordName);
    if (parent === undefined) delete album.parent;
    else album.parent = parent;
    this.#touch(album);
  }

  removeAlbum(recordName: string, by?: string): void {
    const album = this.#album(recordName);
    album.deletedMs = this.now();
    this.#touch(album, this.zone(), by);
  }

  /** The asset may live in another zone: then the album's pages hold the relation alone (photos.md §5). */
  addToAlbum(assetName: string, albumName: string, position = 1024, by?: string): void {
    const nowMs = this.now();
    const born = { tag: 0, createdMs: nowMs, modifiedMs: nowMs, modifiedBy: by ?? '1' };
    const recordName = `${assetName}-IN-${albumName}`;
    this.#touch(this.#album(albumName), this.zone(), by);
    this.#touch({ kind: 'relation', recordName, itemId: assetName, containerId: albumName, position, ...born });
  }

  removeFromAlbum(assetName: string, albumName: string): void {
    this.#touch(this.#album(albumName));
    this.zone().bury(`${assetName}-IN-${albumName}`);
  }

  /** The asset wherever it lives. */
  findAsset(
    recordName: string,
  ): { readonly zone: ZoneStore; readonly asset: AssetState; readonly master: MasterState | undefined } | undefined {
    for (const zone of this.#zones.values()) {
      const asset = zone.asset(recordName);
      if (asset !== undefined) return { zone, asset, master: zone.master(asset.masterName) };
    }
    return undefined;
  }

  #find(recordName: string) {
    const found = this.findAsset(recordName);
    if (found === undefined) throw new Error(`the simulated library has no asset ${recordName}`);
    return found;
  }

  #album(recordName: string): AlbumState {
    const album = this.zone().album(recordName);
    if (album === undefined) throw new Error(`the simulated library has no album ${recordName}`);
    return album;
  }

  #members(album: AlbumState): string[] {
    const members = this.zone()
      .relationsOf(album.recordName)
      .flatMap(({ itemId }) => this.findAsset(itemId)?.asset ?? [])
      .filter(({ deletedMs }) => deletedMs === undefined);
    return members
      .sort((a, b) => captureRank(a) - captureRank(b) || (a.recordName < b.recordName ? -1 : 1))
      .map(({ recordName }) => recordName);
  }

  #newMaster(zone: ZoneStore, spec: AssetSpec, nowMs: number): MasterState {
    this.#serial += 1;
    const master = makeMaster(spec, `library ${this.seed} file ${this.#serial}`, nowMs);
    return zone.master(master.recordName) ?? master;
  }

  #databaseOf(zoneName: string): Database | undefined {
    if (!zoneName.startsWith('SharedSync-')) return zoneName.startsWith('CMM-') ? 'shared' : 'private';
    if (this.sharedLibraryRole === 'none') return undefined;
    return this.sharedLibraryRole === 'owner' ? 'private' : 'shared';
  }

  #countsChanged(zone: ZoneStore): void {
    const info = zone.records.get(LIBRARY_INFO);
    if (info !== undefined) this.#touch(info, zone);
  }

  #touch(record: AnyRecord, zone: ZoneStore = this.zone(), by?: string): void {
    zone.touch(record, this.now(), by);
  }
}
