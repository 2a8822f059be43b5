import { type Selection, TRAIT } from '../library/traits.ts';

/** An index that lists photos: who is in it, in which order. */
export interface PhotoIndex {
  readonly selection: Selection;
  /** DESCENDING answers stand oldest first in the window that ends at startRank (photos.md §3.5). */
  readonly windowed?: boolean;
}

const GONE = TRAIT.hidden | TRAIT.deleted;
const byDate = (all = 0, none = 0): PhotoIndex => ({ selection: { all, none: GONE | none, rank: 'captured' } });

/** List indexes by `recordType`, photos.md §3.2. */
const LISTS: Readonly<Record<string, PhotoIndex>> = {
  CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted: byDate(),
  CPLAssetAndMasterByAssetDate: byDate(),
  CPLAssetAndMasterByAddedDate: { selection: { all: 0, none: GONE, rank: 'added' }, windowed: true },
  CPLAssetAndMasterHiddenByAssetDate: { selection: { all: TRAIT.hidden, none: TRAIT.deleted, rank: 'captured' } },
  CPLAssetAndMasterDeletedByExpungedDate: { selection: { all: TRAIT.deleted, none: 0, rank: 'deleted' } },
};
const BURSTS = 'CPLBurstStackAssetAndMasterByAssetDate';

const SMART: Readonly<Record<string, PhotoIndex>> = {
  FAVORITE: byDate(TRAIT.favorite),
  VIDEO: byDate(TRAIT.video),
  LIVE: byDate(TRAIT.live),
  SCREENSHOT: byDate(TRAIT.screenshot),
  PANORAMA: byDate(TRAIT.panorama),
  SLOMO: byDate(TRAIT.slowMotion),
  TIMELAPSE: byDate(TRAIT.timeLapse),
};
const SMART_LIST = 'CPLAssetAndMasterInSmartAlbumByAssetDate';

/** Whether lists of photos show every frame of a burst or its key frame only; open (photos.md §7). */
export type BurstFrames = 'all' | 'key-frame';

/** The index behind a query's `recordType`; undefined if there is none. `smartAlbum` is the filter of the smart album index. */
export function photoIndex(recordType: string, smartAlbum: string | undefined, frames: BurstFrames): PhotoIndex | undefined {
  if (recordType === BURSTS) return byDate(TRAIT.burst);
  const index = recordType === SMART_LIST ? SMART[smartAlbum ?? ''] : LISTS[recordType];
  if (index === undefined || frames === 'all') return index;
  return { ...index, selection: { ...index.selection, none: index.selection.none | TRAIT.burstRest } };
}

/** The index behind a count id: the list name without `AndMaster`, smart albums after a colon. */
export function countIndex(countId: string, frames: BurstFrames): PhotoIndex | undefined {
  const [name = '', part] = countId.split(':');
  if (name === 'CPLAssetInSmartAlbumByAssetDate') return photoIndex(SMART_LIST, (part ?? '').toUpperCase(), frames);
  return photoIndex(
    name === 'CPLAssetBurstStackAssetByAssetDate' ? BURSTS : name.replace(/^CPLAsset/, 'CPLAssetAndMaster'),
    undefined,
    frames,
  );
}
