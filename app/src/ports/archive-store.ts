import type { ArchiveMarker } from '../domain/archive-marker.ts';

/** `copied`: a real file with these bytes lies there now. `there`: it did already. */
export type CopiedOver = 'copied' | 'there';

/** Archived folders on disk. Every method throws Problem. Paths are relative to the library. */
export interface ArchiveStore {
  ensureFolder(path: string): Promise<void>;
  /**
   * Puts a real copy of a stored file at a path, in place of the link that leads to it; never a second name for the same bytes on disk
   * (decisions.md 5). Throws `path-occupied` when something else lies there, `content-mismatch` when the copy does not hold `sha256`.
   */
  copyOver(from: string, to: string, sha256: string, signal: AbortSignal): Promise<CopiedOver>;
  /** Reads a file whole; undefined when there is no regular file. */
  readBack(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly size: number; readonly checksum: string; readonly sha256: string } | undefined>;
  mark(folder: string, marker: ArchiveMarker): Promise<void>;
  unmark(folder: string): Promise<void>;
  /** Undefined when there is no folder or no marker in it. */
  markerOf(folder: string): Promise<ArchiveMarker | undefined>;
  /** All archived folders of the library, wherever their owner has put them. */
  findMarked(signal: AbortSignal): AsyncIterable<{ readonly path: string; readonly marker: ArchiveMarker }>;
  isFolder(path: string): Promise<boolean>;
  /** Nothing lies at this path. */
  isFree(path: string): Promise<boolean>;
  /** Renames a folder; false when it is not there. Throws `path-occupied` when something lies at the new place. */
  moveFolder(from: string, to: string): Promise<boolean>;
  /** Removes an empty folder. */
  dropFolder(path: string): Promise<void>;
  /** Moves one file; false when it is not there. Throws `path-occupied`. */
  moveFile(from: string, to: string): Promise<boolean>;
  /** Takes a copy away whose bytes were just read at another place too. Throws `content-mismatch` when they differ. */
  dropTwin(path: string, twin: string, signal: AbortSignal): Promise<void>;
  /** Names of regular files in a folder, without the marker. */
  filesIn(folder: string): Promise<readonly string[]>;
}
