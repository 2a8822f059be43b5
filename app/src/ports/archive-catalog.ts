import type { ArchivedFile, ArchiveMember } from '../domain/archive-plan.ts';
import type { Proof, RenditionKind } from '../domain/asset.ts';

/** An archived album. Times are epoch ms. */
export interface ArchiveRow {
  readonly id: number;
  /** Record name of the album in iCloud. */
  readonly album: string;
  readonly name: string;
  /** Folder, relative to the library. */
  readonly path: string;
  readonly archivedAtMs: number;
  /** Every file is copied and was read back; undefined = it was interrupted. */
  readonly completeAtMs: number | undefined;
  /** Lies in `_Archive/.stash` until its place is free. */
  readonly parkedAtMs: number | undefined;
  readonly files: number;
  readonly bytes: number;
}

/** A stored file of a member, with the photo it belongs to. */
export interface MemberPart {
  readonly assetRow: number;
  /** `zone/record`: what a name suffix is made from. */
  readonly identity: string;
  readonly base: string;
  /** Import name. */
  readonly filename?: string | null;
  readonly captureMs: number | undefined;
  readonly path: string;
  readonly zone: string;
  readonly asset: string;
  readonly kind: RenditionKind;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
  readonly proof: Proof;
}

export interface ArchiveFileRow extends ArchivedFile {
  readonly zone: string;
  readonly asset: string;
}

/** One remote delete: noted before it is asked for, and again when its end is known. */
export interface RemoteDelete {
  readonly id: number;
  readonly archiveId: number;
  readonly zone: string;
  readonly asset: string;
  readonly name: string;
  readonly bytes: number;
  readonly intendedAtMs: number;
  readonly recoverableUntilMs: number | undefined;
}

export type DeleteOutcome = 'deleted' | 'not-deleted' | 'restored';

export interface ArchiveCatalog {
  archives(): readonly ArchiveRow[];
  /** Makes the album an archive, or answers the one that it is already. */
  beginArchive(album: string, name: string, path: string, nowMs: number): number;
  completeArchive(id: number, nowMs: number): void;
  moveArchive(id: number, path: string, parkedAtMs: number | undefined): void;
  /** The folder follows iCloud again, or is no longer ours to look after. Its files are forgotten. */
  endArchive(id: number, nowMs: number): void;
  putArchiveFile(id: number, file: ArchiveFileRow, nowMs: number): void;
  dropArchiveFile(id: number, path: string): void;
  archiveFiles(id: number): readonly ArchiveFileRow[];
  /** A stored file of a live item with the same bytes, in the trees. */
  twinOf(file: Pick<ArchiveFileRow, 'asset' | 'kind' | 'sha256'>): string | undefined;
  /** Stored files of an album's visible members, in its order. */
  memberParts(albumRow: number): readonly MemberPart[];
  /** Items in the archive or in its album, with all that speaks for or against deleting them. */
  archiveMembers(id: number): readonly ArchiveMember[];
  /** The same for an album that may be no archive yet. */
  membersOfAlbum(album: string, archiveId: number | undefined): readonly ArchiveMember[];
  /** Items of these record names that still have files on the to-do list. */
  missingOf(albumRow: number): readonly number[];

  intend(
    archiveId: number,
    items: readonly { readonly zone: string; readonly asset: string; readonly name: string; readonly bytes: number }[],
    nowMs: number,
  ): readonly number[];
  endDelete(id: number, outcome: DeleteOutcome, detail: string | undefined, recoverableUntilMs: number | undefined, nowMs: number): void;
  /** Deletes whose end is not known: the program broke off between asking and hearing. */
  openDeletes(): readonly (RemoteDelete & { readonly master: string | undefined })[];
  /** What was deleted for an archive and not brought back. */
  deletedOf(archiveId: number): readonly RemoteDelete[];
}
