import { createHash } from 'node:crypto';
import type { OpenFile } from './disk-calls.ts';

/** What is learned about a file's bytes in one pass. */
export interface Digests {
  /** Bytes. */
  readonly size: number;
  /** Apple's `fileChecksum` (photos.md §13). */
  readonly checksum: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Hashing {
  add(bytes: Uint8Array): void;
  /** May be called once. */
  finish(): Digests;
}

/** Apple hashes two labels in front of the bytes; 51 bytes with their NULs (photos.md §13, confirmed on recorded originals). */
const SALT = Buffer.from('com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0', 'latin1');
/** The leading byte says which formula made the rest. */
const FORMULA = Buffer.of(0x01);

export function startHashing(): Hashing {
  const apple = createHash('sha1').update(SALT);
  const own = createHash('sha256');
  let size = 0;
  return {
    add(bytes) {
      size += bytes.length;
      apple.update(bytes);
      own.update(bytes);
    },
    finish: () => ({ size, checksum: Buffer.concat([FORMULA, apple.digest()]).toString('base64'), sha256: own.digest('hex') }),
  };
}

/** One mebibyte: big enough that system calls do not matter, small enough for 32 transfers at once on a small NAS. */
export const BLOCK_BYTES = 1 << 20;

/** Reads from the start of an open file to its end. The block handed over is only valid until the next one is asked for. */
export async function eachBlock(
  file: Pick<OpenFile, 'read'>,
  sizeHint: number,
  use: (block: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  // One byte more than the file has: then a single short read also proves that it has ended.
  const buffer = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, Math.max(4096, sizeHint + 1)));
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    use(buffer.subarray(0, bytesRead));
    position += bytesRead;
    if (position === sizeHint && bytesRead < buffer.length) return;
  }
}
