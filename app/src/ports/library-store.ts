import type { RenditionKind } from '../domain/asset.ts';

/** Bytes from somewhere: a download, or a file that is already stored. */
export interface ByteSource {
  /** A block is valid until the next one is asked for: its memory may be used again. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Offset of the first byte delivered. 0 = the whole file, whatever was asked for. */
  readonly start: number;
}

/** How a file on another machine is asked for. The headers hold secrets. */
export interface RemoteRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** No bytes for that long ends it; Infinity = never. */
  readonly idleMs: number;
}

/** The file did not come; what the server said instead. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** A file on another machine. */
export interface RemoteFile {
  /** How to ask for its bytes from an offset on. Throws Problem when it cannot be had. */
  request(from: number, signal: AbortSignal): Promise<RemoteRequest>;
  /** Resolves when it is worth asking once more, by a new request; otherwise throws Problem. */
  refused(refusal: Refusal, signal: AbortSignal): Promise<void>;
  /** The bytes began to come. */
  accepted(): void;
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

/** What becomes of a file that arrives exactly as Apple describes it. */
export interface Arrival {
  /** Relative to the library's root. */
  readonly path: string;
  readonly modifiedAtMs: number | undefined;
  /** Apple's. */
  readonly checksum: string;
  /** Small files that appear before it does: its sidecars. */
  readonly beside: readonly { readonly path: string; readonly text: string }[];
}

export interface Placement {
  /** Relative to the library's root, `/`-separated. */
  readonly path: string;
  /** Capture time, becomes the file's modification time. Undefined = leave it. */
  readonly modifiedAtMs: number | undefined;
  /** An older version whose place this takes; it goes to `_Trash` first if it has the same path, afterwards if not. */
  readonly replaces: TrashItem | undefined;
}

/** Why a file lies in the trash. `damaged`: its bytes had changed on this disk; it was kept aside and fetched anew. */
export type TrashedBecause = 'superseded' | 'gone-from-icloud' | 'damaged';

export interface TrashItem {
  readonly path: string;
  readonly because: TrashedBecause;
  readonly zone: string;
  readonly asset: string;
  readonly kind: RenditionKind;
  readonly checksum: string;
  readonly sha256: string;
}

/** A file in `_Trash` with the line that its manifest holds of it. */
export interface TrashedFile {
  /** Where it lies, relative to the library. */
  readonly path: string;
  /** Where it lay. */
  readonly from: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly because: TrashedBecause;
  readonly zone: string;
  readonly asset: string;
  readonly kind: RenditionKind;
  readonly checksum: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
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
   * As `receive`, from another machine, and off the main thread where that is faster. `vacant`: a path that has to be free;
   * if something lies there, nothing is fetched and the answer is `occupied`. With an `arrival`, a file whose checksum is the
   * expected one takes its name at once (`placed`), to be followed by `settle`; any other, and one beside whose name something
   * lies already, is left to the caller. Throws as `receive` and `place`, and what `file` throws.
   */
  fetch(
    key: string,
    expected: { readonly size: number; readonly vacant: string | undefined; readonly arrival: Arrival | undefined },
    file: RemoteFile,
    signal: AbortSignal,
  ): Promise<(Received & { readonly placed: boolean }) | 'occupied'>;
  /** Makes the names of placed files survive a power loss, for many at a time. */
  settle(paths: readonly string[]): Promise<void>;
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
  /** Moves a file to today's folder in `_Trash`, with a line in its manifest. Answers its path there; undefined when nothing lay at its path. */
  trash(item: TrashItem): Promise<string | undefined>;
  /**
   * Gives a stored file another path. False when nothing lies at `from`. Throws Problem `path-occupied` when something lies at `to`.
   */
  move(from: string, to: string): Promise<boolean>;
  /** What lies in the trash, day by day, oldest first. */
  trashed(): AsyncIterable<TrashedFile>;
  /** Moves a file out of the trash. Throws Problem `path-occupied`; false when it is no longer there. */
  restore(file: TrashedFile, to: string): Promise<boolean>;
  /** Removes for good what was trashed on a day before `day` (`2026-11-20`); undefined = everything. Files that the manifest does not name stay. */
  emptyTrash(beforeDay: string | undefined, signal: AbortSignal): Promise<{ readonly files: number; readonly bytes: number }>;
  /** Removes incoming files whose keys are not among those that `keep` answers: leftovers nobody will continue. */
  sweepIncoming(keep: (keys: readonly string[]) => ReadonlySet<string>): Promise<void>;
  /** Bytes that this program may still write to the library's volume, and the volume's size; undefined when it does not say. */
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined>;
}

/** Album folders: links into the trees. Only links that we made are ever taken away. */
export interface AlbumStore {
  /** A link follows its photo when another version takes its place. Otherwise it has to be made again. */
  readonly staysLinked: boolean;
  /** Makes sure the folder exists. */
  ensureFolder(path: string): Promise<void>;
  /** A link at `path` to `target` (both relative to the root). Returns false when a foreign file lies there. `isOurs`: what lies there is a link that we made. */
  link(path: string, target: string, isOurs?: boolean): Promise<boolean>;
  /** Takes a link away if it is one and, where that can be told, still leads to `target`. A file's only name is never taken away. */
  unlink(path: string, target: string): Promise<void>;
  /** Removes a folder if nothing is in it. False when something is, for instance a file of the owner. */
  dropFolder(path: string): Promise<boolean>;
}
