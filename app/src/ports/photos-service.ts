import type { Album, SkippedAlbum } from '../domain/album.ts';
import type { Database, Download, FoundPreview, ListedAsset, RenditionKind, Zone } from '../domain/asset.ts';
import type { ByteSource, RemoteFile } from './library-store.ts';

/** A record or a group of records that could not be used. Never stops the others; always reaches the report. */
export interface RecordTrouble {
  readonly what: 'no-master' | 'unreadable' | 'error-entry';
  /** Record name of the asset where known. */
  readonly record: string;
  readonly detail: string;
}

/**
 * The lists iCloud keeps of a library (photos.md §3.2). `all` leaves out what is hidden or deleted; `bursts` holds the
 * stacks of burst pictures, whose other frames may be in no other list; `deleted` is Recently Deleted.
 */
export type PhotoIndex = 'all' | 'hidden' | 'bursts' | 'deleted';

export interface AssetPage {
  /** In rank order, each with its master's renditions. */
  readonly assets: readonly ListedAsset[];
  readonly troubles: readonly RecordTrouble[];
  /** The zone's change token when this page was answered: differs between pages if the library changed meanwhile (photos.md §3.6). */
  readonly syncToken: string | undefined;
}

/** One rendition whose address is wanted anew. */
export interface RefreshRequest {
  readonly assetId: string;
  readonly masterId: string;
  readonly kind: RenditionKind;
}

/** What a lookup said of one rendition: its present address, or that iCloud no longer has it, or a version that is not the expected one. */
export type Refreshed =
  | { readonly is: 'there'; readonly checksum: string; readonly download: Download }
  | { readonly is: 'not-uploaded' }
  | { readonly is: 'gone' }
  | { readonly is: 'failed'; readonly detail: string };

/** The libraries of one database, all of them or those that changed since a token (photos.md §2.3). */
export interface DatabaseChanges {
  readonly zones: readonly Zone[];
  /** Names of libraries that this account no longer takes part in. */
  readonly left: readonly string[];
  /** For the next time; opaque. */
  readonly token: string | undefined;
}

/** What the change feed said of one album: its present state, or that it is gone. */
export type AlbumChange = { readonly is: 'there'; readonly album: Album } | { readonly is: 'gone'; readonly id: string };

/** An item in an album, or taken out of it. */
export interface MemberChange {
  readonly albumId: string;
  readonly assetId: string;
  readonly isIn: boolean;
}

/** A page of the change feed with both halves of every item it touches (photos.md §10.2). */
export interface ChangePage {
  /** Live items in their present state, whole. */
  readonly assets: readonly ListedAsset[];
  /** In Recently Deleted, or deleted for good. */
  readonly gone: readonly { readonly id: string; readonly because: 'deleted' | 'expunged' }[];
  /** Names of records that no longer exist; they do not say of which kind they were. */
  readonly tombstones: readonly string[];
  readonly albums: readonly AlbumChange[];
  readonly skippedAlbums: readonly SkippedAlbum[];
  readonly members: readonly MemberChange[];
  readonly troubles: readonly RecordTrouble[];
  /** Where the next page, or the next run, goes on. */
  readonly syncToken: string;
}

/** Whether iCloud still holds an item that a listing did not show. `unclear`: the question was not answered. */
export type Presence = 'live' | 'hidden' | 'gone' | 'unclear';

/** iCloud Photos as a service that can be listed and read. Every method throws Problem; messages hold no addresses or tokens. */
export interface PhotosService {
  /**
   * The libraries of one database: all without a token, those that changed since with one. Throws Problem
   * `sync-token-refused` for a token that iCloud does not take.
   */
  libraries(database: Database, token: string | undefined, signal: AbortSignal): Promise<DatabaseChanges>;
  /**
   * Everything that changed in a library since a token, page by page to the end. `assetsOf` names the known items of masters
   * that come alone. Throws Problem `sync-token-refused` when the token is no resume point (a full listing is due), and
   * `library-left` when the library is no longer there for this account.
   */
  changes(
    zone: Zone,
    token: string,
    assetsOf: (masters: readonly string[]) => readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<ChangePage>;
  /** Present state of items asked for by name, with both halves. */
  items(zone: Zone, assetIds: readonly string[], signal: AbortSignal): Promise<Pick<ChangePage, 'assets' | 'gone' | 'troubles'>>;
  /** Asks for items by name, in the order of the names: the proof behind an absence. */
  presence(zone: Zone, assetIds: readonly string[], signal: AbortSignal): Promise<readonly Presence[]>;
  /** Whether iCloud has finished indexing; unfinished forbids every conclusion from absence (photos.md §2.5). */
  indexed(zone: Zone, signal: AbortSignal): Promise<boolean>;
  /** How many items iCloud says there are: a hint for progress and page planning, never a condition (photos.md §4). */
  count(zone: Zone, signal: AbortSignal, index?: PhotoIndex): Promise<number | undefined>;
  /**
   * Every asset of an index (`all` unless told), page by page in rank order; pages are fetched ahead in parallel when `expected` is known.
   * Throws rather than end early: a short list must never look like a whole one.
   */
  assets(zone: Zone, expected: number | undefined, signal: AbortSignal, index?: PhotoIndex): AsyncIterable<AssetPage>;
  /** The whole tree of albums and folders (personal library only). */
  albums(zone: Zone, signal: AbortSignal): Promise<{ readonly albums: readonly Album[]; readonly skipped: readonly SkippedAlbum[] }>;
  /** Record names of an album's assets, in its order, page by page. They may live in another zone (photos.md §5). */
  members(zone: Zone, albumId: string, signal: AbortSignal): AsyncIterable<readonly string[]>;
  /** Fresh addresses by `/records/lookup`, in chunks of at most 100 names; answers in the order of the requests. */
  refresh(zone: Zone, requests: readonly RefreshRequest[], signal: AbortSignal): Promise<readonly Refreshed[]>;
  /** The pictures that iCloud made of items, from small to full size, with fresh addresses; in the order of the requests, empty where there are none. */
  previews(
    zone: Zone,
    requests: readonly { readonly assetId: string; readonly masterId: string }[],
    signal: AbortSignal,
  ): Promise<readonly (readonly FoundPreview[])[]>;
  /**
   * Opens the bytes of one rendition, from an offset where possible. Throws Problem `transfer-failed` with `context.status`
   * (410 = the address has expired), `rate-limited`, `no-network`.
   */
  open(download: Download, from: number, signal: AbortSignal): Promise<ByteSource>;
  /** The same as something that can be asked for elsewhere. Its methods throw as `open` does. */
  remote(download: Download): RemoteFile;
}
