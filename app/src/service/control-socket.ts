import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Problem } from '../domain/problem.ts';

/**
 * Where the control socket lies and who may be trusted with it. It never lies in the library or beside the session: both may
 * be on a network share, which cannot hold sockets. The runtime folder may be open to everybody (a plain /tmp), so
 * both ends look at the owner of what they find there.
 */
export interface ControlPlace {
  readonly libraryRoot: string;
  readonly configDir: string;
  /** See `runtimeDirOf`. */
  readonly runtimeDir: string;
}

/** The operating system keeps socket paths in a field of fixed size, the final NUL included. */
const MOST_PATH_BYTES = process.platform === 'linux' ? 107 : 103;
const ROOT_UID = 0;

/** One path for the service and for every command of the same library and state folder. Both folders as absolute paths. */
export function controlSocketPath({ libraryRoot, configDir, runtimeDir }: ControlPlace): string {
  const name = createHash('sha256')
    .update(`${resolve(libraryRoot)}\0${resolve(configDir)}`)
    .digest('hex')
    .slice(0, 12);
  const path = join(resolve(runtimeDir), `photos-sync-${name}`, 'control.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= MOST_PATH_BYTES) return path;
  throw new Problem(
    'settings-invalid',
    `The control socket would be ${path}: ${bytes} bytes, and this system allows ${MOST_PATH_BYTES}. Set XDG_RUNTIME_DIR to a folder with a shorter name.`,
  );
}

/** XDG_RUNTIME_DIR if it is set and usable for us, otherwise the folder for temporary files. */
export function runtimeDirOf(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env.XDG_RUNTIME_DIR ?? '';
  return isAbsolute(folder) && isUsable(folder) ? folder : tmpdir();
}

function isUsable(folder: string): boolean {
  try {
    const facts = statSync(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // Somebody else's is left alone even where it is writable; root comes to the service of another user through it.
    return facts.isDirectory() && (facts.uid === ownUid() || ownUid() === ROOT_UID);
  } catch {
    return false;
  }
}

/** Makes the socket's folder, or takes an existing one after a close look. Nobody but its owner can enter it afterwards. */
export async function claimFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unusable(folder, `cannot be made (${codeOf(error)})`, { cause: error, isInTheWay: false });
  }
  const facts = await lstat(folder);
  if (!facts.isDirectory()) throw unusable(folder, 'is a link or a file where a folder of our own is expected');
  if (facts.uid !== ownUid() && facts.uid !== ROOT_UID) throw unusable(folder, `belongs to another user (uid ${facts.uid})`);
  if ((facts.mode & 0o777) === 0o700) return;
  if (facts.uid !== ownUid()) throw unusable(folder, 'belongs to another user (root) and is not closed to others');
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await handle.chmod(0o700);
  } finally {
    await handle.close();
  }
}

/** Clears away what a service left behind that was killed. A Problem when somebody answers there. */
export async function removeStaleSocket(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return;
  if (!facts.isSocket()) throw unusable(path, 'is not a socket');
  if (await answers(path)) throw alreadyServed(path);
  // Between that look and the removal another service may have put its own socket there: take it aside, and look again.
  const aside = join(dirname(path), `s${randomBytes(4).toString('hex')}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = await answers(aside);
  if (taken) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  if (taken) throw alreadyServed(path);
}

/** Whether somebody listens. A queue that is full (EAGAIN) is one that somebody will look at. */
function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('error', (error) => done(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '')));
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
  });
}

export type Standing =
  | { readonly is: 'absent' | 'ours' }
  /** Made by a user who has no business with this library: not to be talked to. */
  | { readonly is: 'foreign'; readonly uid: number }
  /** Of a trusted user, who does not let us in. */
  | { readonly is: 'closed'; readonly uid: number };

/** The caller's look at the socket before it says anything. Trusted are root, we ourselves, and `trustedUid`. */
export async function standingOf(path: string, trustedUid: number | undefined): Promise<Standing> {
  const trusted = [ROOT_UID, ownUid(), trustedUid];
  const folder = await lstat(dirname(path)).catch(() => undefined);
  if (folder === undefined) return { is: 'absent' };
  const isOpen = (folder.mode & 0o022) !== 0; // somebody else could have put the socket there
  if (!folder.isDirectory() || isOpen || !trusted.includes(folder.uid)) return { is: 'foreign', uid: folder.uid };
  try {
    const socket = await lstat(path);
    return trusted.includes(socket.uid) ? { is: 'ours' } : { is: 'foreign', uid: socket.uid };
  } catch (error) {
    return isDenied(error) ? { is: 'closed', uid: folder.uid } : { is: 'absent' };
  }
}

export function alreadyServed(path: string): Problem {
  return new Problem('library-locked', `Another service of this library is running; it answers at ${path}.`);
}

export function unusable(path: string, why: string, { cause, isInTheWay = true }: { cause?: unknown; isInTheWay?: boolean } = {}): Problem {
  const remedy = `${isInTheWay ? 'Remove it, or set' : 'Set'} XDG_RUNTIME_DIR to a folder that belongs to the user of the service.`;
  return new Problem('settings-invalid', `The control socket cannot be opened: ${path} ${why}. ${remedy}`, { cause });
}

export function ownUid(): number {
  return process.getuid?.() ?? ROOT_UID;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(error) ?? '');
}
