import { readdir } from 'node:fs/promises';
import type { FolderEntry, LibraryLook } from '../../ports/library-look.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { inside } from './inside.ts';
import { lookAt } from './look-at.ts';

/** The library as it lies on the disk, for verify. */
export function createLibraryLook(root: string): LibraryLook {
  return {
    at: (path) =>
      onDisk(root, `look at ${path}`, async () => {
        const there = await lookAt(inside(root, path));
        if (there === undefined) return undefined;
        return there.isFile() ? { is: 'file', size: there.size, modifiedAtMs: there.mtimeMs } : { is: 'other' };
      }),
    folder: (path) =>
      onDisk(root, `look into ${path}`, async () => {
        const entries = await readdir(inside(root, path), { withFileTypes: true }).catch((error: unknown) => {
          if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
          throw error;
        });
        return entries.map(
          (entry): FolderEntry => ({ name: entry.name, is: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other' }),
        );
      }),
  };
}
