import { deflateRawSync } from 'node:zlib';
import { makePreviews } from '../library/make-asset.ts';
import type { AlbumState, AnyRecord, AssetState, MasterState, RelationState } from '../library/record-states.ts';
import type { Resource, Resources } from '../library/resource.ts';
import { EXPIRY_MS, TRASH_MS, visibilityOf, type ZoneStore } from '../library/zone-store.ts';
import { binaryPlist } from './binary-plist.ts';

type Fields = Record<string, { value: unknown; type: string }>;
export interface WireRecord {
  readonly recordName: string;
  readonly [property: string]: unknown;
}

export interface WireContext {
  readonly zone: ZoneStore;
  /** The field names asked for; undefined = all (photos.md §3.3). */
  readonly desired: ReadonlySet<string> | undefined;
  /** A signed address for the file. */
  readonly link: (resource: Resource, zoneName: string) => string;
  /** Answers to writes leave `zoneID` out (recorded). */
  readonly withoutZone?: boolean;
}

const PREVIEW_KEY = /^res(JPEG(Med|Thumb)|Vid(Med|Small))/;
const EDIT_DATA = deflateRawSync(JSON.stringify({ metadata: { orientation: 1 } })).toString('base64');
const SLOW_MOTION_DATA = binaryPlist({ slowMotion: { rate: 0.125 } }).toString('base64');

/** `zoneType` was missing in 2018 and is there since 2023. */
export const wireZoneId = ({ name, ownerRecordName }: ZoneStore) => ({ zoneName: name, ownerRecordName, zoneType: 'REGULAR_CUSTOM_ZONE' });
const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64');

/** Collects the fields that were asked for. */
class FieldSet {
  readonly fields: Fields = {};
  readonly #desired: ReadonlySet<string> | undefined;
  constructor(desired: ReadonlySet<string> | undefined) {
    this.#desired = desired;
  }
  wants(name: string): boolean {
    return this.#desired === undefined || this.#desired.has(name);
  }
  put(name: string, type: string, value: unknown): void {
    if (value !== undefined && this.wants(name)) this.fields[name] = { value, type };
  }
  number(name: string, value: number | undefined): void {
    this.put(name, 'INT64', value);
  }
  text(name: string, value: string | undefined): void {
    this.put(name, 'STRING', value);
  }
  time(name: string, value: number | undefined): void {
    this.put(name, 'TIMESTAMP', value);
  }
  secret(name: string, value: string | undefined): void {
    this.put(name, 'ENCRYPTED_BYTES', value);
  }
}

function putResources(set: FieldSet, resources: Resources, { zone, link }: WireContext): void {
  for (const [prefix, resource] of Object.entries(resources)) {
    if (set.wants(`${prefix}Res`)) {
      const { fileChecksum, size, wrappingKey, referenceChecksum } = resource;
      set.put(`${prefix}Res`, 'ASSETID', { fileChecksum, size, wrappingKey, referenceChecksum, downloadURL: link(resource, zone.name) });
    }
    set.text(`${prefix}FileType`, resource.uti);
    if (set.wants(`${prefix}Fingerprint`)) set.text(`${prefix}Fingerprint`, resource.fileChecksum);
    set.number(`${prefix}Width`, resource.width);
    set.number(`${prefix}Height`, resource.height);
    set.number(`${prefix}FileSize`, resource.size);
  }
}

const wantsPreviews = ({ desired }: WireContext) => desired === undefined || [...desired].some((key) => PREVIEW_KEY.test(key));

function masterFields(master: MasterState, context: WireContext): Fields {
  const set = new FieldSet(context.desired);
  if (wantsPreviews(context)) makePreviews(master, master.video, master.live);
  set.text('itemType', master.itemType);
  const { filename } = master;
  if (filename?.as === 'string') set.text('filenameEnc', filename.text);
  else if (filename !== undefined) set.secret('filenameEnc', encoded(filename.text));
  set.number('dataClassType', master.dataClassType);
  set.number('originalOrientation', master.orientation);
  set.time('originalCreationDate', master.importedMs);
  set.time('importDate', master.importedMs);
  set.time('recordModificationDate', master.modifiedMs);
  set.number('fullSizeJPEGSource', 0);
  set.number('videoFrameRate', master.video ? 30 : 0);
  if (context.zone.name !== 'PrimarySync') putContributors(set, context);
  putResources(set, master.resources, context);
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
  const master = zone.master(asset.masterName);
  if (wantsPreviews(context)) makePreviews(asset, master?.video ?? false, master?.live ?? false);
  set.time('assetDate', asset.captureMs);
  set.number('orientation', asset.orientation);
  set.time('addedDate', asset.addedMs);
  set.time('mostRecentAddedDate', asset.addedMs);
  set.time('recordModificationDate', asset.modifiedMs);
  set.number('assetSubtypeV2', asset.subtypeV2);
  set.number('assetSubtype', 0);
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
  if (asset.adjustment !== undefined)
    set.secret('adjustmentSimpleDataEnc', asset.adjustment.renderType === 0 ? SLOW_MOTION_DATA : EDIT_DATA);
  putDescription(set, asset);
  if (zone.name !== 'PrimarySync') {
    putContributors(set, context);
    set.number('trashReason', asset.deletedMs === undefined ? 0 : 1);
  }
  putResources(set, asset.resources, context);
  putDeletion(set, asset.deletedMs);
  return set.fields;
}

/** Film length and still moment as value/scale seconds; zero for everything else (photos.md §6.2). */
function putLiveTimes(set: FieldSet, live: boolean): void {
  set.number('vidComplDurValue', live ? 2_768_333_333 : 0);
  set.number('vidComplDurScale', live ? 1_000_000_000 : 0);
  set.number('vidComplDispValue', live ? 1_200_880_290 : 0);
  set.number('vidComplDispScale', live ? 1_000_000_000 : 0);
  set.number('vidComplVisibilityState', 0);
}

function putDescription(set: FieldSet, asset: AssetState): void {
  if (asset.caption !== undefined) set.secret('captionEnc', encoded(asset.caption));
  if (asset.keywords !== undefined && set.wants('keywordsEnc')) set.secret('keywordsEnc', binaryPlist(asset.keywords).toString('base64'));
  if (asset.location === undefined || !set.wants('locationEnc')) return;
  const { latitude: lat, longitude: lon } = asset.location;
  const timestamp = new Date(asset.captureMs ?? asset.addedMs);
  set.secret('locationEnc', binaryPlist({ alt: 35, course: 0, horzAcc: 5, lat, lon, speed: 0, timestamp, vertAcc: 3 }).toString('base64'));
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
  const counts = { photosCount: 0, videosCount: 0, hiddenPhotosCount: 0, hiddenVideosCount: 0, albumsCount: 0 };
  for (const record of zone.records.values()) {
    if (record.kind === 'album') counts.albumsCount += 1;
    if (record.kind !== 'asset') continue;
    const video = zone.master(record.masterName)?.video ?? false;
    const visibility = visibilityOf(record);
    if (visibility === 'visible') counts[video ? 'videosCount' : 'photosCount'] += 1;
    if (visibility === 'hidden') counts[video ? 'hiddenVideosCount' : 'hiddenPhotosCount'] += 1;
  }
  const set = new FieldSet(desired);
  for (const [name, value] of Object.entries(counts)) set.number(name, value);
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
  for (const [name, field] of Object.entries(record.extraFields ?? {}))
    if (desired === undefined || desired.has(name)) fields[name] = field;
  const deletedMs = 'deletedMs' in record ? record.deletedMs : undefined;
  return {
    recordName: record.recordName,
    recordType: TYPES[record.kind],
    fields,
    pluginFields: {},
    recordChangeTag: record.tag.toString(36),
    created: { timestamp: record.createdMs, userRecordName: zone.ownerRecordName, deviceID: '1' },
    modified: { timestamp: record.modifiedMs, userRecordName: zone.ownerRecordName, deviceID: record.modifiedBy },
    deleted: false,
    ...(context.withoutZone === true ? {} : { zoneID: wireZoneId(zone) }),
    // Seconds, and only on soft-deleted records (recorded).
    ...(deletedMs === undefined ? {} : { expirationTime: Math.floor((deletedMs + EXPIRY_MS) / 1000) }),
  };
}
