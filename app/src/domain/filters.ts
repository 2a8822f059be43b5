import type { Asset, ListedAsset, RenditionKind } from './asset.ts';
import { PERSONAL_ZONE } from './asset.ts';
import { mediaKind, mediaKindOfName } from './file-types.ts';

/** What the owner wants to have here. What is left out is listed all the same and is never taken for gone. */
export interface Filters {
  readonly photos: boolean;
  readonly videos: boolean;
  /** The film half of live photos. */
  readonly liveVideos: boolean;
  readonly hidden: boolean;
  readonly sharedLibrary: boolean;
  /** Epoch ms; items taken earlier are left out. */
  readonly sinceMs: number | undefined;
  /** Names of albums or folders; with any, only their members are wanted. */
  readonly albums: readonly string[];
}

export type LeftOutBecause = 'photo' | 'video' | 'live-video' | 'hidden' | 'shared-library' | 'too-old' | 'not-in-albums';

export interface Wish {
  readonly wanted: boolean;
  /** The setting that leaves it out; undefined when it is wanted. */
  readonly because: LeftOutBecause | undefined;
}

type Filtered = Pick<Asset, 'zone' | 'id' | 'filename' | 'captureMs' | 'addedMs' | 'hidden'> & Pick<ListedAsset, 'renditions'>;

/**
 * Whether an item is fetched. What is stored already stays, whatever the filters say: they decide about fetching only.
 * `isInAlbums` knows the members of the named albums; it is asked only when there are names.
 */
export function wants(asset: Filtered, filters: Filters, isInAlbums: (assetId: string) => boolean): Wish {
  const because = reason(asset, filters, isInAlbums);
  return { wanted: because === undefined, because };
}

function reason(asset: Filtered, filters: Filters, isInAlbums: (assetId: string) => boolean): LeftOutBecause | undefined {
  if (!filters.sharedLibrary && asset.zone !== PERSONAL_ZONE) return 'shared-library';
  if (!filters.hidden && asset.hidden) return 'hidden';
  const isVideo = showsVideo(asset);
  if (!filters.videos && isVideo) return 'video';
  if (!filters.photos && !isVideo) return 'photo';
  // Without any date an item is as likely new as old: it is kept.
  const takenMs = asset.captureMs ?? asset.addedMs;
  if (filters.sinceMs !== undefined && takenMs !== undefined && takenMs < filters.sinceMs) return 'too-old';
  return filters.albums.length > 0 && !isInAlbums(asset.id) ? 'not-in-albums' : undefined;
}

/** Whether one file of a wanted item is fetched. */
export function wantsRendition(kind: RenditionKind, filters: Filters): boolean {
  return filters.liveVideos || kind !== 'live-video';
}

/** A film as its owner sees it; the film half of a live photo does not make one. */
export function showsVideo({ filename, renditions }: Pick<Filtered, 'filename' | 'renditions'>): boolean {
  const kind = mediaKind(renditions.find((rendition) => rendition.kind === 'original')?.uti);
  return (kind === 'unknown' ? mediaKindOfName(filename ?? '') : kind) === 'video';
}
