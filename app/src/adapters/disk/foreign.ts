import { opendir, readdir, readFile } from 'node:fs/promises';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';

/** What disks, NAS systems and desktops put into a folder by themselves: a folder with nothing else is empty (decisions.md 8). */
const SYSTEM_NAMES: ReadonlySet<string> = new Set([
  OWN_FOLDER,
  'lost+found',
  '@eaDir',
  '#recycle',
  '#snapshot',
  '@Recycle',
  '@Recently-Snapshot',
  '.@__thumb',
  '.snapshot',
  '.stfolder',
  '.DS_Store',
  '.Trashes',
  '.fseventsd',
  '.Spotlight-V100',
  '$RECYCLE.BIN',
  'System Volume Information',
]);

/** Names of what lies in a folder and is not the system's. */
export async function foreignNames(root: string): Promise<readonly string[]> {
  return (await readdir(root)).filter((name) => !SYSTEM_NAMES.has(name)).sort();
}

/** The trust token that an older library holds: it spares its owner a code. Undefined when there is none that can be read. */
export async function readOldTrustToken(root: string): Promise<string | undefined> {
  try {
    const { trustToken } = JSON.parse(await readFile(`${root}/.icloud-photos-sync`, 'utf8')) as { trustToken?: unknown };
    return typeof trustToken === 'string' && trustToken !== '' ? trustToken : undefined;
  } catch {
    return undefined; // then a code is asked for
  }
}

/** Version 1 to 4 named files by Apple's checksum in base64url: 21 bytes, so 28 letters. */
const CHECKSUM_NAME = /^A[Q-Za-f][A-Za-z0-9_-]{26}\.[A-Za-z0-9]+$/;
const ENOUGH_NAMES = 200;

export const OLD_LOCK = '.library.lock';

/** Whether a folder looks like a library of icloud-photos-sync 1 to 4. */
export async function isOldLibrary(root: string): Promise<boolean> {
  if ((await lookAt(`${root}/.icloud-photos-sync`))?.isFile()) return true;
  if (!(await lookAt(`${root}/_All-Photos`))?.isDirectory()) return false;
  let seen = 0;
  for await (const { name } of await opendir(`${root}/_All-Photos`)) {
    if (CHECKSUM_NAME.test(name)) return true;
    seen += 1;
    if (seen >= ENOUGH_NAMES) break;
  }
  return false;
}
