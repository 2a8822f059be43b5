import type { Zone } from '../../domain/asset.ts';

/** Records per answer, whatever is asked (photos.md §3.5). Two records per photo, three per album member. */
export const PAGE_RECORDS = 200;
export const PAGE_ASSETS = PAGE_RECORDS / 2;
const MEMBER_PAGE_RECORDS = 198;
/** Names per lookup: the real maximum is not known, 100 works (photos.md §3.7). */
export const LOOKUP_NAMES = 100;

const ALL_PHOTOS = 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted';
export const ALL_PHOTOS_COUNT = 'CPLAssetByAssetDateWithoutHiddenOrDeleted';

const resourceKeys = (prefix: string) => ['Res', 'FileType', 'Fingerprint'].map((suffix) => `${prefix}${suffix}`);

/** What is asked of every photo (photos.md §3.3): all kept files and what places and names them; no previews. */
export const PHOTO_KEYS: readonly string[] = [
  ...['resOriginal', 'resOriginalAlt', 'resOriginalVidCompl', 'resJPEGFull', 'resVidFull', 'resSidecar'].flatMap(resourceKeys),
  ...[
    'filenameEnc',
    'itemType',
    'dataClassType',
    'masterRef',
    'assetDate',
    'addedDate',
    'timeZoneOffset',
    'isFavorite',
    'isHidden',
    'isDeleted',
    'isExpunged',
    'adjustmentType',
  ],
];

/** The personal zone needs its name only; a shared one is someone else's, so its owner matters (photos.md §2.4). */
export function zoneId(zone: Zone): Record<string, string> {
  return zone.owner === undefined
    ? { zoneName: zone.name }
    : { zoneName: zone.name, ownerRecordName: zone.owner, zoneType: 'REGULAR_CUSTOM_ZONE' };
}

const equals = (fieldName: string, type: 'INT64' | 'STRING', value: number | string) => ({
  fieldName,
  comparator: 'EQUALS',
  fieldValue: { type, value },
});

export function photosQuery(zone: Zone, startRank: number): object {
  return {
    query: { recordType: ALL_PHOTOS, filterBy: [equals('startRank', 'INT64', startRank), equals('direction', 'STRING', 'ASCENDING')] },
    resultsLimit: PAGE_RECORDS,
    desiredKeys: PHOTO_KEYS,
    zoneID: zoneId(zone),
  };
}

export function membersQuery(zone: Zone, albumId: string): object {
  return {
    query: {
      recordType: 'CPLContainerRelationLiveByAssetDate',
      filterBy: [equals('startRank', 'INT64', 0), equals('direction', 'STRING', 'ASCENDING'), equals('parentId', 'STRING', albumId)],
    },
    resultsLimit: MEMBER_PAGE_RECORDS,
    desiredKeys: ['itemId', 'containerId', 'position', 'isKeyAsset', 'masterRef'],
    zoneID: zoneId(zone),
  };
}

export function albumsQuery(zone: Zone, folderId: string | undefined): object {
  return {
    query: {
      recordType: 'CPLAlbumByPositionLive',
      ...(folderId === undefined ? {} : { filterBy: [equals('parentId', 'STRING', folderId)] }),
    },
    resultsLimit: PAGE_RECORDS,
    zoneID: zoneId(zone),
  };
}

export function indexingQuery(zone: Zone): object {
  return { query: { recordType: 'CheckIndexingState' }, zoneID: zoneId(zone) };
}

/** `filterBy` is an object here, not an array (photos.md §4). */
export function countBatch(zone: Zone): object {
  const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue: { type: 'STRING_LIST', value: [ALL_PHOTOS_COUNT] } };
  return {
    batch: [{ resultsLimit: 1, query: { recordType: 'HyperionIndexCountLookup', filterBy }, zoneWide: true, zoneID: zoneId(zone) }],
  };
}

export function lookupBody(zone: Zone, names: readonly string[]): object {
  return { records: names.map((recordName) => ({ recordName })), zoneID: zoneId(zone), desiredKeys: PHOTO_KEYS };
}
