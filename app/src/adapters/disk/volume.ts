import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { ensureDir } from 'fs-extra/esm';
import { Problem } from '../../domain/problem.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { syncFolder } from './folders.ts';
import { foreignNames, isOldLibrary, OLD_LOCK } from './foreign.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER, readMarker, writeMarker } from './marker.ts';

export interface OpenLibraryOptions {
  /** Absolute. */
  readonly root: string;
  /** Where catalog and session lie; made with mode 0700. By default the library's own folder. */
  readonly stateDir?: string;
  /** Make a library where there is an empty folder, or none. */
  readonly createIfEmpty: boolean;
  /** From the state of earlier runs: this library and no other may be touched. */
  readonly expectedLibraryId?: string | undefined;
  readonly now?: () => number;
  readonly madeBy?: string;
  /** Take an older library over although its lock says that the older program runs. */
  readonly force?: boolean;
}

export interface OpenedLibrary {
  readonly libraryId: string;
  readonly root: string;
  readonly stateDir: string;
  readonly incomingDir: string;
  /** For takeLock: the lock always lies in the library (decisions.md 7). */
  readonly lockFile: string;
  readonly created: boolean;
  /** A library of icloud-photos-sync 1 to 4 lies here and has just become ours. */
  readonly adopted: boolean;
  /** Throws Problem `volume-missing` when the library's marker is no longer to be seen at its place. */
  stillThere(): Promise<void>;
}

/** Makes sure that this is our library before anything is written or removed (decisions.md 8, 9). */
export async function openLibrary(options: OpenLibraryOptions): Promise<OpenedLibrary> {
  const { root } = options;
  if (!posix.isAbsolute(root)) throw new TypeError(`Not an absolute path: ${root}`);
  return onDisk(root, `open the library ${root}`, async () => {
    const libraryId = await findLibrary(options);
    const created = libraryId === undefined;
    const adopted = created && (await isOldLibrary(root));
    const id = libraryId ?? (await create(options));
    const own = `${root}/${OWN_FOLDER}`;
    const stateDir = options.stateDir ?? own;
    await privateFolder(own);
    await privateFolder(`${own}/incoming`);
    await ensureDir(stateDir, { mode: 0o700 });
    await privateFolder(stateDir);
    for (const folder of [root, `${own}/incoming`]) await access(folder, constants.W_OK | constants.X_OK);
    return {
      libraryId: id,
      root,
      stateDir,
      incomingDir: `${own}/incoming`,
      lockFile: `${own}/library`,
      created,
      adopted,
      stillThere: () => checkMarker(root, id),
    };
  });
}

/** The id of the library that is there; undefined when one may be made. */
async function findLibrary({ root, stateDir, createIfEmpty, expectedLibraryId, force }: OpenLibraryOptions): Promise<string | undefined> {
  const there = await stat(root).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (there !== undefined && !there.isDirectory()) throw new Problem('library-foreign', `${root} is not a folder`);
  // Writing through such a link could put a stranger's files, or our own state, anywhere.
  const own = await lookAt(`${root}/${OWN_FOLDER}`);
  if (own !== undefined && !own.isDirectory())
    throw new Problem('library-foreign', `${root}/${OWN_FOLDER} is not a folder of its own but a link or a file`);
  const marker = await readMarker(root);
  if (marker !== undefined) {
    if (expectedLibraryId === undefined || marker.libraryId === expectedLibraryId) return marker.libraryId;
    throw new Problem(
      'library-foreign',
      `The library in ${root} is not the one that the state in ${stateDir ?? `${root}/${OWN_FOLDER}`} belongs to`,
      {
        context: { found: marker.libraryId, expected: expectedLibraryId },
      },
    );
  }
  if (expectedLibraryId !== undefined) {
    throw new Problem(
      'volume-missing',
      `${root} ${there ? 'is there, but the library that was in it is not' : 'is not there'}. Is its volume mounted?`,
    );
  }
  if (!createIfEmpty) throw new Problem('volume-missing', `There is no library in ${root} yet`);
  if (there !== undefined) await refuseForeign(root, force === true);
  return undefined;
}

async function refuseForeign(root: string, force: boolean): Promise<void> {
  const names = await foreignNames(root);
  if (names.length === 0) return;
  if (await isOldLibrary(root)) {
    if (force || !(await lookAt(`${root}/${OLD_LOCK}`))) return;
    // A daemon of the older program holds its lock only while it syncs; two writers in one tree would undo each other's work.
    throw new Problem(
      'library-foreign',
      `${root} is a library of icloud-photos-sync 1 to 4, and its lock ${OLD_LOCK} is there: the older program runs, or was killed. Stop it for good, remove that file (or add --force), and start again`,
    );
  }
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  throw new Problem('library-foreign', `${root} is not empty and was not made by this program: it holds ${shown}`);
}

async function create({ root, now = Date.now, madeBy = 'icloud-photos-sync' }: OpenLibraryOptions): Promise<string> {
  const libraryId = randomUUID();
  await mayMakeFolder(root);
  await ensureDir(root);
  await privateFolder(`${root}/${OWN_FOLDER}`);
  await writeMarker(root, { libraryId, createdAt: new Date(now()).toISOString(), madeBy });
  await syncFolder(root);
  return libraryId;
}

/** Node's recursive mkdir answers ENOENT on a read-only volume, which would be reported as a folder that is not there. */
async function mayMakeFolder(path: string): Promise<void> {
  let existing = path;
  while ((await lookAt(existing)) === undefined) existing = posix.dirname(existing);
  await access(existing, constants.W_OK | constants.X_OK);
}

/** Only ours to look into. Volumes without permissions answer chmod with nothing or an error; neither is worth a word here. */
async function privateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    if (((await stat(path)).mode & 0o777) !== 0o700) await chmod(path, 0o700).catch(() => {});
  }
}

async function checkMarker(root: string, libraryId: string): Promise<void> {
  const found = await onDisk(root, `look at the library ${root}`, () => readMarker(root));
  if (found?.libraryId !== libraryId)
    throw new Problem('volume-missing', `The library is no longer to be seen in ${root}. Is its volume still mounted?`);
}

export { probeVolume } from './probe-volume.ts';
