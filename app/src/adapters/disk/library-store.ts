import { lstat, open, rename, statfs } from 'node:fs/promises';
import { fold } from '../../domain/fold.ts';
import { Problem } from '../../domain/problem.ts';
import type { LibraryStore, Placement, Received } from '../../ports/library-store.ts';
import { BLOCK_BYTES, eachBlock, startHashing } from './checksum.ts';
import { moveCompanions } from './companions.ts';
import { type DiskCalls, waitingCalls } from './disk-calls.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { dateStays, setFileTime } from './file-time.ts';
import { createFolders } from './folders.ts';
import { createIncoming } from './incoming.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';
import type { TransferThreads } from './transfer-threads.ts';
import { createBin } from './trash.ts';
import { emptyTrash, trashedFiles } from './trash-contents.ts';

export interface LibraryStoreOptions {
  /** Absolute; must exist (openLibrary has looked at it). */
  readonly root: string;
  /** Absolute, on the same volume: a rename from here into the library must be possible. */
  readonly incomingDir: string;
  /** Epoch ms; names the folder in `_Trash`. */
  readonly now?: () => number;
  /** Only measurements switch it off. */
  readonly fsync?: boolean;
  /** Smallest difference between two times that this volume can keep (probeVolume). */
  readonly timeStepMs?: number;
  /** How files are reached; by Node's thread pool unless given. */
  readonly calls?: DiskCalls;
  /** `settle` is called for what was placed: until then its name need not survive a power loss. */
  readonly settlesLater?: boolean;
  /** Needed for `fetch`. */
  readonly threads?: TransferThreads;
}

/** The library on a real disk: docs/library-layout.md describes what it leaves there. */
export function createLibraryStore(options: LibraryStoreOptions): LibraryStore {
  const { root, incomingDir, now = Date.now, fsync = true, timeStepMs = 1, settlesLater = false, threads, calls = waitingCalls } = options;
  const folders = createFolders(root, fsync);
  const incoming = createIncoming({ root, folder: incomingDir, fsync, calls });
  const bin = createBin({ root, now, fsync, folders });
  const placing = new Set<string>();

  /** Between looking at the target and the rename no second item may come to the same name, whatever its spelling. */
  async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
    const slot = fold(path);
    if (placing.has(slot)) throw occupied(path, 'another photo is being stored there right now');
    placing.add(slot);
    try {
      return await work();
    } finally {
      placing.delete(slot);
    }
  }

  async function place(received: Received, placement: Placement): Promise<void> {
    const { path } = placement;
    const target = inside(root, path);
    await alone(path, () => onDisk(root, `store ${path}`, () => putInPlace(incoming.pathOf(received.key), target, placement)));
  }

  async function putInPlace(part: string, target: string, { path, modifiedAtMs, replaces }: Placement): Promise<void> {
    // The bytes are durable already; the date becomes so with the folder, whose fsync commits the same journal.
    await setFileTime(part, modifiedAtMs, now(), calls);
    await folders.ensure(folderOf(path));
    const there = await lookAt(target, calls);
    const samePath = replaces?.path === path;
    if (there !== undefined && !(samePath && there.isFile()))
      throw occupied(path, there.isFile() ? 'a file that we did not store lies there' : 'something lies there that is not a file');
    const old = there !== undefined && replaces ? { item: replaces, to: await bin.take(replaces, 'stay') } : undefined;
    let moved = false;
    try {
      await moveIn(part, target, path);
      moved = true;
      if (!settlesLater) await folders.sync(folderOf(path));
      if (replaces && !samePath) await bin.take(replaces);
    } catch (error) {
      // All or nothing. Should the way back be barred too, nothing is lost: the manifest says where the old version lies.
      if (moved) await rename(target, part).catch(() => {});
      if (old?.to !== undefined) await bin.putBack(old.item, old.to).catch(() => {});
      throw error;
    }
  }

  async function moveIn(part: string, target: string, path: string): Promise<void> {
    try {
      await patientRename(part, target, calls);
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(errno)) throw occupied(path, 'something lies there that is not a file', error);
      if (errno !== 'ENOENT' || (await lookAt(part)) === undefined) throw error;
      folders.forget(); // somebody took the folder away since we last looked
      await folders.ensure(folderOf(path));
      await patientRename(part, target);
    }
  }

  /** The new name is looked at and taken while nobody else places there; rename alone would overwrite. */
  async function move(from: string, to: string): Promise<boolean> {
    if (!(await lookAt(inside(root, from)))?.isFile()) return false;
    return alone(to, async () => {
      if ((await lookAt(inside(root, to))) !== undefined) throw occupied(to, 'something lies there');
      await folders.ensure(folderOf(to));
      await moveCompanions(inside(root, from), inside(root, to));
      await patientRename(inside(root, from), inside(root, to));
      await folders.sync(folderOf(to));
      await folders.sync(folderOf(from));
      return true;
    });
  }

  return {
    receive: incoming.receive,
    async fetch(key, expected, file, signal) {
      if (threads === undefined) throw new TypeError('This store was opened without threads to fetch with.');
      const fetching = () => threads.fetch(key, expected, file, signal);
      return expected.arrival ? alone(expected.arrival.path, fetching) : fetching();
    },
    async settle(paths) {
      await Promise.all([...new Set(paths.map(folderOf))].map((folder) => folders.sync(folder)));
    },
    discard: incoming.discard,
    sweepIncoming: incoming.sweep,
    async space() {
      const { bavail, blocks, bsize } = await onDisk(root, 'look at the volume', () => statfs(root));
      return blocks > 0 ? { freeBytes: bavail * bsize, totalBytes: blocks * bsize } : undefined;
    },
    place,
    async sizeOf(path) {
      const there = await onDisk(root, `look at ${path}`, () => lookAt(inside(root, path), calls));
      return there?.isFile() ? there.size : there && 'other';
    },
    inspect: (path, signal) =>
      onDisk(root, `read ${path}`, async () => {
        const file = await open(inside(root, path), 'r');
        try {
          const hashing = startHashing();
          await eachBlock(file, (await file.stat()).size, (block) => hashing.add(block), signal);
          return hashing.finish();
        } finally {
          await file.close();
        }
      }),
    setTime: (path, modifiedAtMs) =>
      onDisk(root, `set the date of ${path}`, async () => {
        const at = inside(root, path);
        if (!dateStays((await lstat(at)).mtimeMs, modifiedAtMs, timeStepMs)) await setFileTime(at, modifiedAtMs, now());
      }),
    async read(path) {
      const at = inside(root, path);
      return { start: 0, bytes: blocksOf(root, at, path) };
    },
    trash: (item) => bin.take(item),
    move: (from, to) => onDisk(root, `move ${from} to ${to}`, () => move(from, to)),
    trashed: () => trashedFiles(root),
    async restore(file, to) {
      if ((await onDisk(root, `look at ${to}`, () => lookAt(inside(root, to)))) !== undefined) throw occupied(to, 'something lies there');
      return bin.putBack({ ...file, path: to }, file.path);
    },
    emptyTrash: (beforeDay, signal) => emptyTrash(root, beforeDay, signal),
  };
}

async function* blocksOf(root: string, at: string, path: string): AsyncGenerator<Uint8Array> {
  const file = await onDisk(root, `read ${path}`, () => open(at, 'r'));
  try {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let position = 0; ; ) {
      const { bytesRead } = await onDisk(root, `read ${path}`, () => file.read(buffer, 0, buffer.length, position));
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function occupied(path: string, why: string, cause?: unknown): Problem {
  return new Problem('path-occupied', `Could not store ${path}: ${why}`, { cause, context: { path } });
}
