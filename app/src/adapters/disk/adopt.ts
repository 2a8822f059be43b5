import { createHash } from 'node:crypto';
import { link, readdir, realpath, stat, unlink } from 'node:fs/promises';
import { RESERVED_FOLDERS } from '../../domain/library-path.ts';
import { Problem } from '../../domain/problem.ts';
import type { FileStamp, FoundFile, FoundStore, TakeHow } from '../../ports/found-files.ts';
import { copyProven, digestOf, OTHER_WAY } from './copy-proven.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { setFileTime } from './file-time.ts';
import { createFolders } from './folders.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';
import { walkTree } from './tree-walk.ts';

export interface FoundStoreOptions {
  /** The library; absolute. */
  readonly root: string;
  /** Absolute, on the same volume as the library. */
  readonly incomingDir: string;
  readonly now?: () => number;
  readonly fsync?: boolean;
}

/** Files that are on a disk already, brought into the library: renamed, linked or copied, never changed. */
export function createFoundStore({ root, incomingDir, now = Date.now, fsync = true }: FoundStoreOptions): FoundStore {
  const folders = createFolders(root, fsync);
  /** A volume that refused to clone once does so every time: asking again for each of a million files costs. */
  const cloning = { works: true };
  const absolute = (from: string, path: string) => (from === '' ? inside(root, path) : `${from}/${path}`);
  const name = (file: { root: string; path: string }) => absolute(file.root, file.path);

  async function stampOf(from: string, path: string): Promise<FileStamp | undefined> {
    const stats = await lookAt(absolute(from, path));
    return stats?.isFile() ? { size: stats.size, modifiedMs: Math.trunc(stats.mtimeMs), changedMs: Math.trunc(stats.ctimeMs) } : undefined;
  }

  async function makeRoom(path: string): Promise<string> {
    await folders.ensure(folderOf(path));
    const target = inside(root, path);
    if ((await lookAt(target)) !== undefined)
      throw new Problem('path-occupied', `Could not store ${path}: something lies there already`, { context: { path } });
    return target;
  }

  /** A complete copy in the incoming folder, proven by its own bytes; then the real name, as with a download. */
  async function copy(file: FoundFile, path: string, modifiedAtMs: number | undefined, signal: AbortSignal): Promise<void> {
    const part = `${incomingDir}/taken-${createHash('sha256').update(path).digest('hex').slice(0, 24)}.part`;
    try {
      const got = await copyProven(name(file), part, cloning, fsync, signal);
      if (got.size !== file.size || got.sha256 !== file.sha256)
        throw new Problem('content-mismatch', `${file.path} changed while it was copied.`);
      await setFileTime(part, modifiedAtMs, now());
      await patientRename(part, await makeRoom(path));
    } catch (error) {
      await unlink(part).catch(() => {}); // a copy: the source is untouched
      throw error;
    }
    await folders.sync(folderOf(path));
  }

  async function linkTo(file: FoundFile, path: string): Promise<boolean> {
    try {
      await link(name(file), await makeRoom(path));
    } catch (error) {
      if (OTHER_WAY.has(errnoOf(error) ?? '')) return false;
      throw error;
    }
    await folders.sync(folderOf(path));
    return true;
  }

  async function rename(from: string, path: string, modifiedAtMs: number | undefined): Promise<boolean> {
    const target = await makeRoom(path);
    try {
      await patientRename(from, target);
    } catch (error) {
      if (errnoOf(error) === 'EXDEV') return false;
      throw error;
    }
    await setFileTime(target, modifiedAtMs, now());
    await folders.sync(folderOf(path));
    return true;
  }

  async function moveIn(file: FoundFile, path: string, modifiedAtMs: number | undefined, signal: AbortSignal): Promise<TakeHow> {
    if (await rename(name(file), path, modifiedAtMs)) return 'move';
    await copy(file, path, modifiedAtMs, signal);
    // The one place where a source goes away: not before the copy was read again from where it lies.
    const stored = await digestOf(inside(root, path), signal);
    if (stored.sha256 !== file.sha256) throw new Problem('content-mismatch', `${path} does not read back as it was written.`);
    await unlink(name(file));
    return 'move';
  }

  return {
    openSource: (folder) => openSource(root, folder),
    async *walk(from, folder, signal) {
      try {
        yield* walkTree(from === '' ? root : from, folder, signal);
      } catch (error) {
        await onDisk(root, `read the folder ${folder || from}`, () => Promise.reject(error));
      }
    },
    look: (from, path) => onDisk(root, `look at ${path}`, () => stampOf(from, path)),
    digest: (from, path, signal) => onDisk(root, `read ${path}`, () => digestOf(absolute(from, path), signal)),
    take: (file, { path, modifiedAtMs }, how, signal) =>
      onDisk(root, `store ${path}`, async () => {
        if (how === 'move') return moveIn(file, path, modifiedAtMs, signal);
        // A linked file shares its date with the source: it keeps the one it has.
        if (how === 'link' && (await linkTo(file, path))) return 'link';
        await copy(file, path, modifiedAtMs, signal);
        return 'copy';
      }),
  };
}

/** Ours to read, and nothing of the library itself: importing a tree into itself could only go wrong. */
async function openSource(root: string, folder: string): Promise<{ root: string; names: readonly string[] }> {
  const there = await realpath(folder).catch(() => undefined);
  if (there === undefined || !(await stat(there)).isDirectory())
    throw new Problem('settings-invalid', `There is no folder ${folder} here.`);
  const library = await realpath(root);
  const within = there.startsWith(`${library}/`) ? there.slice(library.length + 1).split('/')[0] : undefined;
  if (there === library || library.startsWith(`${there}/`) || (within !== undefined && RESERVED_FOLDERS.includes(within)))
    throw new Problem('settings-invalid', `${folder} is or holds the library itself. Name the folder of the other program.`);
  const names = await onDisk(root, `read the folder ${folder}`, () => readdir(there));
  return { root: there, names };
}
