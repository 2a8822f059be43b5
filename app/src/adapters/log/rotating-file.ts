import { appendFileSync, closeSync, fchmodSync, fstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { Writable } from 'node:stream';

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** The current file and its predecessors `path.1`, `path.2`, … together. */
  readonly maxFiles: number;
  /** Called once when lines cannot be written; a log that fails must not stop a backup. */
  readonly onFailure: (error: unknown) => void;
}

/** Lines that wait for the folder of the log to appear. */
const MOST_WAITING = 1000;

/**
 * A log file that is complete up to the last line at every moment: winston's own file transport writes behind a queue
 * that stops for good at the first failed write, and loses its tail when the process ends.
 */
export function rotatingFile({ path, maxBytes, maxFiles, onFailure }: RotatingFileOptions): Writable {
  let open: { readonly fd: number; size: number } | undefined;
  let waiting: Buffer[] = [];
  let failed = false;

  const close = (): void => {
    if (open) closeSync(open.fd);
    open = undefined;
  };
  const append = (line: Buffer): void => {
    open ??= openPrivate(path);
    if (open.size > 0 && open.size + line.length > maxBytes) {
      close();
      rotate(path, maxFiles);
      open = openPrivate(path);
    }
    appendFileSync(open.fd, line);
    open.size += line.length;
  };
  const write = (line: Buffer): void => {
    try {
      for (let next = waiting[0]; next; next = waiting[0]) {
        append(next);
        waiting.shift();
      }
      append(line);
      failed = false;
    } catch (error) {
      if (!open && isMissing(error)) {
        // The folder is not made here: it may lie on a volume that is not mounted yet. It appears when the run has checked that.
        if (waiting.length < MOST_WAITING) waiting.push(line);
        return;
      }
      if (!failed) onFailure(error);
      failed = true;
    }
  };
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      write(chunk);
      done();
    },
    final(done) {
      waiting = [];
      close();
      done();
    },
  });
}

/** Nobody but the owner reads it, also when an earlier version or a copy left it open to others. */
function openPrivate(path: string): { readonly fd: number; size: number } {
  const fd = openSync(path, 'a', 0o600);
  const { size, mode } = fstatSync(fd);
  try {
    if ((mode & 0o077) !== 0) fchmodSync(fd, 0o600);
  } catch {
    // Network shares without modes refuse this; the log is still worth having there.
  }
  return { fd, size };
}

/** `log` → `log.1` → `log.2`: the newest lines are always in `log`. */
function rotate(path: string, maxFiles: number): void {
  const nameOf = (age: number): string => (age === 0 ? path : `${path}.${age}`);
  rmSync(nameOf(maxFiles - 1), { force: true });
  for (let age = maxFiles - 2; age >= 0; age--) {
    try {
      renameSync(nameOf(age), nameOf(age + 1));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
