import { hash } from 'node:crypto';
import { assetList } from './asset-list.ts';
import type { Bulk } from './bulk/bulk.ts';
import { BulkLayer } from './bulk/bulk-layer.ts';
import type { RankedList } from './ranked-list.ts';
import type { AlbumState, AnyRecord, AssetState, MasterState, RelationState } from './record-states.ts';
import { isSelected, type Selection, traitsOf } from './traits.ts';

const DAY_MS = 86_400_000;
/** Recently Deleted keeps an item so long (photos.md §14.4). */
export const TRASH_MS = 30 * DAY_MS;
/** The record itself expires later: `expirationTime`. */
export const EXPIRY_MS = 40 * DAY_MS;

/**
 * One zone: its records and the journal of their changes (photos.md §18). Every change raises the counter by one, and the
 * record's tag is the counter at its last change; a position in the journal is what sync tokens stand for. Below its own records
 * a large zone has a {@link Bulk} of items that were never changed, two for each in the journal, before everything else.
 */
export class ZoneStore {
  readonly name: string;
  ownerRecordName: string;
  /** 16 bytes that make this zone's tokens its own. */
  readonly id: Buffer;
  /** Holds photos; the others exist only so that a client learns to leave them alone (photos.md §2.1). */
  readonly isLibrary: boolean;
  readonly #records = new Map<string, AnyRecord>();
  readonly #tombstones = new Map<string, number>();
  /** Name of the record that each change after those of the bulk was about. */
  readonly #journal: string[] = [];
  readonly #assetsOfMaster = new Map<string, Set<string>>();
  readonly #relationsOfAlbum = new Map<string, Set<string>>();
  readonly #relationsOfItem = new Map<string, Set<string>>();
  readonly #lists = new Map<string, { readonly counter: number; readonly list: unknown }>();
  #layer: BulkLayer | undefined;

  constructor(name: string, ownerRecordName: string, isLibrary: boolean) {
    this.name = name;
    this.ownerRecordName = ownerRecordName;
    this.isLibrary = isLibrary;
    this.id = hash('md5', name, 'buffer');
  }

  /** Puts very many items below everything that is there already. */
  layBelow(bulk: Bulk): void {
    this.#layer = new BulkLayer(bulk);
    for (const record of this.#records.values()) record.tag += this.#layer.changes;
  }

  get counter(): number {
    return (this.#layer?.changes ?? 0) + this.#journal.length;
  }

  /** The record as it stands now. */
  record(recordName: string): AnyRecord | undefined {
    return this.#records.get(recordName) ?? this.asset(recordName) ?? this.master(recordName);
  }

  /** Every record; those of the bulk are made one after the other. */
  *records(): Iterable<AnyRecord> {
    yield* this.#records.values();
    if (this.#layer !== undefined) yield* this.#layer.records();
  }

  /** The counter when the record was buried; undefined if it lives or never did. */
  buriedAt(recordName: string): number | undefined {
    return this.#tombstones.get(recordName);
  }

  /** The record that change number `at` was about, if that was its last change. */
  changedAt(at: number): string | undefined {
    const own = at - 1 - (this.#layer?.changes ?? 0);
    if (own < 0) return this.#layer?.changedAt(at);
    const name = this.#journal[own];
    if (name === undefined) return undefined;
    return (this.#records.get(name)?.tag ?? this.buriedAt(name)) === at ? name : undefined;
  }

  /** Adds a record or notes that it changed. `by` is the device of `modified.deviceID`, "2" for the web. */
  touch(record: AnyRecord, nowMs: number, by?: string): void {
    if (!this.#records.has(record.recordName)) this.#insert(record);
    this.#journal.push(record.recordName);
    record.tag = this.counter;
    record.modifiedMs = nowMs;
    if (by !== undefined) record.modifiedBy = by;
  }

  /** Removes a record for good; the feed shows a tombstone (photos.md §10.2). */
  bury(recordName: string): void {
    const record = this.record(recordName);
    if (record === undefined) return;
    this.#layer?.leave(record);
    this.#records.delete(recordName);
    if (record.kind === 'asset') this.#assetsOfMaster.get(record.masterName)?.delete(recordName);
    if (record.kind === 'relation') {
      this.#relationsOfAlbum.get(record.containerId)?.delete(recordName);
      this.#relationsOfItem.get(record.itemId)?.delete(recordName);
    }
    this.#journal.push(recordName);
    this.#tombstones.set(recordName, this.counter);
  }

  asset(recordName: string): AssetState | undefined {
    const record = this.#records.get(recordName);
    if (record !== undefined) return record.kind === 'asset' ? record : undefined;
    return this.#layer?.asset(recordName);
  }

  master(recordName: string): MasterState | undefined {
    if (this.#records.has(recordName) || this.#tombstones.has(recordName)) return this.ownMaster(recordName);
    return this.#layer?.master(recordName);
  }

  /** The master unless it lies in the bulk: names of new masters are not looked for there. */
  ownMaster(recordName: string): MasterState | undefined {
    const record = this.#records.get(recordName);
    return record?.kind === 'master' ? record : undefined;
  }

  /** The other half of an asset; quicker than by its name. */
  masterOf(asset: AssetState): MasterState | undefined {
    return this.ownMaster(asset.masterName) ?? this.#layer?.bornWith(asset) ?? this.master(asset.masterName);
  }

  album(recordName: string): AlbumState | undefined {
    const record = this.#records.get(recordName);
    return record?.kind === 'album' ? record : undefined;
  }

  assetsOf(master: MasterState): AssetState[] {
    const own = [...(this.#assetsOfMaster.get(master.recordName) ?? [])].flatMap((name) => this.asset(name) ?? []);
    const first = this.#layer?.bornAs(master);
    return first === undefined ? own : [first, ...own];
  }

  relationsOf(albumName: string): RelationState[] {
    return this.#relations(this.#relationsOfAlbum.get(albumName));
  }

  /** Memberships of an item, whatever zone it lives in. */
  relationsTo(itemName: string): RelationState[] {
    return this.#relations(this.#relationsOfItem.get(itemName));
  }

  /** Albums and folders, deleted ones too. */
  *albums(): Iterable<AlbumState> {
    for (const record of this.#records.values()) if (record.kind === 'album') yield record;
  }

  /** Albums and folders of the top level or of a folder, by position. */
  albumsIn(parent: string | undefined): readonly AlbumState[] {
    return this.#kept(`albums of ${parent ?? 'top'}`, () =>
      [...this.albums()]
        .filter((album) => album.deletedMs === undefined && album.parent === parent)
        .sort((a, b) => a.position - b.position || (a.recordName < b.recordName ? -1 : 1)),
    );
  }

  /** The selected assets in order. */
  list(selection: Selection): RankedList<AssetState> {
    const key = `${selection.all} ${selection.none} ${selection.rank}`;
    return this.#kept(key, () => assetList(this.#selected(selection), this.#layer, selection));
  }

  /** How many are selected; cheaper than their list. */
  count(selection: Selection): number {
    let count = this.#selected(selection).length;
    const { length = 0, traits } = this.#layer?.bulk ?? {};
    for (let i = 0; i < length; i++) if (isSelected(traits?.[i] ?? 0, selection) && this.#layer?.hasAsset(i) === true) count += 1;
    return count;
  }

  #selected(selection: Selection): AssetState[] {
    const list: AssetState[] = [];
    for (const record of this.#records.values())
      if (record.kind === 'asset' && isSelected(traitsOf(record, this.masterOf(record)), selection)) list.push(record);
    return list;
  }

  /** What is built anew only after the zone changed: sorting 100,000 items for every page would be felt. */
  #kept<T>(key: string, build: () => T): T {
    const cached = this.#lists.get(key);
    if (cached?.counter === this.counter) return cached.list as T;
    const list = build();
    this.#lists.set(key, { counter: this.counter, list });
    return list;
  }

  #relations(names: Iterable<string> = []): RelationState[] {
    return [...names].flatMap((name) => {
      const record = this.#records.get(name);
      return record?.kind === 'relation' ? [record] : [];
    });
  }

  #insert(record: AnyRecord): void {
    this.#layer?.leave(record);
    this.#records.set(record.recordName, record);
    this.#tombstones.delete(record.recordName);
    if (record.kind === 'asset') remember(this.#assetsOfMaster, record.masterName, record.recordName);
    if (record.kind !== 'relation') return;
    remember(this.#relationsOfAlbum, record.containerId, record.recordName);
    remember(this.#relationsOfItem, record.itemId, record.recordName);
  }
}

function remember(index: Map<string, Set<string>>, key: string, name: string): void {
  const names = index.get(key);
  if (names === undefined) index.set(key, new Set([name]));
  else names.add(name);
}
