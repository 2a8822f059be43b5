import type { AlbumState, AnyRecord, AssetState, MasterState } from './record-states.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { ZoneStore } from './zone-store.ts';

export type SharedLibraryRole = 'owner' | 'participant' | 'none';
export type Database = 'private' | 'shared';

/** A zone that the account sees, with the database it is found in (photos.md §2.1). */
export interface VisibleZone {
  readonly name: string;
  readonly database: Database;
  readonly store: ZoneStore;
}

/** An asset with where it lives. */
export interface FoundAsset {
  readonly zone: ZoneStore;
  readonly asset: AssetState;
  readonly master: MasterState | undefined;
}

export const PRIMARY = 'PrimarySync';
const SHARED = 'SharedSync-';
const LIBRARY_INFO = 'PrimarySync-0000-LI';
const OWN_USER = '_5d95b6fdc8dc42562ab0e7cf361ebe8f';
const OTHER_USER = '_a151b39059f387f1c209c3da1f4ab8eb';

/** All zones of an account and the few things that every change of a library needs: names, the clock, the journal. */
export class ZoneBook {
  readonly seed: number;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Whether a shared library exists for this account, and whose it is. */
  role: SharedLibraryRole = 'none';
  readonly #stores = new Map<string, ZoneStore>();
  readonly #random: SeededRandom;
  #serial = 0;

  constructor(seed: number, now: () => number) {
    this.seed = seed;
    this.now = now;
    this.#random = seededRandom(`record names ${seed}`);
    this.add(PRIMARY, true);
    this.touch({ kind: 'library-info', recordName: LIBRARY_INFO, ...this.born('1') });
  }

  /** The zones that exist for this account. */
  get visible(): readonly VisibleZone[] {
    const list: VisibleZone[] = [];
    for (const store of this.#stores.values()) {
      const database = this.#databaseOf(store.name);
      if (database === undefined) continue;
      store.ownerRecordName = database === 'private' ? OWN_USER : OTHER_USER;
      list.push({ name: store.name, database, store });
    }
    return list;
  }

  add(name: string, isLibrary: boolean): ZoneStore {
    const zone = new ZoneStore(name, OWN_USER, isLibrary);
    this.#stores.set(name, zone);
    return zone;
  }

  /** The zone by name, whether or not the account's role shows it. */
  get(name: string = PRIMARY): ZoneStore {
    const zone = this.#stores.get(name);
    if (zone === undefined) throw new Error(`the simulated library has no zone ${name}`);
    return zone;
  }

  /** The zone of the shared library, whether or not the account's role shows it. */
  get shared(): ZoneStore | undefined {
    return [...this.#stores.values()].find(({ name }) => name.startsWith(SHARED));
  }

  /** The asset wherever it lives; a live one wins over one that was left behind under the same name. */
  find(recordName: string): FoundAsset | undefined {
    let found: FoundAsset | undefined;
    for (const zone of this.#stores.values()) {
      const asset = zone.asset(recordName);
      if (asset === undefined) continue;
      if (found === undefined || asset.deletedMs === undefined) found = { zone, asset, master: zone.masterOf(asset) };
      if (asset.deletedMs === undefined) break;
    }
    return found;
  }

  asset(recordName: string): FoundAsset {
    const found = this.find(recordName);
    if (found === undefined) throw new Error(`the simulated library has no asset ${recordName}`);
    return found;
  }

  album(recordName: string): AlbumState {
    const album = this.get().album(recordName);
    if (album === undefined) throw new Error(`the simulated library has no album ${recordName}`);
    return album;
  }

  /** Adds a record or notes its change in the journal. */
  touch(record: AnyRecord, zone: ZoneStore = this.get(), by?: string): void {
    zone.touch(record, this.now(), by);
  }

  /** `CPLLibraryInfo` changes with the number of photos (photos.md §10.2). */
  countsChanged(zone: ZoneStore): void {
    const info = zone.record(LIBRARY_INFO);
    if (info !== undefined) this.touch(info, zone);
  }

  /** What every new record begins with. */
  born(by = '1'): { tag: number; createdMs: number; modifiedMs: number; modifiedBy: string } {
    const nowMs = this.now();
    return { tag: 0, createdMs: nowMs, modifiedMs: nowMs, modifiedBy: by };
  }

  newName(): string {
    return this.#random.uuid();
  }

  /** 1, 2, 3 …: makes files and positions unique. */
  nextSerial(): number {
    this.#serial += 1;
    return this.#serial;
  }

  #databaseOf(zoneName: string): Database | undefined {
    if (!zoneName.startsWith(SHARED)) return zoneName.startsWith('CMM-') ? 'shared' : 'private';
    if (this.role === 'none') return undefined;
    return this.role === 'owner' ? 'private' : 'shared';
  }
}
