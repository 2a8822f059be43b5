import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OpenFile } from '../../../src/adapters/disk/disk-calls.ts';
import { createWriteBatch } from '../../../src/adapters/disk/write-batch.ts';

/** A file that takes at most so many bytes at once, as a nearly full volume does. */
function stingyFile(mostBytes: number) {
  let content = Buffer.alloc(0);
  const put = (bytes: Uint8Array, position: number) => {
    const taken = bytes.subarray(0, mostBytes);
    expect(position).toBe(content.length);
    content = Buffer.concat([content, taken]);
    return { bytesWritten: taken.length };
  };
  const file = {
    write: async (buffer: Uint8Array, offset: number, length: number, position: number) =>
      put(buffer.subarray(offset, offset + length), position),
    writev: async (buffers: readonly Uint8Array[], position: number) => put(Buffer.concat(buffers), position),
  };
  return { file: file as unknown as OpenFile, content: () => content };
}

it('writes every byte once and in order, however little is taken at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 7 }),
      async (pieces, mostBytes, flushEvery) => {
        const disk = stingyFile(mostBytes);
        const passed: Uint8Array[] = [];
        const batch = createWriteBatch(disk.file, 0, (piece) => passed.push(piece));
        for (const [index, piece] of pieces.entries()) {
          batch.add(piece);
          if (index % flushEvery === 0) await batch.flush();
        }
        await batch.flush();
        expect(disk.content()).toEqual(Buffer.concat(pieces));
        expect(Buffer.concat(passed)).toEqual(Buffer.concat(pieces));
      },
    ),
  );
});
