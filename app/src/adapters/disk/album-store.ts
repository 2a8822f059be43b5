import { link as hardLink, readlink, rmdir, symlink, unlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import type { AlbumStore } from '../../ports/library-store.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { createFolders } from './folders.ts';
import { checkRelative, folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';

/** FAT, exFAT and most SMB shares know no links and say so in several ways (neighbours.md §2.1). */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EIO']);
const NO_LINK_THERE = new Set(['EINVAL', 'ENOENT', 'ENOTDIR']);

export interface AlbumStoreOptions {
  readonly root: string;
  readonly links?: 'symlink' | 'hardlink';
  readonly fsync?: boolean;
}

/**
 * Albums as folders of relative links, so that a library can be mounted anywhere, or of second names. Links are not made durable one by one:
 * one that a power loss takes costs nobody a photo and is made again.
 */
export function createAlbumStore({ root, links = 'symlink', fsync = true }: AlbumStoreOptions): AlbumStore {
  const folders = createFolders(root, fsync);

  /** Looks every time: people do delete album folders, so what was seen before proves nothing. */
  async function ensureFolder(path: string): Promise<void> {
    checkRelative(path);
    folders.forget();
    await folders.ensure(path);
  }

  async function link(path: string, target: string, isOurs = false): Promise<boolean> {
    checkRelative(target);
    const at = inside(root, path);
    if (isOurs) {
      if (await isLinkedTo(path, at, target, links)) return true;
      // Of the other kind, or to the version that lay at the target before.
      await takeAway(path, at, target);
    }
    const make = () => (links === 'symlink' ? symlink(posix.relative(folderOf(path), target), at) : hardLink(inside(root, target), at));
    try {
      await make();
      return true;
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (errno === 'EEXIST') return isLinkedTo(path, at, target, links);
      if (NO_LINKS.has(errno))
        throw new Problem('disk-error', `Could not make the link ${path}: this volume takes no links`, { cause: error });
      if (errno !== 'ENOENT' || folderOf(path) === '.') throw error;
    }
    await ensureFolder(folderOf(path));
    await make();
    return true;
  }

  async function isLinkedTo(path: string, at: string, target: string, kind: 'symlink' | 'hardlink'): Promise<boolean> {
    if (kind === 'symlink') return (await targetOf(path, at)) === target;
    const [link, file] = [await lookAt(at), await lookAt(inside(root, target))];
    return link?.isFile() === true && link.ino === file?.ino && link.dev === file.dev;
  }

  /** A symbolic link only where it leads to the target; a file only where its bytes have another name, so that nothing is lost. */
  async function takeAway(path: string, at: string, target: string): Promise<void> {
    const there = await lookAt(at);
    if (there?.isSymbolicLink() ? (await targetOf(path, at)) === target : there?.isFile() === true && there.nlink > 1) await unlink(at);
  }

  return {
    staysLinked: links === 'symlink',
    ensureFolder,
    link: (path, target, isOurs) => onDisk(root, `make the link ${path}`, () => link(path, target, isOurs)),
    unlink: (path, target) =>
      onDisk(root, `remove the link ${path}`, async () => {
        checkRelative(target);
        await takeAway(path, inside(root, path), target);
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
