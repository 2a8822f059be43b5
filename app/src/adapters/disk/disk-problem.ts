import { lstat } from 'node:fs/promises';
import { Problem, type ProblemCode } from '../../domain/problem.ts';

/** What the operating system says, in the words of docs/exit-codes.md. Everything that is not listed is a `disk-error`. */
const MEANINGS: Readonly<Record<string, { readonly code: ProblemCode; readonly says: string }>> = {
  ENOSPC: { code: 'disk-full', says: 'the volume is full' },
  EDQUOT: { code: 'disk-full', says: 'the quota on this volume is used up' },
  EFBIG: { code: 'file-too-large', says: 'this volume cannot hold a file of that size' },
  EROFS: { code: 'library-not-writable', says: 'the volume is mounted read-only' },
  EACCES: { code: 'library-not-writable', says: 'permission was denied' },
  EPERM: { code: 'library-not-writable', says: 'it is not permitted' },
  // A share or disk that went away under us (NFS, FUSE, USB): decisions.md 9.
  ESTALE: { code: 'volume-missing', says: 'the network share was replaced or went away' },
  ENOTCONN: { code: 'volume-missing', says: 'the volume is no longer connected' },
  EHOSTDOWN: { code: 'volume-missing', says: 'the server of this volume does not answer' },
  ENODEV: { code: 'volume-missing', says: 'the device is gone' },
  ENXIO: { code: 'volume-missing', says: 'the device is gone' },
};

/** The system's own name for a failure. Node's codes (`ERR_…`, `ABORT_ERR`) are not among them: those are defects or a wish to stop. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * Turns what a file operation threw into a Problem; what the system did not say passes as it is. `doing` completes
 * "Could not …" and names paths relative to the library.
 */
export async function diskProblem(error: unknown, doing: string, root: string): Promise<unknown> {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  if (errno === 'ENOENT' && (await isGone(root))) {
    return new Problem('volume-missing', `The library folder ${root} is not there`, { cause: error, context: { errno } });
  }
  const meaning = MEANINGS[errno] ?? {
    code: 'disk-error' as const,
    says: errno === 'ENOENT' ? 'it is not there' : `the system reports ${errno}`,
  };
  return new Problem(meaning.code, `Could not ${doing}: ${meaning.says}`, { cause: error, context: { errno } });
}

/** Runs one file operation; what it throws becomes a Problem. */
export async function onDisk<T>(root: string, doing: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw await diskProblem(error, doing, root);
  }
}

async function isGone(root: string): Promise<boolean> {
  try {
    await lstat(root);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
}
