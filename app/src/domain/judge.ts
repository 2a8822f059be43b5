import type { Proof, RenditionKind } from './asset.ts';

export type ChecksumPolicy = 'normal' | 'strict';

export interface Evidence {
  readonly kind: RenditionKind;
  readonly expected: { readonly size: number; readonly checksum: string };
  readonly got: { readonly size: number; readonly checksum: string; readonly sha256: string; readonly looksLike: string | undefined };
  /** SHA-256 of an earlier, separate download that disagreed with Apple's checksum too. */
  readonly disagreedBefore: string | undefined;
}

export type Verdict =
  | { readonly keep: true; readonly proof: Proof }
  | { readonly keep: false; readonly why: 'size' | 'error-page' | 'checksum'; readonly remember: string | undefined };

/**
 * Whether received bytes may take a real name. Apple's checksum decides when it can be recomputed. An original that disagrees
 * is never kept; another rendition only when two separate downloads were identical, because the formula is confirmed on real
 * originals only (photos.md §13, design.md "On disk").
 */
export function judge(evidence: Evidence, policy: ChecksumPolicy): Verdict {
  const { expected, got } = evidence;
  if (got.size !== expected.size) return { keep: false, why: 'size', remember: undefined };
  if (got.checksum === expected.checksum) return { keep: true, proof: 'apple' };
  if (got.looksLike === 'page') return { keep: false, why: 'error-page', remember: undefined };
  if (!isRecomputable(expected.checksum)) return { keep: true, proof: 'unverifiable' };
  const mayBeKept = policy === 'normal' && evidence.kind !== 'original';
  if (mayBeKept && evidence.disagreedBefore === got.sha256) return { keep: true, proof: 'unconfirmed' };
  return { keep: false, why: 'checksum', remember: mayBeKept ? got.sha256 : undefined };
}

/** 21 bytes whose first is 0x01: the only form the formula is known for. 28 characters of base64, the first two of them `AQ`…`Af`. */
export function isRecomputable(checksum: string): boolean {
  return /^A[Q-Za-f][A-Za-z0-9+/]{26}$/.test(checksum);
}
