import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { startHashing } from '../../src/adapters/disk/checksum.ts';
import { withFixture } from './shared-fixtures.ts';

interface Vectors {
  readonly vectors: {
    readonly recorded: readonly { readonly what: string; readonly size: number; readonly sha256: string; readonly fileChecksum: string }[];
    readonly computed: readonly {
      readonly what: string;
      readonly bytesHex?: string;
      readonly repeat?: { readonly byteHex: string; readonly count: number };
      readonly fileChecksum: string;
    }[];
  };
}

function checksumOf(bytes: Uint8Array, pieceBytes: number): ReturnType<ReturnType<typeof startHashing>['finish']> {
  const hashing = startHashing();
  for (let at = 0; at < bytes.length; at += pieceBytes) hashing.add(bytes.subarray(at, at + pieceBytes));
  return hashing.finish();
}

withFixture('photos/checksum-vectors.json', "Apple's checksum", (path) => {
  const { vectors }: Vectors = JSON.parse(readFileSync(path, 'utf8'));

  it.each(vectors.computed)('of $what', ({ bytesHex, repeat, fileChecksum }) => {
    const bytes = repeat ? Buffer.alloc(repeat.count, Buffer.from(repeat.byteHex, 'hex')) : Buffer.from(bytesHex ?? '', 'hex');
    for (const pieceBytes of [4099, 1 << 20])
      expect(checksumOf(bytes, pieceBytes)).toMatchObject({ checksum: fileChecksum, size: bytes.length });
  });

  it('of the photo that was really downloaded, and not of the same photo with one bit changed', () => {
    const body = readFileSync(join(dirname(path), 'binary/original-85638.jpg'));
    const recorded = vectors.recorded.find(({ size }) => size === body.length);
    expect(recorded).toBeDefined();
    expect(checksumOf(body, 16_384)).toEqual({ size: recorded?.size, checksum: recorded?.fileChecksum, sha256: recorded?.sha256 });
    for (const at of [0, 40_000, body.length - 1]) {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const digests = checksumOf(damaged, 16_384);
      expect(digests.checksum).not.toBe(recorded?.fileChecksum);
      expect(digests.sha256).toBe(createHash('sha256').update(damaged).digest('hex'));
    }
  });
});
