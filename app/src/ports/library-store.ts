import type { RenditionKind } from '../domain/asset.ts';

/** Bytes from somewhere: a download, or a file that is already stored. */
export interface ByteSource {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Offset of the first byte delivered. 0 = the whole file, whatever was asked for. */
  readonly start: number;
}

/** What arrived in the incoming folder, with everything that was learned about it in one pass. */
export interface Received {
  /** Key given to `receive`; names the file in the incoming folder. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Apple's `fileChecksum` recomputed over the bytes (photos.md §13). */
  readonly checksum: string;
  readonly sha256: string;
  /** Recognised by its first bytes; undefined = not recognised. `page` is HTML or JSON, an error in disguise. */
  readonly looksLike: 'image' | 'video' | 'audio' | 'document' | 'page' | undefined;
  /** Part of the bytes came from an earlier, interrupted transfer. */
  readonly resumed: boolean;
}

export interface Placement {
  /** Relative to the library's root, `/`-separated. */
  readonly path: string;
  /** Capture time, becomes the file's modification time. Undefined = leave it. */
  readonly modifiedAtMs: number | undefined;
  /** An older version whose place this takes; it goes to `_Trash` first if it has the same path, afterwards if not. */
  readonly replaces: TrashItem | undefined;
}

export interface TrashItem {
  readonly path: string;
  readonly because: 'superseded' | 'gone-from-icloud';
  readonly zone: string;
  readonly asset: string;
  readonly kind: RenditionKind;
  readonly checksum: string;
  readonly sha256: string;
}

/**
 * The folder with the owner's photos. Nothing appears under a real name before it is complete; what is there is never
 * overwritten by accident.
 */
export interface LibraryStore {
  /**
   * Fetches one file into the incoming folder. `open(from)` is called with the number of bytes an earlier attempt left
   * there and may start at 0 instead. Keeps the partial file when it fails (for the next attempt), unless it cannot be
   * of use. Throws Problem `disk-full`, `file-too-large`, `disk-error`, or what `open` and its bytes threw.
   */
  receive(
    key: string,
    expected: { readonly size: number },
    open: (from: number) => Promise<ByteSource>,
    signal: AbortSignal,
  ): Promise<Received>;
  /**
   * Gives a received file its real name: times, fsync, rename, fsync of the folder. All or nothing, power loss included.
   * Throws Problem `path-occupied` when something that `replaces` does not name lies there.
   */
  place(received: Received, placement: Placement): Promise<void>;
  /** Forgets a received or partial file. */
  discard(key: string): Promise<void>;
  /** Size in bytes of the regular file at a path, `other` for anything else that lies there, undefined if nothing does. */
  sizeOf(path: string): Promise<number | 'other' | undefined>;
  /** Reads a stored file whole and says what it holds. */
  inspect(path: string, signal: AbortSignal): Promise<{ readonly size: number; readonly checksum: string; readonly sha256: string }>;
  /** Sets the modification time of a stored file if it differs. */
  setTime(path: string, modifiedAtMs: number): Promise<void>;
  /** A stored file as a source of bytes, to make a second copy without a second download. */
  read(path: string): Promise<ByteSource>;
  /** Moves a file to today's folder in `_Trash`, with a line in its manifest. */
  trash(item: TrashItem): Promise<void>;
  /** Removes incoming files that no key in `keep` names: leftovers nobody will continue. */
  sweepIncoming(keep: (key: string) => boolean): Promise<void>;
}

/** Album folders: links into the trees. Only links that we made are ever taken away. */
export interface AlbumStore {
  /** Makes sure the folder exists. */
  ensureFolder(path: string): Promise<void>;
  /** A relative link at `path` to `target` (both relative to the root). Returns false when a foreign file lies there. */
  link(path: string, target: string): Promise<boolean>;
  /** Takes a link away if it is a link and still points to `target`. */
  unlink(path: string, target: string): Promise<void>;
  /** Removes a folder if nothing is in it. False when something is, for instance a file of the owner. */
  dropFolder(path: string): Promise<boolean>;
}
