import { deflateRawSync } from 'node:zlib';
import { withPreviews } from '../library/previews.ts';
import type { AlbumState, AnyRecord, AssetState, MasterState, RelationState } from '../library/record-states.ts';
import { TRAIT } from '../library/traits.ts';
import { EXPIRY_MS, TRASH_MS } from '../library/zone-store.ts';
import { binaryPlist } from './binary-plist.ts';
import { putDescription } from './description-fields.ts';
import { FieldSet, type Fields } from './field-set.ts';
import { putResources } from './resource-fields.ts';
import { type WireContext, type WireRecord, wireZoneId } from './wire-context.ts';

const EDIT_DATA = deflateRawSync(JSON.stringify({ metadata: { orientation: 1 } })).toString('base64');
const MARKUP_DATA = Buffer.from('crdt\x01\x00drawing', 'latin1').toString('base64');
const SLOW_MOTION_DATA = binaryPlist({ slowMotion: { rate: 0.125 } }).toString('base64');

const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64');

function putFilename(set: FieldSet, filename: MasterState['filename']): void {
  if (filename === undefined) return;
  if (filename.as === 'string') set.text('filenameEnc', filename.text);
  else if (filename.as === 'broken') set.secret('filenameEnc', `${filename.text}!`);
  else set.secret('filenameEnc', filename.bytes.toString('base64'));
  if (filename.as === 'untyped') set.untype('filenameEnc');
}

function masterFields(master: MasterState, context: WireContext): Fields {
  const set = new FieldSet(context.desired);
  if (context.previews) withPreviews(context.zone, master);
  set.text('itemType', master.itemType);
  putFilename(set, master.filename);
  set.number('dataClassType', master.dataClassType);
  set.number('originalOrientation', master.orientation);
  set.time('originalCreationDate', master.importedMs);
  set.time('importDate', master.importedMs);
  set.time('recordModificationDate', master.modifiedMs);
  set.number('fullSizeJPEGSource', 0);
  set.number('videoFrameRate', master.video ? 30 : 0);
  if (context.zone.name !== 'PrimarySync') putContributors(set, context);
  putResources(set, master, context);
  putDeletion(set, master.deletedMs);
  return set.fields;
}

function putContributors(set: FieldSet, { zone }: WireContext): void {
  set.put('contributors', 'REFERENCE_LIST', [{ recordName: zone.ownerRecordName, action: 'NONE', zoneID: wireZoneId(zone) }]);
}

function putDeletion(set: FieldSet, deletedMs: number | undefined): void {
  if (deletedMs === undefined) return;
  set.number('isDeleted', 1);
  set.number('isExpunged', 0);
  set.time('dateExpunged', deletedMs + TRASH_MS);
}

function assetFields(asset: AssetState, context: WireContext): Fields {
  const { zone } = context;
  const set = new FieldSet(context.desired);
  const master = zone.masterOf(asset);
  if (context.previews) withPreviews(zone, asset);
  set.time('assetDate', asset.captureMs);
  set.number('orientation', asset.orientation);
  set.time('addedDate', asset.addedMs);
  set.time('mostRecentAddedDate', asset.addedMs);
  set.time('recordModificationDate', asset.modifiedMs);
  set.number('assetSubtypeV2', asset.subtypeV2);
  set.number('assetSubtype', asset.subtype);
  set.number('assetHDRType', asset.hdr ? 1 : 0);
  set.number('customRenderedValue', asset.hdr ? 2 : 0);
  set.number('timeZoneOffset', asset.timeZoneOffsetS);
  if (asset.timeZoneName !== undefined) set.secret('timeZoneNameEnc', encoded(asset.timeZoneName));
  set.put('masterRef', 'REFERENCE', { recordName: asset.masterName, action: 'DELETE_SELF', zoneID: wireZoneId(zone) });
  set.number('isFavorite', asset.favorite ? 1 : 0);
  set.number('isHidden', asset.hidden ? 1 : 0);
  set.number('duration', asset.durationMs);
  set.number('originalChoice', 0);
  putLiveTimes(set, master?.live ?? false);
  set.number('burstFlags', asset.burst?.flags ?? 0);
  set.text('burstId', asset.burst?.id);
  set.number('adjustmentRenderType', asset.adjustment?.renderType ?? 0);
  set.text('adjustmentType', asset.adjustment?.type);
  if (asset.adjustment !== undefined) set.secret('adjustmentSimpleDataEnc', adjustmentData(asset.adjustment));
  putDescription(set, asset);
  if (zone.name !== 'PrimarySync') {
    putContributors(set, context);
    set.number('trashReason', asset.trashReason ?? 0);
  }
  putResources(set, asset, context);
  putDeletion(set, asset.deletedMs);
  return set.fields;
}

/** Three forms, told apart by their first bytes (photos.md §9.4). */
function adjustmentData({ renderType, markup }: NonNullable<AssetState['adjustment']>): string {
  if (markup === true) return MARKUP_DATA;
  return renderType === 0 ? SLOW_MOTION_DATA : EDIT_DATA;
}

/** Film length and still moment as value/scale seconds; zero for everything else (photos.md §6.2). */
function putLiveTimes(set: FieldSet, live: boolean): void {
  set.number('vidComplDurValue', live ? 2_768_333_333 : 0);
  set.number('vidComplDurScale', live ? 1_000_000_000 : 0);
  set.number('vidComplDispValue', live ? 1_200_880_290 : 0);
  set.number('vidComplDispScale', live ? 1_000_000_000 : 0);
  set.number('vidComplVisibilityState', 0);
}

function albumFields(album: AlbumState, { desired }: WireContext): Fields {
  const set = new FieldSet(desired);
  set.time('recordModificationDate', album.modifiedMs);
  set.number('sortAscending', album.sortAscending);
  set.number('sortType', album.sortType);
  set.time('userModificationDate', album.userModifiedMs);
  set.number('albumType', album.albumType);
  if (album.name !== undefined) set.secret('albumNameEnc', encoded(album.name));
  set.number('position', album.position);
  set.number('sortTypeExt', 0);
  set.text('parentId', album.parent);
  if (album.albumType === 6) set.secret('queryParamsEnc', binaryPlist({ userQueryData: 'kind is cat' }).toString('base64'));
  putDeletion(set, album.deletedMs);
  return set.fields;
}

function relationFields(relation: RelationState, { desired }: WireContext): Fields {
  const set = new FieldSet(desired);
  set.text('itemId', relation.itemId);
  set.number('position', relation.position);
  set.text('containerId', relation.containerId);
  set.time('recordModificationDate', relation.modifiedMs);
  return set.fields;
}

/** `CPLLibraryInfo` of the change feed (photos.md §4): counted when somebody looks. */
function libraryInfoFields({ zone, desired }: WireContext): Fields {
  const set = new FieldSet(desired);
  const count = (all: number, none: number) => zone.count({ all, none: none | TRAIT.deleted, rank: 'captured' });
  set.number('photosCount', count(0, TRAIT.hidden | TRAIT.video));
  set.number('videosCount', count(TRAIT.video, TRAIT.hidden));
  set.number('hiddenPhotosCount', count(TRAIT.hidden, TRAIT.video));
  set.number('hiddenVideosCount', count(TRAIT.hidden | TRAIT.video, 0));
  set.number('albumsCount', [...zone.albums()].length);
  return set.fields;
}

const TYPES = {
  master: 'CPLMaster',
  asset: 'CPLAsset',
  album: 'CPLAlbum',
  relation: 'CPLContainerRelation',
  'library-info': 'CPLLibraryInfo',
} as const;

function fieldsOf(record: AnyRecord, context: WireContext): Fields {
  switch (record.kind) {
    case 'master':
      return masterFields(record, context);
    case 'asset':
      return assetFields(record, context);
    case 'album':
      return albumFields(record, context);
    case 'relation':
      return relationFields(record, context);
    case 'library-info':
      return libraryInfoFields(context);
  }
}

/** A record as it stands in an answer (photos.md §1.4). */
export function wireRecord(record: AnyRecord, context: WireContext): WireRecord {
  const { zone, desired } = context;
  const fields = fieldsOf(record, context);
  if (record.extraFields !== undefined)
    for (const [name, field] of Object.entries(record.extraFields)) if (desired === undefined || desired.has(name)) fields[name] = field;
  const wire: Record<string, unknown> & WireRecord = {
    recordName: record.recordName,
    recordType: TYPES[record.kind],
    fields,
    pluginFields: {},
    recordChangeTag: record.tag.toString(36),
    created: { timestamp: record.createdMs, userRecordName: zone.ownerRecordName, deviceID: '1' },
    modified: { timestamp: record.modifiedMs, userRecordName: zone.ownerRecordName, deviceID: record.modifiedBy },
    deleted: false,
  };
  if (context.withoutZone !== true) wire.zoneID = wireZoneId(zone);
  // Seconds, and only on soft-deleted records (recorded).
  if ('deletedMs' in record && record.deletedMs !== undefined) wire.expirationTime = Math.floor((record.deletedMs + EXPIRY_MS) / 1000);
  return wire;
}
