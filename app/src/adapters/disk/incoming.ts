import { constants } from 'node:fs';
import { mkdir, readdir, statfs, unlink } from 'node:fs/promises';
import { formatBytes } from '../../domain/format.ts';
import { Problem } from '../../domain/problem.ts';
import type { ByteSource, LibraryStore, Received } from '../../ports/library-store.ts';
import { eachBlock, type Hashing, startHashing } from './checksum.ts';
import type { DiskCalls, OpenFile } from './disk-calls.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';
import { writeAll } from './write-all.ts';

export interface IncomingOptions {
  readonly root: string;
  /** On the same volume as the library; made when its parent exists. */
  readonly folder: string;
  readonly fsync: boolean;
  readonly calls: DiskCalls;
}

/** The folder where files arrive before they get their real name. */
export interface Incoming {
  readonly receive: LibraryStore['receive'];
  readonly discard: LibraryStore['discard'];
  readonly sweep: LibraryStore['sweepIncoming'];
  pathOf(key: string): string;
}

/** A file on its way in. */
interface Part {
  readonly key: string;
  readonly file: OpenFile;
  hashing: Hashing;
  head: Uint8Array;
  size: number;
  /** Bytes of an earlier attempt that are part of it. */
  kept: number;
  useless: boolean;
}

const SUFFIX = '.part';
/** FAT32 stores at most this much in one file; said before the download, not after 4 GB of it (neighbours.md §2.1). */
const FAT = { type: 0x4d44, maxBytes: 0xffffffff } as const;

export function createIncoming({ root, folder, fsync, calls }: IncomingOptions): Incoming {
  const busy = new Set<string>();
  const pathOf = (key: string) => `${folder}/${fileNameOf(key)}`;
  const disk = <T>(doing: string, operation: () => Promise<T>) => onDisk(root, doing, operation);

  async function openPart(key: string, expectedBytes: number, signal: AbortSignal): Promise<Part> {
    const path = pathOf(key);
    // Exclusive first: for a new file, the usual case, no other call is needed to know that nothing is there.
    const create = async () => calls.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
    try {
      return newPart(key, await create());
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        await mkdir(folder, 0o700); // not its parents: if those are missing, so is the volume
        return newPart(key, await create());
      }
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    const part = newPart(key, await calls.open(path, constants.O_RDWR | constants.O_NOFOLLOW));
    try {
      const { size } = await part.file.stat();
      if (size > expectedBytes) await part.file.truncate(0);
      else await eachBlock(part.file, size, (block) => takeUp(part, block), signal);
      part.kept = part.size;
      return part;
    } catch (error) {
      await part.file.close();
      throw error;
    }
  }

  async function fill(part: Part, expectedBytes: number, open: (from: number) => Promise<ByteSource>, signal: AbortSignal): Promise<void> {
    const from = part.size;
    const source = await open(from);
    let begun = false;
    for await (const block of source.bytes) {
      signal.throwIfAborted();
      if (block.length === 0) continue;
      if (!begun) {
        begun = true;
        if (from > 0) refusePage(part, block);
        if (source.start !== from) await startOver(part, source.start);
      }
      if (part.size + block.length > expectedBytes) throw tooLong(part, expectedBytes);
      await disk(`write ${part.key} to the incoming folder`, () => append(part, block));
    }
  }

  /** The server sent the whole file although the rest was asked for (photos.md §12.2): appending would join two beginnings. */
  async function startOver(part: Part, start: number): Promise<void> {
    if (start !== 0)
      throw new Problem('transfer-failed', `${part.key}: asked for the bytes from ${part.size}, but the answer begins at ${start}`);
    await disk(`start ${part.key} over`, async () => part.file.truncate(0));
    Object.assign(part, { hashing: startHashing(), head: new Uint8Array(), size: 0, kept: 0 });
  }

  async function finish(part: Part, expectedBytes: number): Promise<Received> {
    const looksLike = sniff(part.head)?.looksLike;
    if (part.size < expectedBytes) {
      // A short page is an error message, not the beginning of a photo: going on from it could never succeed.
      part.useless = part.size === 0 || looksLike === 'page';
      const what = looksLike === 'page' ? 'an error page came instead of the file' : `only ${share(part.size, expectedBytes)} arrived`;
      throw new Problem('transfer-failed', `${part.key}: ${what}`, { context: { arrivedBytes: part.size, expectedBytes } });
    }
    if (fsync) await disk(`make ${part.key} durable`, () => part.file.datasync());
    return { key: part.key, ...part.hashing.finish(), looksLike, resumed: part.kept > 0 };
  }

  async function refuseHopeless(key: string, expectedBytes: number): Promise<void> {
    if (expectedBytes <= FAT.maxBytes) return;
    const { type } = await disk('look at the volume', () => statfs(root));
    if (type !== FAT.type) return;
    throw new Problem(
      'file-too-large',
      `${key}: ${formatBytes(expectedBytes)} are more than the 4 GB that this volume can hold in one file`,
    );
  }

  async function receive(
    key: string,
    expected: { readonly size: number },
    open: (from: number) => Promise<ByteSource>,
    signal: AbortSignal,
  ): Promise<Received> {
    if (busy.has(key)) throw new Error(`${key} is being received already`);
    busy.add(key);
    try {
      signal.throwIfAborted();
      await refuseHopeless(key, expected.size);
      const part = await disk(`open ${key} in the incoming folder`, () => openPart(key, expected.size, signal));
      try {
        if (part.kept === 0 || part.size < expected.size) await fill(part, expected.size, open, signal);
        return await finish(part, expected.size);
      } catch (error) {
        if (error instanceof Problem && error.code === 'file-too-large') part.useless = true;
        if (part.size === 0) part.useless = true;
        throw error;
      } finally {
        await quietly(async () => part.file.close()); // whatever is worth keeping has been written
        if (part.useless) await unlink(pathOf(key)).catch(() => {});
      }
    } finally {
      busy.delete(key);
    }
  }

  async function discard(key: string): Promise<void> {
    await disk(`remove ${key} from the incoming folder`, () => unlink(pathOf(key)).catch(ignoreMissing));
  }

  return {
    pathOf,
    receive,
    discard,
    async sweep(keep) {
      const names = await disk('read the incoming folder', () => readdir(folder).catch(ignoreMissing));
      const keys = (names ?? []).flatMap((name) => keyOf(name) ?? []);
      if (keys.length === 0) return;
      const kept = keep(keys);
      for (const key of keys) if (!busy.has(key) && !kept.has(key)) await discard(key);
    },
  };
}

const quietly = (work: () => Promise<void>) => work().catch(() => {});

function newPart(key: string, file: OpenFile): Part {
  return { key, file, hashing: startHashing(), head: new Uint8Array(), size: 0, kept: 0, useless: false };
}

/** Hashes the very memory that is written, while it is written: a source that uses its memory again too early shows as a wrong checksum. */
async function append(part: Part, block: Uint8Array): Promise<void> {
  const writing = writeAll(part.file, block, part.size);
  writing.catch(() => {}); // heard below; hashing meanwhile must not make it look unheard
  takeUp(part, block);
  await writing;
}

/** Counts and hashes what is in the file, bytes of an earlier attempt too, and keeps the first ones for a look at its type. */
function takeUp(part: Part, block: Uint8Array): void {
  if (part.head.length < HEAD_BYTES) part.head = Buffer.concat([part.head, block.subarray(0, HEAD_BYTES - part.head.length)]);
  part.size += block.length;
  part.hashing.add(block);
}

/** An error page must neither continue a photo nor cost us the gigabytes that have arrived of it. */
function refusePage(part: Part, first: Uint8Array): void {
  if (sniff(first)?.looksLike !== 'page' || sniff(part.head)?.looksLike === 'page') return;
  throw new Problem(
    'transfer-failed',
    `${part.key}: an error page came instead of the file; ${formatBytes(part.size)} from earlier are kept`,
  );
}

function tooLong(part: Part, expectedBytes: number): Problem {
  part.useless = true;
  return new Problem('transfer-failed', `${part.key}: more than the expected ${formatBytes(expectedBytes)} arrived`, {
    context: { expectedBytes },
  });
}

/** "3.1 MB of 4.0 MB"; exact where rounding would hide the difference. */
function share(part: number, whole: number): string {
  const [some, all] = [formatBytes(part), formatBytes(whole)];
  return some === all ? `${part} of ${whole} bytes` : `${some} of ${all}`;
}

/** Keys may hold any character (checksums have `/` and `+`); file names may not. Reversible, so that a sweep can ask about keys. */
function fileNameOf(key: string): string {
  const name = `${Buffer.from(key)
    .toString('latin1')
    .replace(/[^A-Za-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}${SUFFIX}`;
  if (key === '' || name.length > 255) throw new TypeError(`Not a key for an incoming file: ${JSON.stringify(key)}`);
  return name;
}

function keyOf(fileName: string): string | undefined {
  if (!fileName.endsWith(SUFFIX)) return undefined;
  try {
    return decodeURIComponent(fileName.slice(0, -SUFFIX.length)) || undefined;
  } catch {
    return undefined; // not made by us
  }
}

function ignoreMissing(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error;
  return undefined;
}
