import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlocks } from '../../../src/adapters/http/blocks.ts';

/** Differs from block to block, so that memory which is used again too early shows. */
const PATTERN = Buffer.from(Uint8Array.from({ length: 5_000_000 }, (_, index) => (index + (index >> 12)) % 251));
const bytesFrom = (start: number, length: number) => PATTERN.subarray(start, start + length);

describe('blocks', () => {
  it('hold the bytes in order, whatever the pieces and whenever blocks are taken', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(600_000), fc.nat(3)), { maxLength: 8 }), (pieces) => {
        const spare: Buffer[] = [];
        const blocks = createBlocks(spare);
        const piece = Buffer.alloc(600_000);
        const taken: Buffer[] = [];
        const take = () => {
          const block = blocks.take();
          if (block) taken.push(Buffer.from(block));
        };
        let total = 0;
        for (const [length, takes] of pieces) {
          bytesFrom(total, length).copy(piece); // one memory for all, as that of a socket
          blocks.add(piece.subarray(0, length));
          total += length;
          for (let count = 0; count < takes; count++) take();
        }
        blocks.end();
        while (blocks.isFull) take();
        expect(Buffer.concat(taken).equals(bytesFrom(0, total))).toBe(true);
        expect(taken.every(({ length }) => length > 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('use the memory of a block again once the next one is taken', () => {
    const spare: Buffer[] = [];
    for (let file = 0; file < 20; file++) {
      const blocks = createBlocks(spare);
      for (let piece = 0; piece < 30; piece++) {
        blocks.add(bytesFrom(piece, 64_000));
        while (blocks.isFull) blocks.take();
      }
      blocks.end();
      while (blocks.take() !== undefined);
    }
    expect(spare.length).toBeLessThanOrEqual(3); // one is read, one waits, one is filled
  });
});
