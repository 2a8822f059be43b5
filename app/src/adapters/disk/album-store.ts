import { readlink, rmdir, symlink, unlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import type { AlbumStore } from '../../ports/library-store.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { createFolders } from './folders.ts';
import { checkRelative, folderOf, inside } from './inside.ts';

/** FAT, exFAT and most SMB shares know no links and say so in several ways (neighbours.md §2.1). */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EIO']);
const NO_LINK_THERE = new Set(['EINVAL', 'ENOENT', 'ENOTDIR']);

/**
 * Albums as folders of relative links, so that a library can be mounted anywhere. Links are not made durable one by one:
 * one that a power loss takes costs nobody a photo and is made again.
 */
export function createAlbumStore({ root, fsync = true }: { readonly root: string; readonly fsync?: boolean }): AlbumStore {
  const folders = createFolders(root, fsync);

  /** Looks every time: people do delete album folders, so what was seen before proves nothing. */
  async function ensureFolder(path: string): Promise<void> {
    checkRelative(path);
    folders.forget();
    await folders.ensure(path);
  }

  async function link(path: string, target: string): Promise<boolean> {
    checkRelative(target);
    const at = inside(root, path);
    const text = posix.relative(folderOf(path), target);
    try {
      await symlink(text, at);
      return true;
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (errno === 'EEXIST') return (await targetOf(path, at)) === target;
      if (NO_LINKS.has(errno))
        throw new Problem('disk-error', `Could not make the link ${path}: this volume takes no links`, { cause: error });
      if (errno !== 'ENOENT' || folderOf(path) === '.') throw error;
    }
    await ensureFolder(folderOf(path));
    await symlink(text, at);
    return true;
  }

  return {
    ensureFolder,
    link: (path, target) => onDisk(root, `make the link ${path}`, () => link(path, target)),
    unlink: (path, target) =>
      onDisk(root, `remove the link ${path}`, async () => {
        checkRelative(target);
        const at = inside(root, path);
        if ((await targetOf(path, at)) === target) await unlink(at);
      }),
    dropFolder: (path) =>
      onDisk(root, `remove the folder ${path}`, async () => {
        try {
          await rmdir(inside(root, path));
        } catch (error) {
          const errno = errnoOf(error) ?? '';
          if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errno)) return false;
          if (errno !== 'ENOENT') throw error;
        }
        return true;
      }),
  };
}

/** Where a link leads, relative to the library; undefined when there is no link or it leads out of the library. */
async function targetOf(path: string, at: string): Promise<string | undefined> {
  try {
    const text = await readlink(at);
    return posix.isAbsolute(text) ? undefined : posix.join(folderOf(path), text);
  } catch (error) {
    if (NO_LINK_THERE.has(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}
