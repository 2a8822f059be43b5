import type { Album, SkippedAlbum } from '../domain/album.ts';
import type { Database, Download, ListedAsset, RenditionKind, Zone } from '../domain/asset.ts';
import type { Problem } from '../domain/problem.ts';
import type { ByteSource } from './library-store.ts';

/** A record or a group of records that could not be used. Never stops the others; always reaches the report. */
export interface RecordTrouble {
  readonly what: 'no-master' | 'unreadable' | 'error-entry';
  /** Record name of the asset where known. */
  readonly record: string;
  readonly detail: string;
}

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

/** iCloud Photos as a service that can be listed and read. Every method throws Problem; messages hold no addresses or tokens. */
export interface PhotosService {
  /** The libraries of the account, from the private and the shared database. A zone found in both is taken from `private` (photos.md §2.1). */
  zones(
    signal: AbortSignal,
  ): Promise<{ readonly zones: readonly Zone[]; readonly failed: readonly { readonly database: Database; readonly problem: Problem }[] }>;
  /** Whether iCloud has finished indexing; unfinished forbids every conclusion from absence (photos.md §2.5). */
  indexed(zone: Zone, signal: AbortSignal): Promise<boolean>;
  /** How many items iCloud says there are: a hint for progress and page planning, never a condition (photos.md §4). */
  count(zone: Zone, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Every visible asset, page by page in rank order; pages are fetched ahead in parallel when `expected` is known.
   * Throws rather than end early: a short list must never look like a whole one.
   */
  assets(zone: Zone, expected: number | undefined, signal: AbortSignal): AsyncIterable<AssetPage>;
  /** The whole tree of albums and folders (personal library only). */
  albums(zone: Zone, signal: AbortSignal): Promise<{ readonly albums: readonly Album[]; readonly skipped: readonly SkippedAlbum[] }>;
  /** Record names of an album's assets, in its order, page by page. They may live in another zone (photos.md §5). */
  members(zone: Zone, albumId: string, signal: AbortSignal): AsyncIterable<readonly string[]>;
  /** Fresh addresses by `/records/lookup`, in chunks of at most 100 names; answers in the order of the requests. */
  refresh(zone: Zone, requests: readonly RefreshRequest[], signal: AbortSignal): Promise<readonly Refreshed[]>;
  /**
   * Opens the bytes of one rendition, from an offset where possible. Throws Problem `transfer-failed` with `context.status`
   * (410 = the address has expired), `rate-limited`, `no-network`.
   */
  open(download: Download, from: number, signal: AbortSignal): Promise<ByteSource>;
}
