import type { Zone } from '../../domain/asset.ts';
import type { PhotoIndex } from '../../ports/photos-service.ts';

/** Records per answer, whatever is asked (photos.md §3.5). Two records per photo, three per album member. */
export const PAGE_RECORDS = 200;
export const PAGE_ASSETS = PAGE_RECORDS / 2;
const MEMBER_PAGE_RECORDS = 198;
/** Names per lookup: the real maximum is not known, 100 works (photos.md §3.7). */
export const LOOKUP_NAMES = 100;

/** The list of each kind and the name its count has (photos.md §3.2). */
const INDEXES: Readonly<Record<PhotoIndex, { readonly list: string; readonly count: string }>> = {
  all: { list: 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted', count: 'CPLAssetByAssetDateWithoutHiddenOrDeleted' },
  hidden: { list: 'CPLAssetAndMasterHiddenByAssetDate', count: 'CPLAssetHiddenByAssetDate' },
  bursts: { list: 'CPLBurstStackAssetAndMasterByAssetDate', count: 'CPLAssetBurstStackAssetByAssetDate' },
  deleted: { list: 'CPLAssetAndMasterDeletedByExpungedDate', count: 'CPLAssetDeletedByExpungedDate' },
};

export const countName = (index: PhotoIndex): string => INDEXES[index].count;

const resourceKeys = (prefix: string) => ['Res', 'FileType', 'Fingerprint'].map((suffix) => `${prefix}${suffix}`);

/** What is asked of every photo (photos.md §3.3): all kept files, what places, names and describes them, and the small pictures for the page. */
const PHOTO_KEYS: readonly string[] = [
  ...['resOriginal', 'resOriginalAlt', 'resOriginalVidCompl', 'resJPEGFull', 'resVidFull', 'resSidecar'].flatMap(resourceKeys),
  // A preview's own checksum is enough; its fingerprint says the same once more.
  ...['resJPEGThumb', 'resJPEGMed'].flatMap((prefix) => [`${prefix}Res`, `${prefix}FileType`]),
  ...[
    'resOriginalWidth',
    'resOriginalHeight',
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
    'timeZoneNameEnc',
    'captionEnc',
    'extendedDescEnc',
    'keywordsEnc',
    'locationEnc',
    'locationV2Enc',
    'locationLatitude',
    'locationLongitude',
    'assetSubtypeV2',
    'burstId',
    'duration',
  ],
];

/** The feed mixes all kinds of records (photos.md §10.2). */
export const FEED_KEYS: readonly string[] = [
  ...PHOTO_KEYS,
  ...['albumNameEnc', 'albumType', 'parentId', 'position', 'itemId', 'containerId', 'isKeyAsset', 'dateExpunged', 'trashReason'],
];

/** The personal zone needs its name only; a shared one is someone else's, so its owner matters (photos.md §2.4). */
export function zoneId(zone: Zone): Record<string, string> {
  return zone.owner === undefined
    ? { zoneName: zone.name }
    : { zoneName: zone.name, ownerRecordName: zone.owner, zoneType: 'REGULAR_CUSTOM_ZONE' };
}

/** Undefined asks for every field there is: larger answers, and the only way to see what this version does not know (photos.md §3.3). */
export type Keys = readonly string[] | undefined;

export const photoKeys = (extra: readonly string[]): readonly string[] => [...PHOTO_KEYS, ...extra.flatMap(resourceKeys)];

const equals = (fieldName: string, type: 'INT64' | 'STRING', value: number | string) => ({
  fieldName,
  comparator: 'EQUALS',
  fieldValue: { type, value },
});

export function photosQuery(zone: Zone, index: PhotoIndex, startRank: number, keys: Keys): object {
  return {
    query: {
      recordType: INDEXES[index].list,
      filterBy: [equals('startRank', 'INT64', startRank), equals('direction', 'STRING', 'ASCENDING')],
    },
    resultsLimit: PAGE_RECORDS,
    ...(keys ? { desiredKeys: keys } : {}),
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
export function countBatch(zone: Zone, index: PhotoIndex): object {
  const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue: { type: 'STRING_LIST', value: [countName(index)] } };
  return {
    batch: [{ resultsLimit: 1, query: { recordType: 'HyperionIndexCountLookup', filterBy }, zoneWide: true, zoneID: zoneId(zone) }],
  };
}

export function lookupBody(zone: Zone, names: readonly string[], keys: Keys = PHOTO_KEYS): object {
  return { records: names.map((recordName) => ({ recordName })), zoneID: zoneId(zone), ...(keys ? { desiredKeys: keys } : {}) };
}
