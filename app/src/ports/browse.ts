import type { AssetDetails, Proof, RenditionKind, Zone } from '../domain/asset.ts';
import type { ProblemCode } from '../domain/problem.ts';
import type { RunCounts, RunReport } from '../domain/run-report.ts';

/** Bits of `TimelineRow.flags`. */
export const FLAG = { favorite: 1, hidden: 2, onlyHere: 4, live: 8, edited: 16, video: 32 } as const;

/** One stored item as far as the timeline needs it. */
export interface TimelineRow {
  readonly row: number;
  /** Where it was taken, as if that were UTC: epoch ms plus the photo's own offset. 0 = nothing is known. */
  readonly takenMs: number;
  /** Width by height as shown; undefined = not known. */
  readonly ratio: number | undefined;
  readonly flags: number;
}

/** What the search looks through. */
export interface ItemText {
  readonly row: number;
  readonly text: string;
}

/** One tile of the grid. */
export interface ItemSummary extends Omit<TimelineRow, 'ratio'> {
  readonly name: string;
  readonly durationMs: number | undefined;
  /** Apple's checksum of the picture that is shown: the edit, if there is one. */
  readonly shown: string;
  readonly zone: string;
  /** Record names of its two halves. */
  readonly asset: string;
  readonly master: string;
}

export interface ItemFile {
  readonly kind: RenditionKind;
  /** Relative to the library's root. */
  readonly path: string;
  readonly checksum: string;
  readonly sha256: string;
  readonly size: number;
  readonly proof: Proof;
  readonly storedAtMs: number;
  readonly readAtMs: number;
}

export interface ItemDetail extends ItemSummary {
  readonly captureMs: number | undefined;
  readonly addedMs: number | undefined;
  readonly offsetS: number | undefined;
  readonly details: AssetDetails;
  readonly files: readonly ItemFile[];
  readonly albums: readonly { readonly row: number; readonly path: string }[];
}

export interface AlbumSummary {
  readonly row: number;
  readonly name: string;
  readonly kind: string;
  /** Its folder in the library; undefined until it was made. */
  readonly path: string | undefined;
  /** Names of the folders above it, outermost first. */
  readonly folders: readonly string[];
  /** Stored items in it. */
  readonly items: number;
  /** An item to show on its tile. */
  readonly cover: number | undefined;
}

/** One run of the past, without its details. */
export interface RunRow {
  readonly id: number;
  readonly command: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly outcome: string | undefined;
  readonly counts: RunCounts | undefined;
  readonly code: ProblemCode | undefined;
}

/** A file that is still to be fetched, and why it was not. */
export interface ProblemRow {
  readonly row: number;
  /** Where the file will lie. */
  readonly path: string;
  readonly name: string;
  readonly kind: RenditionKind;
  readonly bytes: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly sinceMs: number;
  readonly attempts: number;
  readonly nextTryMs: number | undefined;
}

/**
 * The catalog as a person looks at it. Synchronous: each call is a few milliseconds, whatever the library's size, as long
 * as `limit` is a few thousand.
 */
export interface Browse {
  /** Differs after every change of the catalog. */
  version(): number;
  /** Stored items after `afterRow`, in the order of their rows. */
  timeline(afterRow: number, limit: number): readonly TimelineRow[];
  texts(afterRow: number, limit: number): readonly ItemText[];
  /** Rows of an album's stored items. */
  albumItems(album: number): readonly number[];
  albums(): readonly AlbumSummary[];
  /** In the order of `rows`; those that are gone are left out. */
  items(rows: readonly number[]): readonly ItemSummary[];
  item(row: number): ItemDetail | undefined;
  zone(name: string): Zone | undefined;
  /** Newest first. */
  runs(limit: number): readonly RunRow[];
  runsSince(sinceMs: number): readonly RunRow[];
  /** All that one run said at its end. */
  report(run: number): RunReport | undefined;
  problems(limit: number): readonly ProblemRow[];
  /** The item whose file lies at a path. */
  rowAt(path: string): number | undefined;
}
