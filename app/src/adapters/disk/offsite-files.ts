import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { posix } from 'node:path';
import { move } from 'fs-extra/esm';
import { Problem } from '../../domain/problem.ts';
import { type OffsiteFiles, type SnapshotCatalog, STATE_IN_SNAPSHOT } from '../../ports/offsite-files.ts';
import { eachBlock, startHashing } from './checksum.ts';
import { onDisk } from './disk-problem.ts';
import { syncFolder } from './folders.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';
import { CATALOG, noFolder, SIGN_IN } from './returned-library.ts';
import { writeWhole } from './write-whole.ts';

export interface OffsiteFilesOptions {
  /** Absolute. */
  readonly root: string;
  readonly configDir: string;
  /** The cookies of the sign-in are put into the snapshot. */
  readonly includeSignIn: boolean;
  readonly copyCatalog: (file: string) => Promise<void>;
  readonly openCatalog: (file: string) => SnapshotCatalog;
}

/** Off-site work on a real disk. */
export function createOffsiteFiles(options: OffsiteFilesOptions): OffsiteFiles {
  const { root, configDir, openCatalog } = options;
  const folder = `${root}/${STATE_IN_SNAPSHOT}`;

  /** Whether others on this machine could read what lies in the folder: volumes without permissions keep no mode. */
  async function isClosed(): Promise<boolean> {
    return ((await stat(folder)).mode & 0o077) === 0;
  }

  async function copySignIn(): Promise<boolean> {
    const copy = `${folder}/${SIGN_IN}`;
    const wanted = options.includeSignIn && (await lookAt(`${configDir}/${SIGN_IN}`))?.isFile() === true;
    if (!wanted || !(await isClosed())) {
      await rm(copy, { force: true });
      return wanted;
    }
    await writeWhole(copy, await readFile(`${configDir}/${SIGN_IN}`, 'utf8'), { durable: false });
    return false;
  }

  return {
    prepare: (include, nowMs) =>
      onDisk(root, 'copy the state for the off-site snapshot', async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const fresh = `${folder}/${CATALOG}.${randomBytes(4).toString('hex')}`;
        try {
          await options.copyCatalog(fresh);
          const state = stateOf(openCatalog(fresh), include);
          await rename(fresh, `${folder}/${CATALOG}`);
          const signInLeftOut = await copySignIn();
          const { libraryId, files, fingerprint } = state;
          const manifest = { schema: 1, libraryId, madeAt: new Date(nowMs).toISOString(), files };
          await writeWhole(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`, { durable: false });
          return { fingerprint, files, signInLeftOut };
        } finally {
          await rm(fresh, { force: true });
        }
      }),

    async workFolder() {
      const parent = (await lookAt(`${root}/${OWN_FOLDER}`))?.isDirectory() ? `${root}/${OWN_FOLDER}/restoring` : `${configDir}/restoring`;
      const path = `${parent}/${randomBytes(6).toString('hex')}`;
      await onDisk(root, 'make a folder for the off-site copy', () => mkdir(path, { recursive: true, mode: 0o700 }));
      return { path, remove: () => rm(path, { recursive: true, force: true }) };
    },

    openCatalogIn(at) {
      const file = `${at}/${STATE_IN_SNAPSHOT}/${CATALOG}`;
      // SQLite would make an empty one, in which nothing is missing.
      if (!existsSync(file)) throw new Problem('offsite-damaged', 'The snapshot came back without its catalog.');
      return openCatalog(file);
    },
    inspect: inspectFile,
    freeBytes,
    isFree: async (at) => (await readdir(at).catch(noFolder)).length === 0,

    async moveTo(from, to) {
      await onDisk(root, `put ${to} in its place`, async () => {
        await move(from, to, { overwrite: true });
        await syncFolder(posix.dirname(to));
      });
    },
  };
}

/** What the copy says; closes it. */
function stateOf(catalog: SnapshotCatalog, include: readonly string[] | undefined) {
  try {
    if (!catalog.sound()) throw new Problem('catalog-broken', 'The copy of the catalog for the off-site snapshot is damaged.');
    const below = { album: undefined, from: undefined, until: undefined };
    const files = include === undefined ? catalog.countFiles() : catalog.select({ ...below, paths: include }).length;
    return { libraryId: catalog.libraryId(), files, fingerprint: catalog.fingerprint() };
  } finally {
    catalog.close();
  }
}

async function freeBytes(folder: string): Promise<number> {
  let there = folder;
  while ((await lookAt(there)) === undefined && there !== '/') there = posix.dirname(there);
  const { bavail, bsize } = await statfs(there);
  return bavail * bsize;
}

async function inspectFile(folder: string, path: string, signal: AbortSignal) {
  const at = `${folder}/${path}`;
  const there = await lookAt(at);
  if (!there?.isFile()) return undefined;
  return onDisk(folder, `read ${path}`, async () => {
    const file = await open(at, 'r');
    try {
      const hashing = startHashing();
      await eachBlock(file, there.size, (block) => hashing.add(block), signal);
      return hashing.finish();
    } finally {
      await file.close();
    }
  });
}
