import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, open } from 'node:fs/promises';
import { BLOCK_BYTES, type Digests, eachBlock, startHashing } from './checksum.ts';
import { errnoOf } from './disk-problem.ts';

/** What a volume says that cannot give a file a second name, or clone its blocks. */
export const OTHER_WAY: ReadonlySet<string> = new Set([
  'EXDEV',
  'EPERM',
  'EMLINK',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'ENOTTY',
  'EACCES',
]);

/** Reads a file whole; a link is not followed. */
export async function digestOf(path: string, signal: AbortSignal): Promise<Digests> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hashing = startHashing();
    await eachBlock(file, (await file.stat()).size, (block) => hashing.add(block), signal);
    return hashing.finish();
  } finally {
    await file.close();
  }
}

/** Clones blocks where the volume can (and then reads them), else copies; answers what the copy holds. */
export async function copyProven(
  from: string,
  to: string,
  cloning: { works: boolean },
  fsync: boolean,
  signal: AbortSignal,
): Promise<Digests> {
  if (cloning.works && (await clone(from, to, fsync))) return digestOf(to, signal);
  cloning.works = false;
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const target = await open(to, 'w', 0o644); // may hold what a copy that was cut short left
    try {
      return await pour(source, target, fsync, signal);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function clone(from: string, to: string, fsync: boolean): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    await chmod(to, 0o644 & ~process.umask());
    if (fsync) await makeDurable(to);
    return true;
  } catch (error) {
    if (!OTHER_WAY.has(errnoOf(error) ?? '')) throw error;
    return false;
  }
}

async function makeDurable(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Hashes the very memory that is written. */
async function pour(source: FileHandle, target: FileHandle, fsync: boolean, signal: AbortSignal): Promise<Digests> {
  const hashing = startHashing();
  // A mebibyte for each of a hundred thousand small files kept the garbage collector busy for a third of the time (2026-11).
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, (await source.stat()).size + 1));
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(block, 0, block.length, position);
    if (bytesRead === 0) break;
    hashing.add(block.subarray(0, bytesRead));
    for (let done = 0; done < bytesRead; ) {
      const { bytesWritten } = await target.write(block, done, bytesRead - done, position + done);
      done += bytesWritten;
    }
    position += bytesRead;
  }
  if (fsync) await target.datasync();
  return hashing.finish();
}
