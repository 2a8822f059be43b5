import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { syncFolder } from './folders.ts';

/** Replaces a small file of our own so that a reader, or a power loss, sees the old or the new text and nothing between. */
export async function writeWhole(path: string, text: string, { durable }: { readonly durable: boolean }): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(text);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  if (durable) await syncFolder(posix.dirname(path));
}
