import { type AssetSpec, applyEdit, type EditSpec, makeAsset, makeMaster } from './make-asset.ts';
import type { AssetState, Description, MasterState } from './record-states.ts';
import type { ZoneBook } from './zone-book.ts';
import type { ZoneStore } from './zone-store.ts';

/** What users do to photos, and what of it the change feed shows (photos.md §10.2). `by` is the device that did it. */

function newMaster(book: ZoneBook, zone: ZoneStore, spec: AssetSpec): MasterState {
  const id = spec.recordName === undefined ? `library ${book.seed} file ${book.nextSerial()}` : `file of ${spec.recordName}`;
  const master = makeMaster(spec, id, book.now());
  return zone.ownMaster(master.recordName) ?? master;
}

export function addAsset(book: ZoneBook, spec: AssetSpec): string {
  const zone = book.get(spec.zone);
  const recordName = spec.recordName ?? book.newName();
  const master = spec.duplicateOf === undefined ? newMaster(book, zone, spec) : book.asset(spec.duplicateOf).master;
  if (master === undefined) throw new Error(`${spec.duplicateOf} has no master`);
  const asset = makeAsset(spec, recordName, master, book.now());
  if (asset.deletedMs !== undefined && zone !== book.get()) asset.trashReason = 1;
  if (asset.deletedMs !== undefined && allDeleted(zone, master)) master.deletedMs = asset.deletedMs;
  book.touch(master, zone);
  book.touch(asset, zone);
  book.countsChanged(zone);
  return recordName;
}

const allDeleted = (zone: ZoneStore, master: MasterState) => zone.assetsOf(master).every(({ deletedMs }) => deletedMs !== undefined);

/** "Duplicate" in Photos: a new asset of the same master, edits and all. */
export function duplicateAsset(book: ZoneBook, recordName: string): string {
  const { zone, asset, master } = book.asset(recordName);
  if (master === undefined) throw new Error(`${recordName} has no master`);
  const twin = { ...asset, ...book.born(), recordName: book.newName(), addedMs: book.now(), resources: { ...asset.resources } };
  book.touch(twin, zone);
  book.touch(master, zone);
  book.countsChanged(zone);
  return twin.recordName;
}

/** Soft delete: into Recently Deleted (photos.md §18). */
export function deleteAsset(book: ZoneBook, recordName: string, by?: string): void {
  const { zone, asset, master } = book.asset(recordName);
  if (asset.deletedMs !== undefined) return;
  asset.deletedMs = book.now();
  if (zone !== book.get()) asset.trashReason = 1;
  if (master !== undefined && allDeleted(zone, master)) {
    master.deletedMs = asset.deletedMs;
    book.touch(master, zone, by);
  }
  book.touch(asset, zone, by);
  book.countsChanged(zone);
}

/** Back from Recently Deleted: the flag goes away, it does not become 0 (photos.md §6.2). */
export function restoreAsset(book: ZoneBook, recordName: string, by?: string): void {
  const { zone, asset, master } = book.asset(recordName);
  delete asset.deletedMs;
  delete asset.trashReason;
  if (master?.deletedMs !== undefined) {
    delete master.deletedMs;
    book.touch(master, zone, by);
  }
  book.touch(asset, zone, by);
  book.countsChanged(zone);
}

/** Gone for good: tombstones for the asset, its album memberships, and its master unless another asset uses it. */
export function purgeAsset(book: ZoneBook, recordName: string): void {
  const { zone, asset, master } = book.asset(recordName);
  for (const relation of book.get().relationsTo(recordName)) book.get().bury(relation.recordName);
  bury(zone, asset, master);
  book.countsChanged(zone);
}

function bury(zone: ZoneStore, asset: AssetState, master: MasterState | undefined): void {
  zone.bury(asset.recordName);
  if (master !== undefined && zone.assetsOf(master).length === 0) zone.bury(master.recordName);
}

/** A new edit: new full-size rendition on the asset, master unchanged. */
export function editAsset(book: ZoneBook, recordName: string, edit: EditSpec): void {
  const { zone, asset, master } = book.asset(recordName);
  if (master === undefined) throw new Error(`${recordName} has no master`);
  applyEdit(asset, master, edit);
  book.touch(asset, zone);
}

export function revertEdit(book: ZoneBook, recordName: string): void {
  const { zone, asset } = book.asset(recordName);
  delete asset.adjustment;
  const { resSidecar } = asset.resources;
  asset.resources = resSidecar === undefined ? {} : { resSidecar };
  asset.previewsMade = false;
  book.touch(asset, zone);
}

export function setFavorite(book: ZoneBook, recordName: string, favorite: boolean, by?: string): void {
  const { zone, asset } = book.asset(recordName);
  asset.favorite = favorite;
  book.touch(asset, zone, by);
}

export function setHidden(book: ZoneBook, recordName: string, hidden: boolean, by?: string): void {
  const { zone, asset } = book.asset(recordName);
  asset.hidden = hidden;
  book.touch(asset, zone, by);
  book.countsChanged(zone);
}

export interface MoveOptions {
  /** Of the asset in its new zone; whether Apple keeps the name is open. Default 'new'. */
  readonly name?: 'new' | 'same';
  /** In the zone it left: tombstones, or a record that is deleted with `trashReason` 0 (photos.md §6.2). Default 'tombstones'. */
  readonly leaves?: 'tombstones' | 'trashed';
}

/** Title, caption, keywords or place: metadata that leaves the files as they are. */
export function describeAsset(book: ZoneBook, recordName: string, about: Description): void {
  const { zone, asset } = book.asset(recordName);
  asset.about = { ...asset.about, ...about };
  book.touch(asset, zone);
}

/** The upload of an item that was listed too early has ended: its original is there now. */
export function finishUpload(book: ZoneBook, recordName: string): void {
  const { zone, master } = book.asset(recordName);
  if (master === undefined) throw new Error(`${recordName} has no master`);
  delete master.unfinished;
  book.touch(master, zone);
}

/** Between personal and shared library: both zones change. The bytes stay the same, so do the album memberships. */
export function moveAsset(book: ZoneBook, recordName: string, zoneName: string, options: MoveOptions): string {
  const { zone, asset, master } = book.asset(recordName);
  const target = book.get(zoneName);
  if (master === undefined || target === zone) throw new Error(`${recordName} cannot move to ${zoneName}`);
  const name = options.name === 'same' ? recordName : book.newName();
  book.touch(target.ownMaster(master.recordName) ?? { ...master, resources: { ...master.resources }, ...book.born() }, target);
  book.touch({ ...asset, resources: { ...asset.resources }, ...book.born(), recordName: name }, target);
  if (name !== recordName) renameMember(book, recordName, name);
  leave(book, zone, asset, master, options.leaves ?? 'tombstones');
  book.countsChanged(zone);
  book.countsChanged(target);
  return name;
}

function leave(book: ZoneBook, zone: ZoneStore, asset: AssetState, master: MasterState, leaves: 'tombstones' | 'trashed'): void {
  if (leaves === 'tombstones') {
    bury(zone, asset, master);
    return;
  }
  asset.deletedMs = book.now();
  asset.trashReason = 0;
  if (allDeleted(zone, master)) {
    master.deletedMs = asset.deletedMs;
    book.touch(master, zone);
  }
  book.touch(asset, zone);
}

function renameMember(book: ZoneBook, from: string, to: string): void {
  const zone = book.get();
  for (const relation of zone.relationsTo(from)) {
    book.touch({ ...relation, ...book.born(), recordName: `${to}-IN-${relation.containerId}`, itemId: to }, zone);
    zone.bury(relation.recordName);
  }
}
