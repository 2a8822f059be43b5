import type { RenditionKind } from './asset.ts';
import type { ProblemCode } from './problem.ts';

/** One kind of rendition: what iCloud holds and what of it is safe here. */
export interface KindCoverage {
  readonly kind: RenditionKind;
  /** Renditions that the last listing showed. */
  readonly listed: number;
  readonly listedBytes: number;
  /** Of these, on disk in the listed version. */
  readonly stored: number;
  /** Of these, bytes that match Apple's checksum. */
  readonly verified: number;
  /** Kept although Apple's checksum disagrees (design.md), or has a form that cannot be recomputed. */
  readonly unconfirmed: number;
  readonly unverifiable: number;
}

export interface MissingGroup {
  readonly code: ProblemCode | 'pending';
  readonly count: number;
  readonly examples: readonly string[];
  readonly advice: string;
  /** Epoch ms of the earliest next try; undefined = with the next run. */
  readonly nextTryMs: number | undefined;
}

/** The answer to "is my backup complete and intact?", from the catalog alone. */
export interface Coverage {
  /** Every library was listed to its end, and every rendition of it is stored. */
  readonly complete: boolean;
  /** Every stored file was proven when it arrived; `verify` re-reads them later. */
  readonly intact: boolean;
  /** When the last complete listing of all libraries ended, epoch ms; undefined = never. */
  readonly listedAtMs: number | undefined;
  readonly assets: number;
  readonly albums: number;
  readonly storedFiles: number;
  readonly storedBytes: number;
  readonly kinds: readonly KindCoverage[];
  readonly missing: readonly MissingGroup[];
  /** Assets stored here that iCloud no longer lists. */
  readonly noLongerListed: number;
}
