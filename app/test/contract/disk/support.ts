import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { startHashing } from '../../../src/adapters/disk/checksum.ts';
import { createLibraryStore, type LibraryStoreOptions } from '../../../src/adapters/disk/library-store.ts';
import { Problem } from '../../../src/domain/problem.ts';
import type { ByteSource, LibraryStore, TrashItem } from '../../../src/ports/library-store.ts';

/** A folder on a real disk, gone after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'photos-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A real volume of its own. Mounting needs root; a run without it must fail rather than claim that this was tested. */
export function mountTmpfs(options: string): string {
  const folder = tempFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'photos-test', folder]);
  onTestFinished(() => execFileSync('umount', [folder]) && undefined);
  return folder;
}

export interface Library {
  readonly root: string;
  readonly store: LibraryStore;
  at(path: string): string;
  text(path: string): string;
  /** Every file below the root, sorted; the incoming folder included. */
  files(): string[];
  part(key: string): string;
}

export function newLibrary(options: Partial<LibraryStoreOptions> = {}, root = tempFolder()): Library {
  const incomingDir = join(root, '.photos-sync/incoming');
  mkdirSync(incomingDir, { recursive: true });
  return {
    root,
    store: createLibraryStore({ root, incomingDir, ...options }),
    at: (path) => join(root, path),
    text: (path) => readFileSync(join(root, path), 'utf8'),
    part: (key) => join(incomingDir, `${key}.part`),
    files: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort(),
  };
}

export const never = new AbortController().signal;

/** A source that delivers pieces and notes what it was asked for. */
export function sends(...pieces: (string | Uint8Array | Error)[]) {
  return from0(0, ...pieces);
}

export function from0(start: number, ...pieces: (string | Uint8Array | Error)[]) {
  const asked: number[] = [];
  let closed = 0;
  const open = async (from: number): Promise<ByteSource> => {
    asked.push(from);
    return {
      start,
      bytes: (async function* () {
        try {
          for (const piece of pieces) {
            if (piece instanceof Error) throw piece;
            yield typeof piece === 'string' ? Buffer.from(piece) : piece;
          }
        } finally {
          closed += 1;
        }
      })(),
    };
  };
  return Object.assign(open, { asked, closed: () => closed });
}

export const neverOpens = async (): Promise<ByteSource> => {
  throw new Error('this must not be fetched again');
};

export function digestsOf(bytes: string | Uint8Array) {
  const hashing = startHashing();
  hashing.add(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  return hashing.finish();
}

export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error(`a Problem was expected, not: ${error}`, { cause: error });
  return error;
}

/** Receives and places in one go. */
export async function put(
  library: Library,
  path: string,
  bytes: string | Uint8Array,
  replaces?: TrashItem,
  modifiedAtMs?: number,
): Promise<void> {
  const key = randomBytes(6).toString('hex');
  const received = await library.store.receive(key, { size: Buffer.byteLength(bytes) }, sends(bytes), never);
  await library.store.place(received, { path, modifiedAtMs, replaces });
}

export function trashItem(path: string, because: TrashItem['because'] = 'superseded'): TrashItem {
  return { path, because, zone: 'PrimarySync', asset: 'A1', kind: 'original', checksum: 'Aold', sha256: '00' };
}

export const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
