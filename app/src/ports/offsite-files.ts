/** A file that a catalog says is stored, as far as bringing it back needs it. */
export interface CatalogFile {
  /** Relative to the library, `/`-separated. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Apple's, where it could be confirmed when the file arrived. */
  readonly checksum: string | undefined;
}

/** What somebody wants back. Conditions are joined by "and"; none = everything. */
export interface Wanted {
  /** Files and folders, relative to the library. */
  readonly paths: readonly string[];
  /** Name or folder of an album. */
  readonly album: string | undefined;
  /** Days as YYYY-MM-DD where the photo was taken, both included. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** The catalog as it was when a snapshot was taken. */
export interface SnapshotCatalog {
  libraryId(): string | undefined;
  /** SQLite's own check found nothing wrong. */
  sound(): boolean;
  countFiles(): number;
  files(): Iterable<CatalogFile>;
  select(wanted: Wanted): readonly CatalogFile[];
  /** Links of an album, relative to the library; an album that is not there has none. */
  linksOf(album: string): readonly string[];
  /** Stands for everything it says about the library, not for when it was last looked at. */
  fingerprint(): string;
  close(): void;
}

/** What lies beside the photos in every snapshot. */
export interface PreparedState {
  readonly fingerprint: string;
  /** Files that the catalog says are stored, below the folders that are included. */
  readonly files: number;
  /** The sign-in could not be put in without showing it to others on this volume. */
  readonly signInLeftOut: boolean;
}

/** This machine's side of off-site work: the copy of the state, folders to restore into, comparing what arrived. Throws Problem. */
export interface OffsiteFiles {
  /** Writes the consistent copy of the state to `.photos-sync/snapshot`. */
  prepare(include: readonly string[] | undefined, nowMs: number): Promise<PreparedState>;
  /** A new empty folder of our own, on the volume of the library where there is one. */
  workFolder(): Promise<{ readonly path: string; remove(): Promise<void> }>;
  /** Opens a catalog that came out of a snapshot; `folder` is where that was restored to. */
  openCatalogIn(folder: string): SnapshotCatalog;
  /** Size and SHA-256 and Apple's checksum of a file; undefined when there is none. */
  inspect(
    folder: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly size: number; readonly sha256: string; readonly checksum: string } | undefined>;
  /** Bytes that are free on the volume of a folder, which need not be there yet. */
  freeBytes(folder: string): Promise<number>;
  /** Nothing lies there. */
  isFree(folder: string): Promise<boolean>;
  /** Moves a file that was brought back to where it was asked for. */
  moveTo(from: string, to: string): Promise<void>;
}

/** Where the state lies in every snapshot. */
export const STATE_IN_SNAPSHOT = '.photos-sync/snapshot';
/** What of our own folder belongs into a snapshot; everything else there is locks, caches, half-fetched files and the living catalog. */
export const OWN_IN_SNAPSHOT = { folder: '.photos-sync', entries: ['library.json', 'snapshot'] } as const;
export const CATALOG_IN_SNAPSHOT = `${STATE_IN_SNAPSHOT}/catalog.sqlite`;
