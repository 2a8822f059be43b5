import type { RenditionKind } from './asset.ts';

declare const readBack: unique symbol;

/**
 * An item whose every file was read back from the archived folder a moment ago and matches in size, Apple's checksum and SHA-256.
 * Only the read-back makes one (engine/archive-read-back.ts), and nothing is deleted in iCloud without one.
 */
export interface VerifiedCopy {
  readonly [readBack]: true;
  readonly zone: string;
  /** Record name of the item. */
  readonly asset: string;
  /** For messages and the undo list. */
  readonly name: string;
  readonly files: readonly VerifiedFile[];
}

export interface VerifiedFile {
  readonly kind: RenditionKind;
  /** Relative to the library. */
  readonly path: string;
  readonly size: number;
  readonly checksum: string;
  readonly sha256: string;
}

export function bytesOf({ files }: Pick<VerifiedCopy, 'files'>): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
