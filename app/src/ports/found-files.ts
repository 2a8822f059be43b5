/** How a file looked when it was read: as long as this is the same, its bytes are taken for the same. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Times of the file system, whole epoch ms. */
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** A regular file met on a walk. */
export interface SeenFile extends FileStamp {
  /** Relative to where the walk began, `/`-separated. */
  readonly path: string;
}

/** A file that was read whole, wherever it lies. */
export interface FoundFile extends SeenFile {
  /** `''` is the library itself, anything else an absolute folder that an import looks through. */
  readonly root: string;
  /** Apple's `fileChecksum` and our SHA-256, recomputed from its bytes. */
  readonly checksum: string;
  readonly sha256: string;
}

export interface FoundTotals {
  readonly files: number;
  /** Bytes. */
  readonly bytes: number;
  readonly examples: readonly string[];
}

/**
 * What was found on disk by reading it: the way back to a lost catalog, and to photos another program fetched. A file of
 * the library leaves the answers as soon as an item owns it.
 */
export interface FoundFiles {
  put(file: FoundFile, seenMs: number): void;
  /** The remembered digests if the file has not changed since; marks it as seen. */
  recall(root: string, file: SeenFile, seenMs: number): FoundFile | undefined;
  /** A walk has come to its end: what it did not see is no longer there. */
  forgetUnseen(root: string, sinceMs: number): void;
  forget(root: string, path: string): void;
  /** Files of nobody with exactly these bytes, by path. */
  withChecksum(root: string, checksum: string): readonly FoundFile[];
  /** A file of nobody in this folder of the library has this base (compared folded), and bytes other than these. */
  hasBase(folder: string, folded: string, own: ReadonlySet<string>): boolean;
  /** What was read of a file, whether or not it has changed since. */
  checksumAt(root: string, path: string): string | undefined;
  /** An item owns the file at this path of the library. */
  isOwned(path: string): boolean;
  /** Items that were listed have this place; so the file there is a part of it. */
  isPlaceGiven(folder: string, folded: string): boolean;
  /** Sizes of all renditions that iCloud listed: other files need not be read by an import. */
  listedSizes(): ReadonlySet<number>;
  /** Every rendition that iCloud listed, with the import name of its item, one by one. */
  listedNames(): Iterable<{ readonly filename: string; readonly size: number; readonly checksum: string }>;
  /** Files of the library that an item owns by now need not be remembered here. */
  forgetOwned(): void;
  /** What nobody owns. */
  unowned(root: string, examples: number): FoundTotals;
}

export type TakeHow = 'copy' | 'link' | 'move';

/** Files that are to become part of the library without a download. Every method throws Problem. */
export interface FoundStore {
  /**
   * A folder that may be imported: its real path and the names in it. Throws Problem `settings-invalid` when it is none, or holds the
   * library, or is one of its trees.
   */
  openSource(folder: string): Promise<{ readonly root: string; readonly names: readonly string[] }>;
  /** Regular files below a folder, in the order of their names; links are not followed. Unknown folders yield nothing. */
  walk(root: string, folder: string, signal: AbortSignal): AsyncIterable<SeenFile>;
  /** How the file looks now; undefined when it is gone or is no file. */
  look(root: string, path: string): Promise<FileStamp | undefined>;
  /** Reads a file whole. */
  digest(
    root: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly size: number; readonly checksum: string; readonly sha256: string }>;
  /**
   * Brings a file in. `copy` clones its blocks where the volume can, and proves the copy by reading it back; `link` gives it a second
   * name on the same volume, else copies; `move` renames it on the same volume, else copies, proves, and removes the source.
   * Answers what was done. The source is never opened for writing.
   */
  take(
    file: FoundFile,
    to: { readonly path: string; readonly modifiedAtMs: number | undefined },
    how: TakeHow,
    signal: AbortSignal,
  ): Promise<TakeHow>;
}
