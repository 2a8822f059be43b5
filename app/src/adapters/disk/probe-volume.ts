import { chmod, link, mkdtemp, readdir, readlink, stat, statfs, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { remove } from 'fs-extra/esm';
import type { VolumeTraits } from '../../domain/volume.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';

const LEFTOVER = /^probe-[0-9A-Za-z]{6}$/;
const LEFTOVER_AGE_MS = 3_600_000;

/** neighbours.md §2.1. Any FUSE answers as one kind, so exFAT and NTFS by FUSE cannot be told apart. */
export const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  801189825: 'zfs',
  19780: 'FAT',
  538032816: 'exFAT',
  1936094318: 'NTFS',
  1702057286: 'FUSE',
  4266872130: 'SMB',
  20859: 'SMB',
  4283649346: 'SMB',
  26985: 'NFS',
  61791: 'eCryptfs',
};
/** A huge file on a share may really be sent there. */
const FAR_AWAY = new Set(['SMB', 'NFS']);
const LARGE_BYTES = 5 * 1024 ** 3;

/**
 * Finds out what a volume can do by trying, in a folder of our own that is gone afterwards. Judged by reading back, never
 * by the answer alone: five of these lie with success on some file system (neighbours.md §2.3).
 */
export async function probeVolume(root: string, now: () => number = Date.now): Promise<VolumeTraits> {
  const own = `${root}/${OWN_FOLDER}`;
  return onDisk(root, 'try out what the volume can do', async () => {
    await sweep(own, now());
    const folder = await mkdtemp(`${own}/probe-`);
    try {
      return await probe(folder);
    } finally {
      await remove(folder).catch(() => {});
    }
  });
}

async function probe(folder: string): Promise<VolumeTraits> {
  const file = `${folder}/CaseA`;
  await writeFile(file, '');
  await writeFile(`${folder}/\u00e4`, '');
  const fileSystem = FILE_SYSTEMS[(await statfs(folder)).type >>> 0];
  return {
    fileSystem,
    foldsCase: (await lookAt(`${folder}/casea`)) !== undefined,
    foldsForm: (await lookAt(`${folder}/a\u0308`)) !== undefined,
    symlinks: await works(async () => {
      await symlink('CaseA', `${folder}/link`);
      return (await readlink(`${folder}/link`)) === 'CaseA';
    }),
    hardLinks: await works(async () => {
      await link(file, `${folder}/hard`);
      return (await stat(`${folder}/hard`)).nlink === 2;
    }),
    nameLimitBytes: (await works(async () => {
      await writeFile(`${folder}/${'a'.repeat(255)}`, '');
      return (await readdir(folder)).some((name) => name.length === 255);
    }))
      ? 255
      : 143,
    timeStepMs: await timeStep(file),
    oldTimes: await works(async () => {
      const early = new Date('1931-05-05T00:00:00Z');
      await utimes(file, early, early);
      return Math.abs((await stat(file)).mtimeMs - early.getTime()) < 3000;
    }),
    // The right to write is never taken away: on SMB it might not come back (neighbours.md §2.1).
    modes: await works(async () => {
      await chmod(file, 0o640);
      const first = (await stat(file)).mode & 0o777;
      await chmod(file, 0o600);
      return first === 0o640 && ((await stat(file)).mode & 0o777) === 0o600;
    }),
    largeFiles: FAR_AWAY.has(fileSystem ?? '') || (await takesLargeFiles(`${folder}/large`)),
  };
}

async function works(attempt: () => Promise<boolean>): Promise<boolean> {
  return attempt().catch(() => false);
}

/** Asked for at once: below its limit FAT would write zeros there. Any other refusal says nothing about the limit. */
async function takesLargeFiles(path: string): Promise<boolean> {
  await writeFile(path, '');
  try {
    await truncate(path, LARGE_BYTES);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'EFBIG';
  }
}

/** An odd second with a fraction: FAT keeps even seconds, others whole ones or hundredths. */
async function timeStep(path: string): Promise<VolumeTraits['timeStepMs']> {
  const wantedMs = 1_700_000_001_123;
  await utimes(path, new Date(wantedMs), new Date(wantedMs)).catch(() => {});
  const offMs = Math.abs((await stat(path)).mtimeMs - wantedMs);
  if (offMs < 1) return 1;
  if (offMs < 10) return 10;
  return offMs < 1000 ? 1000 : 2000;
}

async function sweep(own: string, nowMs: number): Promise<void> {
  for (const name of await readdir(own)) {
    if (!LEFTOVER.test(name)) continue;
    const there = await lookAt(`${own}/${name}`); // another process may be trying out, and be done by now
    if (there && nowMs - there.mtimeMs > LEFTOVER_AGE_MS) await remove(`${own}/${name}`);
  }
}
