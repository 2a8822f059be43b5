import { link, lstat, mkdtemp, readdir, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { remove } from 'fs-extra/esm';
import { onDisk } from './disk-problem.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';

/** What a volume can do, found out by trying: half of them lie in their return codes (neighbours.md §2.1). */
export interface VolumeTraits {
  readonly symlinks: boolean;
  readonly hardLinks: boolean;
  readonly foldsCase: boolean;
  /** Longest name in bytes that certainly fits. */
  readonly nameLimitBytes: 143 | 255;
  /** Smallest difference between two modification times that survives. */
  readonly timeStepMs: 1 | 10 | 1000 | 2000;
}

const LEFTOVER = /^probe-[0-9A-Za-z]{6}$/;
const LEFTOVER_AGE_MS = 3_600_000;

/** A light form of neighbours.md §2.3: a handful of files in a folder of our own, gone afterwards. */
export async function probeVolume(root: string, now: () => number = Date.now): Promise<VolumeTraits> {
  const own = `${root}/${OWN_FOLDER}`;
  return onDisk(root, 'try out what the volume can do', async () => {
    await sweep(own, now());
    const folder = await mkdtemp(`${own}/probe-`);
    try {
      await writeFile(`${folder}/CaseA`, '');
      return {
        foldsCase: (await lookAt(`${folder}/casea`)) !== undefined,
        symlinks: await works(async () => {
          await symlink('CaseA', `${folder}/link`);
          return (await readlink(`${folder}/link`)) === 'CaseA';
        }),
        hardLinks: await works(async () => {
          await link(`${folder}/CaseA`, `${folder}/hard`);
          return (await stat(`${folder}/hard`)).nlink === 2;
        }),
        nameLimitBytes: (await works(async () => {
          await writeFile(`${folder}/${'a'.repeat(255)}`, '');
          return (await readdir(folder)).some((name) => name.length === 255);
        }))
          ? 255
          : 143,
        timeStepMs: await timeStep(`${folder}/CaseA`),
      };
    } finally {
      await remove(folder).catch(() => {});
    }
  });
}

async function works(attempt: () => Promise<boolean>): Promise<boolean> {
  return attempt().catch(() => false);
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
    if (LEFTOVER.test(name) && nowMs - (await lstat(`${own}/${name}`)).mtimeMs > LEFTOVER_AGE_MS) await remove(`${own}/${name}`);
  }
}
