import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  utimesSync,
  writeSync,
} from 'node:fs';
import { lstat, open, rename, utimes } from 'node:fs/promises';
import { promisify } from 'node:util';

type Now<T> = T | Promise<T>;

/** What is done with an open file; Node's FileHandle can do it all. */
export interface OpenFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Now<{ readonly bytesRead: number }>;
  write(buffer: Uint8Array, offset: number, length: number, position: number): Now<{ readonly bytesWritten: number }>;
  stat(): Now<{ readonly size: number }>;
  truncate(length: number): Now<void>;
  datasync(): Promise<void>;
  close(): Now<void>;
}

/** The calls that every file costs. */
export interface DiskCalls {
  open(path: string, flags: number, mode?: number): Now<OpenFile>;
  /** Nothing, or a complaint, where nothing lies. */
  lstat(path: string): Now<Stats | undefined>;
  rename(from: string, to: string): Now<void>;
  utimes(path: string, accessedAt: Date, modifiedAt: Date): Now<void>;
}

/** By Node's thread pool: the caller's thread stays free however slow the disk is. */
export const waitingCalls: DiskCalls = { open, lstat, rename, utimes };

const datasync = promisify(fdatasync);

/**
 * At once, in the caller's thread: a third of the processor time of the other kind (2026-11-20: 20 microseconds instead of 60 to
 * 100), but a slow volume holds up everything else in that thread. For download threads only. Making bytes durable takes
 * long on every disk, so it is waited for the other way.
 */
export const quickCalls: DiskCalls = {
  open(path, flags, mode) {
    const fd = openSync(path, flags, mode);
    return {
      read: (buffer, offset, length, position) => ({ bytesRead: readSync(fd, buffer, offset, length, position) }),
      write: (buffer, offset, length, position) => ({ bytesWritten: writeSync(fd, buffer, offset, length, position) }),
      stat: () => fstatSync(fd),
      truncate: (length) => ftruncateSync(fd, length),
      datasync: () => datasync(fd),
      close: () => closeSync(fd),
    };
  },
  // Usually nothing is there, and an error takes longer to make than the call.
  lstat: (path) => lstatSync(path, { throwIfNoEntry: false }),
  rename: renameSync,
  utimes: utimesSync,
};
