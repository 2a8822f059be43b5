import { constants } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import type { MediaStore } from '../../ports/media.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { inside } from './inside.ts';

const BLOCK_BYTES = 128 * 1024;

/** Reads what lies in the library, and follows no link out of it. */
export function createMediaStore({ root }: { readonly root: string }): MediaStore {
  return {
    async open(path) {
      const file = await onDisk(root, `read ${path}`, () => openFile(inside(root, path)));
      if (file === undefined) return undefined;
      const stat = await file.stat();
      if (!stat.isFile()) {
        await file.close();
        return undefined;
      }
      return { size: stat.size, bytes: (start, end) => blocksOf(file, start, end), close: () => file.close() };
    },
    async space() {
      const { bsize, bavail, blocks } = await onDisk(root, 'look at the volume', () => statfs(root));
      return { free: bavail * bsize, total: blocks * bsize };
    },
  };
}

async function openFile(at: string): Promise<FileHandle | undefined> {
  try {
    return await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

async function* blocksOf(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  try {
    for (let position = start; position <= end; ) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, end - position + 1));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
