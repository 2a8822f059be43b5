import { hash } from 'node:crypto';
import type { AlbumState, AnyRecord, AssetState, MasterState, RecordState, RelationState } from './record-states.ts';

export const DAY_MS = 86_400_000;
/** Recently Deleted keeps an item so long (photos.md §14.4). */
export const TRASH_MS = 30 * DAY_MS;
/** The record itself expires later: `expirationTime`. */
export const EXPIRY_MS = 40 * DAY_MS;

/** Whether something lives in Recently Deleted, in the hidden album, or among all photos. */
export type Visibility = 'visible' | 'hidden' | 'deleted';

/**
 * One zone: its records and the journal of their changes (photos.md §18). Every change raises the counter by one, and the
 * record's tag is the counter at its last change; a position in the journal is what sync tokens stand for.
 */
export class ZoneStore {
  readonly name: string;
  ownerRecordName: string;
  /** 16 bytes that make this zone's tokens its own. */
  readonly id: Buffer;
  /** Holds photos; the others exist only so that a client learns to leave them alone (photos.md §2.1). */
  readonly isLibrary: boolean;
  readonly records = new Map<string, AnyRecord>();
  readonly tombstones = new Map<string, number>();
  /** Name of the record that change number index + 1 was about. */
  readonly journal: string[] = [];
  readonly #assetsOfMaster = new Map<string, Set<string>>();
  readonly #relationsOfAlbum = new Map<string, Set<string>>();
  readonly #sorted = new Map<string, { counter: number; list: readonly unknown[] }>();

  constructor(name: string, ownerRecordName: string, isLibrary: boolean) {
    this.name = name;
    this.ownerRecordName = ownerRecordName;
    this.isLibrary = isLibrary;
    this.id = hash('md5', name, 'buffer');
  }

  get counter(): number {
    return this.journal.length;
  }

  /** Adds a record or notes that it changed. `by` is the device of `modified.deviceID`, "2" for the web. */
  touch(record: AnyRecord, nowMs: number, by?: string): void {
    if (!this.records.has(record.recordName)) this.#insert(record);
    this.journal.push(record.recordName);
    record.tag = this.counter;
    record.modifiedMs = nowMs;
    if (by !== undefined) record.modifiedBy = by;
  }

  /** Removes a record for good; the feed shows a tombstone (photos.md §10.2). */
  bury(recordName: string): void {
    const record = this.records.get(recordName);
    if (record === undefined) return;
    this.records.delete(recordName);
    if (record.kind === 'asset') this.#assetsOfMaster.get(record.masterName)?.delete(recordName);
    if (record.kind === 'relation') this.#relationsOfAlbum.get(record.containerId)?.delete(recordName);
    this.journal.push(recordName);
    this.tombstones.set(recordName, this.counter);
  }

  asset(recordName: string): AssetState | undefined {
    const record = this.records.get(recordName);
    return record?.kind === 'asset' ? record : undefined;
  }

  master(recordName: string): MasterState | undefined {
    const record = this.records.get(recordName);
    return record?.kind === 'master' ? record : undefined;
  }

  album(recordName: string): AlbumState | undefined {
    const record = this.records.get(recordName);
    return record?.kind === 'album' ? record : undefined;
  }

  assetsOf(masterName: string): AssetState[] {
    return [...(this.#assetsOfMaster.get(masterName) ?? [])].flatMap((name) => this.asset(name) ?? []);
  }

  relationsOf(albumName: string): RelationState[] {
    const names = this.#relationsOfAlbum.get(albumName) ?? [];
    return [...names].flatMap((name) => {
      const record = this.records.get(name);
      return record?.kind === 'relation' ? [record] : [];
    });
  }

  /** A list that is rebuilt only after the zone changed: sorting 100,000 items for every page would be felt. */
  sorted<T extends RecordState>(key: string, build: (records: Iterable<AnyRecord>) => T[], rank: (item: T) => number): readonly T[] {
    const cached = this.#sorted.get(key);
    if (cached?.counter === this.counter) return cached.list as readonly T[];
    const list = build(this.records.values()).sort((a, b) => rank(a) - rank(b) || (a.recordName < b.recordName ? -1 : 1));
    this.#sorted.set(key, { counter: this.counter, list });
    return list;
  }

  assetsWhere(key: string, accept: (asset: AssetState) => boolean, rank: (asset: AssetState) => number): readonly AssetState[] {
    const build = (records: Iterable<AnyRecord>) => {
      const list: AssetState[] = [];
      for (const record of records) if (record.kind === 'asset' && accept(record)) list.push(record);
      return list;
    };
    return this.sorted(key, build, rank);
  }

  #insert(record: AnyRecord): void {
    this.records.set(record.recordName, record);
    this.tombstones.delete(record.recordName);
    if (record.kind === 'asset') remember(this.#assetsOfMaster, record.masterName, record.recordName);
    if (record.kind === 'relation') remember(this.#relationsOfAlbum, record.containerId, record.recordName);
  }
}

function remember(index: Map<string, Set<string>>, key: string, name: string): void {
  const names = index.get(key);
  if (names === undefined) index.set(key, new Set([name]));
  else names.add(name);
}

export function visibilityOf(asset: AssetState): Visibility {
  if (asset.deletedMs !== undefined) return 'deleted';
  return asset.hidden ? 'hidden' : 'visible';
}

/** Sort key of the by-date indexes: capture time, else the time it was added. */
export const captureRank = (asset: AssetState): number => asset.captureMs ?? asset.addedMs;
