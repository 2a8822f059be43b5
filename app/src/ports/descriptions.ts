import type { Asset, AssetDetails, RenditionKind } from '../domain/asset.ts';

/** An asset with all that its sidecars say, and its stored files. */
export interface Described {
  readonly asset: Asset;
  readonly details: AssetDetails;
  /** Type of the original; undefined when iCloud does not say. */
  readonly originalUti: string | undefined;
  /** Albums it is in, each as names from the outermost folder down. */
  readonly albums: readonly (readonly string[])[];
  readonly files: readonly DescribedRow[];
}

export interface DescribedRow {
  readonly kind: RenditionKind;
  readonly path: string;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
  /** What the sidecar was made from when it was last written; undefined = never. */
  readonly described: string | undefined;
}

/**
 * Which assets' sidecars may be out of date. The catalog puts an asset on this list by itself, whoever changes what a
 * sidecar says: its own fields, its stored files, its albums and their names.
 */
export interface DescriptionCatalog {
  /** Rows of assets to look at, in order. */
  toDescribe(afterRow: number, limit: number): readonly number[];
  described(assetRow: number): void;
  /** Every asset with a stored file, for instance because the form has changed. */
  describeAll(): void;
  describeNone(): void;
  description(assetRow: number): Described | undefined;
  /** Where what a sidecar was made from is noted. */
  setDescribed(assetRow: number, kind: RenditionKind, from: string): void;
  /** A photo of its own lies at this path, so it is no sidecar. */
  isStored(path: string): boolean;
}

/** Sidecars on disk. */
export interface SidecarStore {
  /**
   * Replaces the file at a path (relative to the library) with what `make` answers for its present text: undefined in =
   * nothing lies there; undefined out = leave it alone. Whole or not at all; nothing is written when nothing changes.
   * Throws Problem `disk-full`, `disk-error`.
   */
  put(path: string, make: (text: string | undefined) => string | undefined): Promise<'written' | 'same' | 'left-alone'>;
}
