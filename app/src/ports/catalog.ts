import type { Album } from '../domain/album.ts';
import type { Asset, ListedAsset, Proof, Rendition, RenditionKind, StoredFile, Zone } from '../domain/asset.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { ProblemCode } from '../domain/problem.ts';
import type { RunReport } from '../domain/run-report.ts';

/** One walk through one zone. What it saw is marked with its id; only a complete walk says anything about absence. */
export interface Listing {
  readonly id: number;
  readonly zoneId: number;
}

/** Where an asset's files lie: `folder` relative to the root, `base` common to all its parts. Once given it stays. */
export interface Place {
  readonly folder: string;
  readonly base: string;
  /** `base` as names are compared (neighbours.md §3). */
  readonly folded: string;
}

export interface KnownAsset extends Place {
  readonly id: number;
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
  readonly nextTryMs: number;
  readonly disagreedSha256: string | undefined;
}

export interface AlbumRow extends Album {
  readonly rowId: number;
  /** Folder the album has on disk; undefined until it was made. */
  readonly path: string | undefined;
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
  readonly captureMs: number | undefined;
  readonly path: string;
}

/**
 * What iCloud says, what is on disk, what is still to do. Synchronous: every call is a few microseconds of local SQLite.
 * Rows belong to one account. It can be rebuilt from the tree; the tree never depends on it.
 */
export interface Catalog {
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
  /** What iCloud shows of an asset now; kinds that are not in the list are forgotten as listed (their files are not). */
  putRenditions(assetRow: number, renditions: readonly { readonly rendition: Rendition; readonly path: string }[]): void;
  /** An asset that was listed without its master, or could not be read: it counts as missing, and its files stay. */
  putTrouble(listing: Listing, record: string, what: string, detail: string): void;
  filesOf(assetRow: number): readonly StoredFile[];
  /** Assets seen by an earlier complete listing of this zone but not by this one. */
  countUnseen(listing: Listing): number;

  addTodo(assetRow: number, kind: RenditionKind, nowMs: number): void;
  dropTodo(assetRow: number, kind: RenditionKind): void;
  /** Kinds of an asset that are on the list. */
  todoKinds(assetRow: number): readonly RenditionKind[];
  /** The next items after `afterSeq`, oldest first. */
  todo(afterSeq: number, limit: number): readonly TodoItem[];
  hasTodoWithChecksum(checksum: string): boolean;
  todoTotal(): { readonly count: number; readonly bytes: number };
  /** The item is on disk: records the file and takes it off the list, in one transaction. */
  stored(item: TodoItem, file: { readonly sha256: string; readonly size: number; readonly proof: Proof; readonly nowMs: number }): void;
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
  coverage(): Coverage;
  /** A copy that can be planned in and thrown away; closing it removes it. */
  scratchCopy(): Catalog;
  close(): void;
}
