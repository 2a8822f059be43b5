import type { Proof, RenditionKind } from './asset.ts';

/** In every archived folder: says that it is one, of which album, and what it holds (docs/archive.md). */
export const ARCHIVE_MARKER = '.photos-sync-archive.json';

export interface ArchiveMarker {
  readonly schema: 1;
  /** Record name of the album in iCloud. */
  readonly album: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly archivedAt: string;
  /** Empty where an older version made the archive. */
  readonly files: readonly MarkedFile[];
}

export interface MarkedFile {
  /** Name in this folder. */
  readonly name: string;
  readonly zone: string;
  readonly asset: string;
  readonly kind: RenditionKind;
  readonly size: number;
  readonly checksum: string;
  readonly sha256: string;
  readonly proof: Proof;
}
