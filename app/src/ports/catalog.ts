import type { Album } from '../domain/album.ts';
import type { Asset, ListedAsset, Proof, Rendition, RenditionKind, StoredFile, Zone } from '../domain/asset.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { LeftOutBecause } from '../domain/filters.ts';
import type { ProblemCode } from '../domain/problem.ts';
import type { RunReport } from '../domain/run-report.ts';
import type { TodoWish } from '../domain/todo-wish.ts';
import type { ArchiveCatalog } from './archive-catalog.ts';
import type { Browse } from './browse.ts';
import type { AlbumRow, Listing } from './catalog-rows.ts';
import type { DescriptionCatalog } from './descriptions.ts';
import type { FeedCatalog } from './feed-catalog.ts';
import type { FoundFiles } from './found-files.ts';
import type { HoldingsCatalog } from './holdings.ts';
import type { JpegCopyCatalog } from './jpeg-copies.ts';
import type { LeftOutCatalog } from './left-out.ts';
import type { Overview } from './overview.ts';
import type { RemovalCatalog } from './removals.ts';
import type { SharedAlbumCatalog } from './shared-albums.ts';
import type { VerifyLedger } from './verify-ledger.ts';

export type { AlbumRow, Listing } from './catalog-rows.ts';

/** Where an asset's files lie: `folder` relative to the root, `base` common to all its parts. Once given it stays. */
export interface Place {
  readonly folder: string;
  readonly base: string;
  /** `base` as names are compared (neighbours.md §3). */
  readonly folded: string;
}

export interface KnownAsset extends Place {
  readonly id: number;
  /** The listing that last showed it. */
  readonly listingId: number;
}

/** A rendition that still has to be fetched; durable until it is stored. */
export interface TodoItem {
  /** Grows in the order of arrival. */
  readonly seq: number;
  readonly assetRow: number;
  readonly asset: Asset;
  readonly rendition: Rendition;
  readonly path: string;
  readonly attempts: number;
  /** SHA-256 of an earlier download that disagreed with Apple's checksum. */
  readonly disagreedSha256: string | undefined;
}

export interface TodoFailure {
  readonly code: ProblemCode;
  /** What happened, with the photo's name. */
  readonly message: string;
  readonly nowMs: number;
  readonly nextTryMs: number;
  readonly disagreedSha256: string | undefined;
}

/** What is known of a file that has just come into place. */
export interface StoredAs {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly proof: Proof;
  readonly nowMs: number;
  /** What its sidecars were made from (engine/sidecars); absent = they have to be looked at. */
  readonly described?: string | undefined;
}

/** Entries of the to-do list that failed for one reason and were not tried since. */
export interface PutOff {
  readonly code: ProblemCode;
  readonly count: number;
  /** What happened to one of them. */
  readonly example: string;
}

export interface LinkRow {
  readonly path: string;
  readonly target: string;
}

/** A stored file of an album member, in the album's order. */
export interface MemberFile {
  readonly assetRow: number;
  /** `zone/record`: what a name suffix is made from. */
  readonly identity: string;
  readonly base: string;
  /** Import name. */
  readonly filename?: string | null;
  readonly captureMs: number | undefined;
  readonly path: string;
}

/**
 * What iCloud says, what is on disk, what is still to do. Synchronous: every call is a few microseconds of local SQLite.
 * Rows belong to one account. It can be rebuilt from the tree; the tree never depends on it.
 */
export interface Catalog
  extends DescriptionCatalog,
    FeedCatalog,
    HoldingsCatalog,
    JpegCopyCatalog,
    LeftOutCatalog,
    SharedAlbumCatalog,
    RemovalCatalog,
    VerifyLedger {
  /** Files on disk that were found by reading, not stored by us. */
  readonly found: FoundFiles;
  readonly archive: ArchiveCatalog;
  libraryId(): string | undefined;
  setLibraryId(id: string): void;
  /** Small notes of this account that must survive a restart. */
  memo(key: string): string | undefined;
  setMemo(key: string, value: string): void;
  /** All or nothing. */
  transaction<T>(work: () => T): T;

  beginListing(zone: Zone, nowMs: number): Listing;
  /** `complete`: read to its end without doubt. Only then does the token count and may absence be looked at. */
  endListing(listing: Listing, end: { readonly complete: boolean; readonly syncToken: string | undefined; readonly nowMs: number }): void;
  findAsset(zoneId: number, assetId: string): KnownAsset | undefined;
  /** Another asset has this base in this folder. */
  isBaseTaken(folder: string, folded: string): boolean;
  /** Inserts or updates an asset as listed; a known asset keeps its place. */
  putAsset(listing: Listing, asset: ListedAsset, place: Place): number;
  /** The item lies elsewhere from now on: hidden, or no longer so. Its files move there later (`pendingMoves`). */
  setPlace(assetRow: number, place: Place): void;
  /** What iCloud shows of an asset now; kinds that are not in the list are forgotten as listed (their files are not). */
  putRenditions(
    assetRow: number,
    renditions: readonly { readonly rendition: Rendition; readonly path: string; readonly leftOut?: LeftOutBecause | undefined }[],
  ): void;
  /** An asset that was listed without its master, or could not be read: it counts as missing, and its files stay. */
  putTrouble(listing: Listing, record: string, what: string, detail: string): void;
  /** Record names of items in trouble, to ask for them again; a few. */
  troubles(zoneId: number): readonly string[];
  dropTrouble(zoneId: number, record: string): void;
  filesOf(assetRow: number): readonly StoredFile[];

  addTodo(assetRow: number, kind: RenditionKind, nowMs: number): void;
  dropTodo(assetRow: number, kind: RenditionKind): void;
  /** Kinds of an asset that are on the list. */
  todoKinds(assetRow: number): readonly RenditionKind[];
  /** The next items after `afterSeq`, oldest first; of these what `wish` says at `nowMs` (everything unless given). A version that was never tried is always due. */
  todo(afterSeq: number, limit: number, wish?: { readonly is: TodoWish; readonly nowMs: number }): readonly TodoItem[];
  /** Entries that have failed and were last tried before `sinceMs`. */
  putOff(sinceMs: number): readonly PutOff[];
  /** Failed entries are due at once, those set aside too: all of them, or those at a path or below it. Answers how many. */
  retryTodo(path: string | undefined): number;
  /** Those of the checksums that an entry of the list waits for. */
  wantedChecksums(checksums: readonly string[]): ReadonlySet<string>;
  todoTotal(): { readonly count: number; readonly bytes: number };
  /** The item is on disk: records the file and takes it off the list, in one transaction. */
  stored(item: TodoItem, file: StoredAs): void;
  failed(item: TodoItem, failure: TodoFailure): void;
  countUnconfirmed(): number;
  /** Any stored file with exactly these bytes by Apple's checksum. */
  fileWithChecksum(checksum: string): StoredFile | undefined;

  /** Replaces what is known of the album tree. Albums that are no longer listed keep their row, marked gone. */
  putAlbums(albums: readonly Album[], nowMs: number): void;
  albums(): readonly AlbumRow[];
  setAlbumPath(rowId: number, path: string): void;
  /** Members as they come; `endMembers` makes the new list valid and forgets the old one. */
  beginMembers(rowId: number): void;
  addMembers(rowId: number, assetIds: readonly string[], from: number): void;
  endMembers(rowId: number): void;
  memberFiles(rowId: number): Iterable<MemberFile>;
  /** Members that no listed asset answers to. */
  countStrayMembers(rowId: number): number;
  links(rowId: number): readonly LinkRow[];
  addLink(rowId: number, link: LinkRow): void;
  dropLink(rowId: number, path: string): void;
  startRun(command: string, nowMs: number): number;
  endRun(run: number, report: RunReport): void;
  lastRun(): RunReport | undefined;
  /** The same rows as a person looks at them. */
  readonly browse: Browse;
  coverage(): Coverage;
  /** The same, and more, for whoever must not hold others up. */
  readonly overview: Overview;
  /** Writes a consistent copy to a new file, while others may be writing; what changed little changes little in the file. */
  copyTo(file: string): Promise<void>;
  /** A copy that can be planned in and thrown away; closing it removes it. */
  scratchCopy(): Catalog;
  close(): void;
}
