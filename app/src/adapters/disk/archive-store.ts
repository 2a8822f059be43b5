import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, rename, rmdir, unlink, utimes } from 'node:fs/promises';
import { z } from 'zod';
import { ARCHIVE_MARKER, type ArchiveMarker } from '../../domain/archive-marker.ts';
import { Problem } from '../../domain/problem.ts';
import type { ArchiveStore, CopiedOver } from '../../ports/archive-store.ts';
import { copyProven, digestOf } from './copy-proven.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { createFolders } from './folders.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';
import { writeWhole } from './write-whole.ts';

export interface ArchiveStoreOptions {
  /** The library; absolute. */
  readonly root: string;
  /** Absolute, on the same volume. */
  readonly incomingDir: string;
  readonly fsync?: boolean;
}

const Marker = z.object({
  schema: z.literal(1),
  album: z.string(),
  name: z.string(),
  archivedAt: z.string(),
  files: z.array(
    z.object({
      name: z.string(),
      zone: z.string(),
      asset: z.string(),
      kind: z.string(),
      size: z.number(),
      checksum: z.string(),
      sha256: z.string(),
      proof: z.enum(['apple', 'unverifiable', 'unconfirmed']),
    }),
  ),
});

/** Where no archived folder is looked for: our own trees hold files by the million. */
const NOT_LOOKED_INTO = new Set([
  '_All-Photos',
  '_Shared-Photos',
  '_Hidden',
  '_JPEG',
  '_Trash',
  '.photos-sync',
  '@eaDir',
  '#recycle',
  'lost+found',
]);
const MOST_LEVELS = 60;

/** Archived albums: real files of their own, known by the marker in their folder. */
export function createArchiveStore({ root, incomingDir, fsync = true }: ArchiveStoreOptions): ArchiveStore {
  const folders = createFolders(root, fsync);
  const cloning = { works: true };
  const disk = <T>(doing: string, work: () => Promise<T>) => onDisk(root, doing, work);

  async function copyOver(from: string, to: string, sha256: string, signal: AbortSignal): Promise<CopiedOver> {
    const [source, target] = [inside(root, from), inside(root, to)];
    const there = await lookAt(target);
    const original = await lstat(source);
    // A hard link would be the same file under another name: an edit in the archive would reach the library.
    const isSameFile = there?.isFile() === true && there.ino === original.ino && there.dev === original.dev;
    if (there?.isFile() && !isSameFile) {
      if (there.size === original.size && (await digestOf(target, signal)).sha256 === sha256) return 'there';
      throw occupied(to, 'a file of your own lies there');
    }
    if (there && !there.isSymbolicLink() && !isSameFile) throw occupied(to, 'something lies there that is not a file');
    const part = `${incomingDir}/archived-${createHash('sha256').update(to).digest('hex').slice(0, 24)}.part`;
    try {
      const got = await copyProven(source, part, cloning, fsync, signal);
      if (got.sha256 !== sha256) throw new Problem('content-mismatch', `${from} does not hold the bytes that were stored.`);
      await utimes(part, original.atime, original.mtime).catch(() => {}); // a volume that keeps no dates keeps the photo
      await patientRename(part, target); // the link, or the other name, gives way to the file in one step
    } catch (error) {
      await unlink(part).catch(() => {});
      throw error;
    }
    await folders.sync(folderOf(to));
    return 'copied';
  }

  async function markerOf(folder: string): Promise<ArchiveMarker | undefined> {
    try {
      const parsed = Marker.safeParse(JSON.parse(await readFile(`${inside(root, folder)}/${ARCHIVE_MARKER}`, 'utf8')));
      return parsed.success ? (parsed.data as ArchiveMarker) : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  async function* find(folder: string, level: number, signal: AbortSignal): AsyncGenerator<{ path: string; marker: ArchiveMarker }> {
    for (const entry of await readdir(folder === '' ? root : inside(root, folder), { withFileTypes: true })) {
      signal.throwIfAborted();
      if (!entry.isDirectory() || (folder === '' && NOT_LOOKED_INTO.has(entry.name))) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const marker = await markerOf(path);
      if (marker) yield { path, marker };
      else if (level < MOST_LEVELS) yield* find(path, level + 1, signal);
    }
  }

  /** Two names of one folder differ only in case on some volumes: then the new one is not occupied. */
  async function isFree(path: string, except?: string): Promise<boolean> {
    const there = await lookAt(inside(root, path));
    if (there === undefined) return true;
    const own = except === undefined ? undefined : await lookAt(inside(root, except));
    return own?.ino === there.ino && own.dev === there.dev;
  }

  return {
    ensureFolder: async (path) => {
      folders.forget();
      await folders.ensure(path);
    },
    copyOver: (from, to, sha256, signal) => disk(`archive ${to}`, () => copyOver(from, to, sha256, signal)),
    readBack: (path, signal) =>
      disk(`read ${path}`, async () => {
        const there = await lookAt(inside(root, path));
        return there?.isFile() ? digestOf(inside(root, path), signal) : undefined;
      }),
    mark: (folder, marker) =>
      disk(`mark ${folder}`, () =>
        writeWhole(`${inside(root, folder)}/${ARCHIVE_MARKER}`, `${JSON.stringify(marker, undefined, 1)}\n`, { durable: true }),
      ),
    unmark: (folder) => disk(`unmark ${folder}`, () => unlink(`${inside(root, folder)}/${ARCHIVE_MARKER}`).catch(unlessMissing)),
    markerOf: (folder) => disk(`look into ${folder}`, () => markerOf(folder)),
    findMarked: (signal) => find('', 0, signal),
    isFolder: (path) => disk(`look at ${path}`, async () => (await lookAt(inside(root, path)))?.isDirectory() === true),
    isFree: (path) => disk(`look at ${path}`, () => isFree(path)),
    moveFolder: (from, to) =>
      disk(`move ${from} to ${to}`, async () => {
        if (!(await lookAt(inside(root, from)))?.isDirectory()) return false;
        if (!(await isFree(to, from))) throw occupied(to, 'something lies there');
        folders.forget();
        await folders.ensure(folderOf(to));
        await rename(inside(root, from), inside(root, to));
        await folders.sync(folderOf(to));
        await folders.sync(folderOf(from));
        return true;
      }),
    dropFolder: (path) =>
      disk(`remove the folder ${path}`, () =>
        rmdir(inside(root, path)).catch((error: unknown) => {
          if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
        }),
      ),
    moveFile: (from, to) =>
      disk(`move ${from} to ${to}`, async () => {
        if (!(await lookAt(inside(root, from)))?.isFile()) return false;
        if (!(await isFree(to))) throw occupied(to, 'something lies there');
        await folders.ensure(folderOf(to));
        await patientRename(inside(root, from), inside(root, to));
        await folders.sync(folderOf(to));
        return true;
      }),
    dropTwin: (path, twin, signal) =>
      disk(`take ${path} back`, async () => {
        const [one, other] = [await digestOf(inside(root, path), signal), await digestOf(inside(root, twin), signal)];
        if (one.sha256 !== other.sha256) throw new Problem('content-mismatch', `${path} and ${twin} are not the same.`);
        await unlink(inside(root, path));
      }),
    filesIn: (folder) =>
      disk(`read the folder ${folder}`, async () =>
        (await readdir(inside(root, folder), { withFileTypes: true }))
          .filter((entry) => entry.isFile() && entry.name !== ARCHIVE_MARKER && !entry.name.startsWith('.'))
          .map(({ name }) => name)
          .sort(),
      ),
  };
}

function unlessMissing(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error;
}

function occupied(path: string, why: string): Problem {
  return new Problem('path-occupied', `${path}: ${why}.`, { context: { path } });
}
