import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { unlink } from 'node:fs/promises';
import type { DiskCalls } from './disk-calls.ts';
import { createFolders } from './folders.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';
import { writeAll } from './write-all.ts';

export interface WholeFileOptions {
  readonly root: string;
  /** Absolute, on the same volume. */
  readonly incomingDir: string;
  readonly fsync: boolean;
  readonly calls: DiskCalls;
}

/** Small files of ours in the library, whole or not at all. Paths are relative to the library. */
export interface WholeFiles {
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Only where nothing lies yet. */
  writeNew(path: string, bytes: Uint8Array): Promise<'written' | 'there'>;
}

export function createWholeFiles({ root, incomingDir, fsync, calls }: WholeFileOptions): WholeFiles {
  // The photo's own rename flushes the folder a moment later.
  const folders = createFolders(root, fsync);

  async function write(path: string, bytes: Uint8Array): Promise<void> {
    await folders.ensure(folderOf(path));
    // Named like an incoming file it is swept after a crash; beside the photo it would stay for ever.
    const temporary = `${incomingDir}/sidecar-${randomBytes(6).toString('hex')}.part`;
    try {
      const file = await calls.open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
      try {
        await writeAll(file, bytes, 0);
        if (fsync) await file.datasync();
      } finally {
        await file.close();
      }
      await patientRename(temporary, inside(root, path), calls);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }

  return {
    write,
    async writeNew(path, bytes) {
      if ((await lookAt(inside(root, path), calls)) !== undefined) return 'there';
      await write(path, bytes);
      return 'written';
    },
  };
}
