import { BLOCK_BYTES } from './checksum.ts';
import type { OpenFile } from './disk-calls.ts';

/** Chunks that wait to be written together: a socket delivers 16 kB at a time, a disk likes a megabyte. */
export interface WriteBatch {
  /** Where the next write goes. */
  position: number;
  /** True when it is time to flush. The chunk must stay as it is until then. */
  add(chunk: Uint8Array): boolean;
  flush(): Promise<void>;
}

/** Linux takes at most 1,024 pieces in one call. */
const MAX_PIECES = 512;

/** `passed` sees the very memory that is written, at the time it is written: a source that reuses its buffers shows as a wrong checksum. */
export function createWriteBatch(file: OpenFile, position: number, passed: (chunk: Uint8Array) => void): WriteBatch {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    position,
    add(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      return bytes >= BLOCK_BYTES || chunks.length >= MAX_PIECES;
    },
    async flush() {
      if (bytes === 0) return;
      const [pieces, at] = [chunks, this.position];
      chunks = [];
      this.position += bytes;
      bytes = 0;
      const writing = writeAll(file, pieces, at);
      writing.catch(() => {}); // heard below; hashing meanwhile must not make it look unheard
      for (const piece of pieces) passed(piece);
      await writing;
    },
  };
}

/** A call may write less than it was given, on a volume that is nearly full for instance; only the next one then names the reason. */
export async function writeAll(file: OpenFile, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let [rest, at] = [pieces, position];
  while (rest.length > 0) {
    const [only] = rest;
    const { bytesWritten } = rest.length === 1 && only ? await file.write(only, 0, only.length, at) : await file.writev(rest, at);
    at += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
}

function withoutFirst(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  let index = 0;
  for (let piece = pieces[0]; piece !== undefined && skip >= piece.length; piece = pieces[index]) {
    skip -= piece.length;
    index += 1;
  }
  const [first, ...others] = pieces.slice(index);
  return first === undefined ? [] : [first.subarray(skip), ...others];
}
