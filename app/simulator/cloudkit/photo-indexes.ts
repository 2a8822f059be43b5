import type { AssetState } from '../library/record-states.ts';
import { captureRank, visibilityOf, type ZoneStore } from '../library/zone-store.ts';

/** An index that lists photos: who is in it, in which order. */
export interface PhotoIndex {
  readonly accepts: (asset: AssetState, zone: ZoneStore) => boolean;
  readonly rank: (asset: AssetState) => number;
  /** DESCENDING answers stand oldest first in the window that ends at startRank (photos.md §3.5). */
  readonly windowed?: boolean;
}

const visible = (asset: AssetState) => visibilityOf(asset) === 'visible';
const addedRank = (asset: AssetState) => asset.addedMs;
const byDate = (accepts: PhotoIndex['accepts']): PhotoIndex => ({ accepts, rank: captureRank });

/** List indexes by `recordType`, photos.md §3.2. */
const LISTS: Readonly<Record<string, PhotoIndex>> = {
  CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted: byDate(visible),
  CPLAssetAndMasterByAssetDate: byDate(visible),
  CPLAssetAndMasterByAddedDate: { accepts: visible, rank: addedRank, windowed: true },
  CPLBurstStackAssetAndMasterByAssetDate: byDate((asset) => visible(asset) && asset.burst !== undefined),
  CPLAssetAndMasterHiddenByAssetDate: byDate((asset) => visibilityOf(asset) === 'hidden'),
  CPLAssetAndMasterDeletedByExpungedDate: { accepts: (asset) => asset.deletedMs !== undefined, rank: (asset) => asset.deletedMs ?? 0 },
};

const masterOf = (asset: AssetState, zone: ZoneStore) => zone.master(asset.masterName);
/** `assetSubtypeV2` is an enumeration: photos.md §6.2. */
const SMART: Readonly<Record<string, PhotoIndex>> = {
  FAVORITE: byDate((asset) => visible(asset) && asset.favorite),
  VIDEO: byDate((asset, zone) => visible(asset) && (masterOf(asset, zone)?.video ?? false)),
  LIVE: byDate((asset, zone) => visible(asset) && (masterOf(asset, zone)?.live ?? false)),
  SCREENSHOT: byDate((asset) => visible(asset) && asset.subtypeV2 === 3),
  PANORAMA: byDate((asset) => visible(asset) && asset.subtypeV2 === 1),
  SLOMO: byDate((asset) => visible(asset) && asset.subtypeV2 === 101),
  TIMELAPSE: byDate((asset) => visible(asset) && asset.subtypeV2 === 102),
};

const SMART_LIST = 'CPLAssetAndMasterInSmartAlbumByAssetDate';

/** The index behind a query's `recordType`; undefined if there is none. `smartAlbum` is the filter of the smart album index. */
export function photoIndex(recordType: string, smartAlbum: string | undefined): PhotoIndex | undefined {
  return recordType === SMART_LIST ? SMART[smartAlbum ?? ''] : LISTS[recordType];
}

/** The index behind a count id: the list name without `AndMaster`, smart albums after a colon. */
export function countIndex(countId: string): PhotoIndex | undefined {
  const [name = '', part] = countId.split(':');
  if (name === 'CPLAssetInSmartAlbumByAssetDate') return SMART[(part ?? '').toUpperCase()];
  if (name === 'CPLAssetBurstStackAssetByAssetDate') return LISTS.CPLBurstStackAssetAndMasterByAssetDate;
  return LISTS[name.replace(/^CPLAsset/, 'CPLAssetAndMaster')];
}

export function assetsOfIndex(zone: ZoneStore, index: PhotoIndex, key: string): readonly AssetState[] {
  return zone.assetsWhere(key, (asset) => index.accepts(asset, zone), index.rank);
}
