import type { Album } from '../domain/album.ts';
import type { Zone } from '../domain/asset.ts';
import type { AlbumRow, Listing } from './catalog-rows.ts';

/** Where one library stands. Times are epoch ms. */
export interface ZoneState {
  readonly zoneId: number;
  readonly zone: Zone;
  /** Where the change feed goes on; undefined = a full listing is due. */
  readonly syncToken: string | undefined;
  /** End of the last complete full listing. */
  readonly completeAtMs: number | undefined;
  /** When iCloud last said that the catalog is up to date: a full listing, a delta read to its end, or "nothing changed". */
  readonly freshAtMs: number | undefined;
  /** The account no longer takes part in it. */
  readonly left: boolean;
}

/** What the change feed needs and changes. */
export interface FeedCatalog {
  zones(): readonly ZoneState[];
  /** The catalog is up to date with this library; with a token the feed goes on from there. */
  refreshed(zoneId: number, syncToken: string | undefined, nowMs: number): void;
  forgetToken(zoneId: number): void;
  /** A run of the change feed, to mark what it saw; never a complete listing. */
  beginChanges(zoneId: number, nowMs: number): Listing;
  /** Record names of the live items of these masters. */
  assetsOfMasters(zoneId: number, masters: readonly string[]): readonly string[];
  /** Live items of the library that this listing did not see, after `afterRow`, in row order. */
  unseen(listing: Listing, afterRow: number, limit: number): readonly { readonly assetRow: number; readonly id: string }[];
  /** As if the listing had shown them. */
  markSeen(listing: Listing, assetRows: readonly number[]): void;

  putAlbum(album: Album): void;
  /** False when no such album was known. */
  endAlbum(id: string, nowMs: number): boolean;
  /** False when the album is not known. A member that is there already stays where it is. */
  addMember(albumId: string, assetId: string): boolean;
  dropMember(albumId: string, assetId: string): void;
  /** Albums that are gone from iCloud and still have a folder here. */
  endedAlbums(): readonly AlbumRow[];
  forgetAlbumPath(rowId: number): void;
  isDirty(rowId: number): boolean;
  anyDirty(): boolean;
  clean(rowId: number): void;
  /** Every album is looked at again: after a full listing, when something may have happened to the folders. */
  allDirty(): void;
}
