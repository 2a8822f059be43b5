import { describe, expect, it } from 'vitest';
import { fileChecksum, referenceChecksum } from '../../../simulator/library/apple-checksum.ts';
import { haveRecordings, notRun, recorded, recordedBytes } from './recordings.ts';

if (!haveRecordings) it.skip(notRun(3));

describe.runIf(haveRecordings)('checksums agree with the vectors', () => {
  const { vectors } = haveRecordings ? recorded('fixtures/photos/checksum-vectors.json') : { vectors: {} };

  it('of made-up bytes', () => {
    for (const { what, bytesHex, repeat, fileChecksum: wanted } of vectors.computed) {
      const bytes = repeat === undefined ? Buffer.from(bytesHex, 'hex') : Buffer.alloc(repeat.count, Number.parseInt(repeat.byteHex, 16));
      expect([what, fileChecksum(bytes)]).toEqual([what, wanted]);
    }
  });

  it('of an original whose body was recorded', () => {
    const { expect: wanted } = recorded('fixtures/photos/download-original-ok.json');
    expect(fileChecksum(recordedBytes('fixtures/photos/binary/original-85638.jpg'))).toBe(wanted.fileChecksum);
  });

  it('of wrapping keys', () => {
    for (const { wrappingKey, referenceChecksum: wanted } of vectors.reference)
      expect(referenceChecksum(Buffer.from(wrappingKey, 'base64'))).toBe(wanted);
  });
});
