import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeAll } from '../../../src/adapters/disk/write-all.ts';

it('writes every byte once and in order, however little is taken at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), fc.nat(1000), async (bytes, mostBytes, start) => {
      let content = Buffer.alloc(0);
      // A file that takes at most so many bytes at once, as on a volume that is nearly full.
      const write = (buffer: Uint8Array, offset: number, length: number, position: number) => {
        const taken = buffer.subarray(offset, offset + Math.min(length, mostBytes));
        expect(position).toBe(start + content.length);
        content = Buffer.concat([content, taken]);
        return { bytesWritten: taken.length };
      };
      await writeAll({ write }, bytes, start);
      expect(content).toEqual(Buffer.from(bytes));
    }),
  );
});
