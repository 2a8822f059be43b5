import type { AssetState, MasterState } from './record-states.ts';

/** What indexes ask about an item, as bits: a million of them fit into two megabytes. */
export const TRAIT = {
  hidden: 1,
  deleted: 2,
  favorite: 4,
  video: 8,
  live: 16,
  screenshot: 32,
  panorama: 64,
  slowMotion: 128,
  timeLapse: 256,
  burst: 512,
  /** A burst frame that is not the picture its stack shows. */
  burstRest: 1024,
} as const;

/** `assetSubtypeV2` is an enumeration: photos.md §6.2. */
const SUBTYPES: Readonly<Record<number, number>> = {
  1: TRAIT.panorama,
  3: TRAIT.screenshot,
  101: TRAIT.slowMotion,
  102: TRAIT.timeLapse,
};
/** The key frame of a burst, among other things that nobody needs here. */
const KEY_FRAME = 4;

export function traitsOf(asset: AssetState, master: MasterState | undefined): number {
  const { burst } = asset;
  return (
    (asset.deletedMs !== undefined ? TRAIT.deleted : 0) |
    (asset.hidden ? TRAIT.hidden : 0) |
    (asset.favorite ? TRAIT.favorite : 0) |
    (master?.video === true ? TRAIT.video : 0) |
    (master?.live === true ? TRAIT.live : 0) |
    (SUBTYPES[asset.subtypeV2] ?? 0) |
    (burst === undefined ? 0 : TRAIT.burst | ((burst.flags & KEY_FRAME) === 0 ? TRAIT.burstRest : 0))
  );
}

/** Which items are meant: those with all of the first bits and none of the second. */
export interface Selection {
  readonly all: number;
  readonly none: number;
  readonly rank: 'captured' | 'added' | 'deleted';
}

/** Whether something lives in Recently Deleted, in the hidden album, or among all photos. */
export type Visibility = 'visible' | 'hidden' | 'deleted';

/** Oldest first. */
export const visibleAs: Readonly<Record<Visibility, Selection>> = {
  visible: { all: 0, none: TRAIT.hidden | TRAIT.deleted, rank: 'captured' },
  hidden: { all: TRAIT.hidden, none: TRAIT.deleted, rank: 'captured' },
  deleted: { all: TRAIT.deleted, none: 0, rank: 'captured' },
};

export const isSelected = (traits: number, { all, none }: Selection): boolean => (traits & all) === all && (traits & none) === 0;

/** Sort key of a list: capture time, else the time it was added; the time of deletion. */
export function rankOf(asset: AssetState, { rank }: Selection): number {
  if (rank === 'added') return asset.addedMs;
  return rank === 'deleted' ? (asset.deletedMs ?? 0) : (asset.captureMs ?? asset.addedMs);
}
