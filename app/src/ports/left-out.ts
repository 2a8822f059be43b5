import type { RenditionKind } from '../domain/asset.ts';
import type { LeftOutBecause } from '../domain/filters.ts';

/** What the owner's filters leave out, remembered by part, so that it is neither missing nor forgotten. */
export interface LeftOutCatalog {
  isInAlbums(assetId: string, albumRows: readonly number[]): boolean;
  /** Parts left out as not in an album that are in one of these. */
  leftOutMembers(albumRows: readonly number[]): readonly { readonly assetRow: number; readonly kind: RenditionKind }[];
  setLeftOut(assetRow: number, kind: RenditionKind, because: LeftOutBecause | undefined): void;
}
