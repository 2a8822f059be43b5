import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenditionKind } from '../../../src/domain/asset.ts';
import { type Evidence, isRecomputable, judge } from '../../../src/domain/judge.ts';

const APPLE = 'AeYfMtlOMb3dM9bETic9fXkMpjMV';
const OTHER = 'AY6c+BsE0jjaXx9tmVGJM1D2VcEO';

function evidence(
  change: { kind?: RenditionKind; size?: number; checksum?: string; expectedChecksum?: string; looksLike?: string; before?: string } = {},
): Evidence {
  return {
    kind: change.kind ?? 'original',
    expected: { size: 100, checksum: change.expectedChecksum ?? APPLE },
    got: { size: change.size ?? 100, checksum: change.checksum ?? APPLE, sha256: 'sha-of-this', looksLike: change.looksLike ?? 'image' },
    disagreedBefore: change.before,
  };
}

describe('received bytes', () => {
  it("are kept as proven when Apple's checksum matches, whatever they look like", () => {
    expect(judge(evidence({ looksLike: 'page' }), 'normal')).toEqual({ keep: true, proof: 'apple' });
  });

  it('are refused when the size is wrong, even with a matching checksum', () => {
    expect(judge(evidence({ size: 99 }), 'normal')).toMatchObject({ keep: false, why: 'size' });
  });

  it('of an original are never kept when the checksum disagrees, however often they come', () => {
    expect(judge(evidence({ checksum: OTHER, before: 'sha-of-this' }), 'normal')).toEqual({
      keep: false,
      why: 'checksum',
      remember: undefined,
    });
  });

  it('of an edit are remembered when they disagree once, and kept as unconfirmed when a second download is identical', () => {
    expect(judge(evidence({ kind: 'edited', checksum: OTHER }), 'normal')).toEqual({
      keep: false,
      why: 'checksum',
      remember: 'sha-of-this',
    });
    expect(judge(evidence({ kind: 'edited', checksum: OTHER, before: 'sha-of-this' }), 'normal')).toEqual({
      keep: true,
      proof: 'unconfirmed',
    });
    expect(judge(evidence({ kind: 'edited', checksum: OTHER, before: 'sha-of-another' }), 'normal')).toMatchObject({ keep: false });
  });

  it('of an edit are refused under the strict policy as well', () => {
    expect(judge(evidence({ kind: 'edited', checksum: OTHER, before: 'sha-of-this' }), 'strict')).toMatchObject({
      keep: false,
      remember: undefined,
    });
  });

  it('that are an error page are refused and not remembered', () => {
    expect(judge(evidence({ kind: 'edited', checksum: OTHER, looksLike: 'page', before: 'sha-of-this' }), 'normal')).toEqual({
      keep: false,
      why: 'error-page',
      remember: undefined,
    });
  });

  it('are kept as not verifiable when the checksum has a form that nobody can recompute', () => {
    expect(judge(evidence({ expectedChecksum: 'gY6c+BsE0jjaXx9tmVGJM1D2VcEO' }), 'normal')).toEqual({ keep: true, proof: 'unverifiable' });
  });

  it('never count as proven without a matching checksum', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<RenditionKind>('original', 'edited', 'live-video'),
        fc.string(),
        fc.constantFrom('normal', 'strict'),
        (kind, checksum, policy) => {
          const verdict = judge(evidence({ kind, checksum }), policy as 'normal' | 'strict');
          expect(verdict.keep && verdict.proof === 'apple').toBe(checksum === APPLE);
        },
      ),
    );
  });
});

it('knows the one form of checksum that can be recomputed: 21 bytes that begin with 0x01', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 18, maxLength: 24 }), (bytes) => {
      expect(isRecomputable(Buffer.from(bytes).toString('base64'))).toBe(bytes.length === 21 && bytes[0] === 1);
    }),
    { examples: [[Uint8Array.from([1, ...new Array(20).fill(7)])]] },
  );
});
