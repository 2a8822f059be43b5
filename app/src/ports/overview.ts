import type { Coverage } from '../domain/coverage.ts';

/** Where stored items were taken, as plain arrays of one length: 12 bytes an item. */
export interface Places {
  /** Rows of the items. */
  readonly rows: Uint32Array;
  /** Degrees. */
  readonly latitudes: Float32Array;
  readonly longitudes: Float32Array;
}

export interface MonthBytes {
  /** `2026-11`, UTC. */
  readonly month: string;
  readonly bytes: number;
}

/**
 * Questions about the whole library. Of a small one the answer is there at once; of a large one it takes seconds and is
 * worked out beside everything else, so that nobody else waits for it. Throws or rejects when the catalog cannot be read.
 */
export interface Overview {
  coverage(): Coverage | Promise<Coverage>;
  /** Bytes stored in each month, oldest first. */
  growth(): readonly MonthBytes[] | Promise<readonly MonthBytes[]>;
  /** Items stored after a moment, newest first. */
  newest(sinceMs: number, limit: number): readonly number[] | Promise<readonly number[]>;
  /** Without hidden items. */
  places(): Places | Promise<Places>;
}
