import { open, unlink } from 'node:fs/promises';
import { JPEG_TREE } from '../../domain/jpeg-copy.ts';
import type { JpegCopyStore } from '../../ports/jpeg-copies.ts';
import { eachBlock, startHashing } from './checksum.ts';
import { onDisk } from './disk-problem.ts';
import { inside } from './inside.ts';
import { lookAt } from './look-at.ts';

/** Whatever the catalog says: outside of its tree nothing is ever removed, and no file with other bytes. */
export function createJpegCopyStore(root: string): JpegCopyStore {
  return {
    remove: ({ path, size, sha256 }, signal) =>
      onDisk(root, `remove ${path}`, async () => {
        if (!path.startsWith(`${JPEG_TREE}/`)) throw new TypeError(`Not a copy: ${path}`);
        const at = inside(root, path);
        const there = await lookAt(at);
        if (there === undefined) return true;
        if (!there.isFile() || there.size !== size || (await hashOf(at, size, signal)) !== sha256) return false;
        await unlink(at);
        return true;
      }),
  };
}

async function hashOf(at: string, size: number, signal: AbortSignal): Promise<string> {
  const file = await open(at, 'r');
  try {
    const hashing = startHashing();
    await eachBlock(file, size, (block) => hashing.add(block), signal);
    return hashing.finish().sha256;
  } finally {
    await file.close();
  }
}
