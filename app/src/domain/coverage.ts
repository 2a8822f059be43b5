import type { RenditionKind } from './asset.ts';
import type { LeftOutBecause } from './filters.ts';
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

/** Files that are not as they were stored, and what to do about them. */
export interface FindingGroup {
  readonly code: ProblemCode;
  readonly count: number;
  /** Paths of the first few. */
  readonly examples: readonly string[];
  readonly advice: string;
}

/** How lately the stored files were read whole and found right; arrival counts. */
export interface ReadCoverage {
  /** The window of VERIFY_DAYS. */
  readonly days: number;
  /** Files read within it, archived ones included, and all of them. */
  readonly files: number;
  readonly allFiles: number;
  /** Epoch ms; undefined when nothing is stored. */
  readonly oldestMs: number | undefined;
}

export interface MissingGroup {
  readonly code: ProblemCode | 'pending';
  readonly count: number;
  readonly examples: readonly string[];
  readonly advice: string;
  /** Epoch ms of the earliest next try; undefined = with the next run. */
  readonly nextTryMs: number | undefined;
  /** Of these, tried so often that only a full listing and `retry` try them again. */
  readonly setAside: number;
}

/** What a filter of the owner leaves out: neither missing nor stored. */
export interface LeftOutGroup {
  readonly because: LeftOutBecause;
  readonly files: number;
  readonly bytes: number;
}

/** The answer to "is my backup complete and intact?", from the catalog alone. */
export interface Coverage {
  /** Every library was listed to its end, and every rendition of it is stored. */
  readonly complete: boolean;
  /** Every stored file was proven when it arrived, and nothing is known to be wrong with one since. */
  readonly intact: boolean;
  readonly findings: readonly FindingGroup[];
  readonly read: ReadCoverage;
  /** Files of archived albums: copies of their own, proven by SHA-256. */
  readonly archived: { readonly files: number; readonly bytes: number; readonly findings: number };
  /** When the last complete listing of all libraries ended, epoch ms; undefined = never. */
  readonly listedAtMs: number | undefined;
  readonly assets: number;
  readonly albums: number;
  readonly storedFiles: number;
  readonly storedBytes: number;
  readonly kinds: readonly KindCoverage[];
  readonly missing: readonly MissingGroup[];
  readonly leftOut: readonly LeftOutGroup[];
  /** Items that are only here: gone from iCloud, and kept for good. */
  readonly noLongerListed: number;
  /** Items gone from iCloud whose files still wait in their place: for a person's decision, or for the next run. */
  readonly held: number;
}
