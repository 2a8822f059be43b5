import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { STATE_IN_SNAPSHOT } from '../../ports/offsite-files.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { syncFolder } from './folders.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';
import { writeWhole } from './write-whole.ts';

export const CATALOG = 'catalog.sqlite';
export const SIGN_IN = 'session.json';

/** Where a whole library waits until it is complete. With a folder of this name in it nobody takes the place for a library. */
export const RETURNING = '.photos-sync.restoring';
const COMPLETE = `${RETURNING}.complete`;

/** Where a library comes back to: `waiting` it is complete and only has to be moved, after a restore that was stopped late. */
export async function lookAtReturn(
  root: string,
): Promise<{ readonly is: 'free' | 'begun' | 'waiting' } | { readonly is: 'taken'; readonly by: string }> {
  const names = await onDisk(root, `look into ${root}`, () => readdir(root).catch(noFolder));
  if (names.includes(COMPLETE)) return { is: 'waiting' };
  const hasState = names.includes(OWN_FOLDER) && !(await isEmptyState(`${root}/${OWN_FOLDER}`));
  const [inTheWay] = names.filter((name) => name !== RETURNING && name !== 'lost+found' && (name !== OWN_FOLDER || hasState)).sort();
  if (inTheWay !== undefined) return { is: 'taken', by: inTheWay };
  return { is: names.includes(RETURNING) ? 'begun' : 'free' };
}

/** Our own folder without a library: a log or caches may lie there, made by a start before the restore. */
async function isEmptyState(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(noFolder);
  return !names.includes('library.json') && !names.includes(CATALOG);
}

/**
 * Puts a restored library in place: photos first, then the state, the marker last, so that nothing takes half of it for a
 * library. A catalog that survived elsewhere is newer than the tree now: it is kept beside. The sign-in that survived stays.
 */
export async function placeReturned(root: string, configDir: string, nowMs: number): Promise<void> {
  const from = `${root}/${RETURNING}`;
  await onDisk(root, 'put the restored library in its place', async () => {
    await writeWhole(`${root}/${COMPLETE}`, '', { durable: true });
    for (const name of await readdir(from)) if (name !== OWN_FOLDER) await rename(`${from}/${name}`, `${root}/${name}`);
    await mkdir(`${root}/${OWN_FOLDER}`, { recursive: true, mode: 0o700 });
    await mkdir(configDir, { recursive: true, mode: 0o700 });
    const state = `${from}/${STATE_IN_SNAPSHOT}`;
    const aside = `${configDir}/${CATALOG}.before-restore-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '')}`;
    if (await lookAt(`${state}/${CATALOG}`)) {
      if (await lookAt(`${configDir}/${CATALOG}`)) await rename(`${configDir}/${CATALOG}`, aside);
      for (const rest of ['-wal', '-shm']) await rm(`${configDir}/${CATALOG}${rest}`, { force: true });
      await moveWhole(`${state}/${CATALOG}`, `${configDir}/${CATALOG}`);
    }
    if ((await lookAt(`${state}/${SIGN_IN}`)) && !(await lookAt(`${configDir}/${SIGN_IN}`)))
      await moveWhole(`${state}/${SIGN_IN}`, `${configDir}/${SIGN_IN}`);
    if (await lookAt(`${from}/${OWN_FOLDER}/library.json`))
      await rename(`${from}/${OWN_FOLDER}/library.json`, `${root}/${OWN_FOLDER}/library.json`);
    await syncFolder(`${root}/${OWN_FOLDER}`);
    await rm(from, { recursive: true, force: true });
    await rm(`${root}/${COMPLETE}`, { force: true });
    await syncFolder(root);
  });
}

/** The state may lie on another volume. */
async function moveWhole(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.new`);
  await rename(`${to}.new`, to);
}

export function noFolder(error: unknown): string[] {
  if (errnoOf(error) === 'ENOENT') return [];
  throw error;
}
