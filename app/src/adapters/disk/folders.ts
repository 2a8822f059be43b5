import { mkdir, open, stat } from 'node:fs/promises';
import { Problem } from '../../domain/problem.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { folderOf } from './inside.ts';

/** The folders of a library: made when needed, remembered once seen, made durable together. */
export interface Folders {
  /** Makes sure a folder (relative; `.` = the library) exists and survives a power loss. Never makes the library itself. */
  ensure(folder: string): Promise<void>;
  /** Makes new names in a folder survive a power loss. */
  sync(folder: string): Promise<void>;
  /** Somebody took a folder away: look again from now on. */
  forget(): void;
}

export function createFolders(root: string, fsync: boolean): Folders {
  const known = new Map<string, Promise<void>>();
  const pathOf = (folder: string) => (folder === '.' ? root : `${root}/${folder}`);
  const sync = fsync ? together((folder) => onDisk(root, `make ${folder} durable`, () => syncFolder(pathOf(folder)))) : async () => {};

  async function make(folder: string): Promise<void> {
    const parent = folderOf(folder);
    if (parent !== '.') await remembered(parent);
    try {
      await mkdir(pathOf(folder));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      if ((await stat(pathOf(folder))).isDirectory()) return;
      throw new Problem('path-occupied', `A file called ${folder} lies where a folder is needed`, { cause: error });
    }
    await sync(parent);
  }

  function remembered(folder: string): Promise<void> {
    const before = known.get(folder);
    if (before !== undefined) return before;
    // The promise is remembered, not the fact: whoever comes second waits until the folder is durable.
    const making = make(folder);
    known.set(folder, making);
    making.catch(() => known.delete(folder));
    return making;
  }

  return {
    sync,
    forget: () => known.clear(),
    async ensure(folder) {
      if (folder === '.') return;
      await onDisk(root, `make the folder ${folder}`, async () => {
        try {
          await remembered(folder);
        } catch (error) {
          if (errnoOf(error) !== 'ENOENT') throw error;
          known.clear();
          await remembered(folder);
        }
      });
    },
  };
}

/** Some file systems have nothing to flush in a folder and say so with an error; that is no failure. */
const NOTHING_TO_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF']);

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!NOTHING_TO_SYNC.has(errnoOf(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

/** Group commit: whoever asks while a flush is under way shares the next one, since the running one may have missed its name. */
function together(flush: (folder: string) => Promise<void>): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  function begin(folder: string): Promise<void> {
    const run = flush(folder).finally(() => {
      if (running.get(folder) === run) running.delete(folder);
    });
    running.set(folder, run);
    return run;
  }
  return (folder) => {
    const current = running.get(folder);
    if (current === undefined) return begin(folder);
    const shared = waiting.get(folder);
    if (shared !== undefined) return shared;
    const next = current
      .catch(() => {})
      .then(() => {
        waiting.delete(folder);
        return begin(folder);
      });
    waiting.set(folder, next);
    return next;
  };
}
