import { asProblem } from '../domain/problem.ts';
import type { Clock } from '../ports/clock.ts';
import type { FoundFiles, FoundStore, SeenFile } from '../ports/found-files.ts';

export interface ReadParts {
  readonly found: FoundFiles;
  readonly foundStore: FoundStore;
  readonly clock: Clock;
}

export interface ReadWish {
  /** `''` is the library. */
  readonly root: string;
  /** Below the root; `''` is all of it. */
  readonly folders: readonly string[];
  /** Whether a file is worth reading; by default every one that no item owns. */
  readonly wanted: (file: SeenFile) => boolean;
  readonly onProgress: (read: ReadSoFar) => void;
}

export interface ReadSoFar {
  readonly files: number;
  readonly bytes: number;
  readonly ofFiles: number;
  readonly ofBytes: number;
}

export interface TreeRead {
  /** Files that are worth reading, of all that were met. */
  readonly files: number;
  readonly met: number;
  /** Of these, read now; the others are remembered from a walk that broke off, or from the last one. */
  readonly read: number;
  readonly readBytes: number;
  /** Paths that could not be read, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** Enough to keep a disk array busy; more makes a single disk jump between files. */
const READERS = 3;

/**
 * Reads files and remembers what their bytes are. Every file is noted when it has been read, so a walk that breaks off is
 * continued by the next one; a file that cannot be read is named and stops nobody, a volume that went away stops all.
 */
export async function readFiles(parts: ReadParts, wish: ReadWish, signal: AbortSignal): Promise<TreeRead> {
  const { found, foundStore, clock } = parts;
  const startedMs = clock.now();
  const { met, files, bytes } = await measure(parts, wish, signal);
  const walk = walkAll(parts, wish, signal);
  const unreadable: { path: string; reason: string }[] = [];
  const soFar = { files: 0, bytes: 0, ofFiles: files, ofBytes: bytes };
  let [read, readBytes] = [0, 0];
  const reader = async () => {
    for (let next = await walk.next(); !next.done; next = await walk.next()) {
      const file = next.value;
      if (!found.recall(wish.root, file, startedMs)) {
        const digests = await digestOf(file);
        if (digests) {
          found.put({ ...file, ...digests, root: wish.root }, startedMs);
          read += 1;
          readBytes += digests.size;
        }
      }
      soFar.files += 1;
      soFar.bytes += file.size;
      wish.onProgress(soFar);
    }
  };
  const digestOf = async (file: SeenFile) => {
    try {
      return await foundStore.digest(wish.root, file.path, signal);
    } catch (error) {
      signal.throwIfAborted();
      const problem = asProblem(error);
      if (!['disk-error', 'library-not-writable'].includes(problem.code)) throw problem;
      unreadable.push({ path: file.path, reason: problem.message });
      return undefined;
    }
  };
  await together(Array.from({ length: READERS }, reader));
  found.forgetUnseen(wish.root, startedMs);
  return { met, files, read, readBytes, unreadable };
}

/** How much there is to read, so that progress can be told. */
async function measure(parts: ReadParts, wish: ReadWish, signal: AbortSignal): Promise<{ met: number; files: number; bytes: number }> {
  let [met, files, bytes] = [0, 0, 0];
  for (const folder of wish.folders)
    for await (const file of parts.foundStore.walk(wish.root, folder, signal)) {
      met += 1;
      if (!wish.wanted(file)) continue;
      files += 1;
      bytes += file.size;
    }
  return { met, files, bytes };
}

async function* walkAll({ foundStore }: ReadParts, { root, folders, wanted }: ReadWish, signal: AbortSignal): AsyncGenerator<SeenFile> {
  for (const folder of folders) for await (const file of foundStore.walk(root, folder, signal)) if (wanted(file)) yield file;
}

/** The first failure is the one to tell; nobody is left reading when it is told. */
async function together(workers: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
