import { PERSONAL_ZONE, type Proof, type RenditionKind } from './asset.ts';

/** A file of an archived folder, as the catalog remembers it. */
export interface ArchivedFile {
  readonly kind: RenditionKind;
  /** Relative to the library. */
  readonly path: string;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
  readonly proof: Proof;
  /** What verify found wrong with it; null = nothing. */
  readonly finding: string | null;
}

/** A member of an archived album, from the catalog. */
export interface ArchiveMember {
  /** In the catalog. */
  readonly row: number;
  readonly zone: string;
  /** Record names of the item and its master. */
  readonly asset: string;
  readonly master: string;
  readonly name: string;
  readonly favorite: boolean;
  readonly hidden: boolean;
  /** iCloud no longer shows it. */
  readonly gone: boolean;
  readonly inAlbum: boolean;
  /** Names of the other albums that it is in. */
  readonly otherAlbums: readonly string[];
  /** Everything that iCloud shows of it. */
  readonly renditions: readonly { readonly kind: RenditionKind; readonly checksum: string }[];
  readonly files: readonly ArchivedFile[];
}

/** What iCloud says of an item at this moment. */
export interface FreshItem {
  readonly asset: string;
  /** `unclear`: no answer that could be understood. */
  readonly state: 'live' | 'deleted' | 'gone' | 'unclear';
  /** Version of the record; a delete names it, so that nothing newer is overwritten. */
  readonly tag: string | undefined;
  readonly favorite: boolean;
  readonly hidden: boolean;
  readonly inAlbum: 'yes' | 'no' | 'unclear';
  /** Every file that it holds now. */
  readonly renditions: readonly { readonly kind: RenditionKind; readonly checksum: string }[];
  /** Of a deleted one: until then it can be brought back. Epoch ms. */
  readonly recoverableUntilMs: number | undefined;
}

/** Why an item of an archived album stays in iCloud. */
export const KEPT_REASONS = {
  'shared-library': 'kept: shared library',
  favorite: 'a favourite',
  hidden: 'hidden in iCloud, so not in the archive',
  'not-in-archive': 'not in the archived folder',
  'not-proven': 'not proven: a part of it is missing here, damaged, or could not be compared with Apple’s checksum',
  'in-other-albums': 'also in another album',
  'left-album': 'no longer in the album',
  'changed-in-icloud': 'changed in iCloud since it was archived',
  'gone-already': 'no longer in iCloud',
  unclear: 'iCloud gave no clear answer about it',
  refused: 'iCloud refused',
} as const;
export type KeptReason = keyof typeof KEPT_REASONS;

export interface DeleteRules {
  readonly evenIfInOtherAlbums: boolean;
}

/** What the catalog alone says against deleting a member in iCloud; undefined = nothing. The order is that of the report. */
export function keepsByCatalog(member: ArchiveMember, rules: DeleteRules): KeptReason | undefined {
  if (member.zone !== PERSONAL_ZONE) return 'shared-library';
  if (member.gone) return 'gone-already';
  if (!member.inAlbum) return 'left-album';
  if (member.favorite) return 'favorite';
  if (member.hidden) return 'hidden';
  if (member.files.length === 0) return 'not-in-archive';
  if (!isProven(member)) return 'not-proven';
  if (member.otherAlbums.length > 0 && !rules.evenIfInOtherAlbums) return 'in-other-albums';
  return undefined;
}

/** Every rendition that iCloud shows lies in the archive, and Apple's own checksum vouches for it. */
function isProven({ renditions, files }: ArchiveMember): boolean {
  return renditions.some(({ kind }) => kind === 'original') && coversAll(renditions, files.filter(isSound));
}

function isSound({ proof, finding }: ArchivedFile): boolean {
  return proof === 'apple' && finding === null;
}

function coversAll(
  renditions: readonly { readonly kind: RenditionKind; readonly checksum: string }[],
  files: readonly { readonly kind: RenditionKind; readonly checksum: string }[],
): boolean {
  return renditions.every(({ kind, checksum }) => files.some((file) => file.kind === kind && file.checksum === checksum));
}

/** The same, read fresh a moment before; undefined = it may be deleted, if its copy reads back. */
export function keepsByNow(member: ArchiveMember, now: FreshItem): KeptReason | undefined {
  if (now.state === 'deleted' || now.state === 'gone') return 'gone-already';
  if (now.state === 'unclear' || now.tag === undefined || now.inAlbum === 'unclear') return 'unclear';
  if (now.inAlbum === 'no') return 'left-album';
  if (now.favorite) return 'favorite';
  if (now.hidden) return 'hidden';
  if (!now.renditions.some(({ kind }) => kind === 'original') || !coversAll(now.renditions, member.files.filter(isSound)))
    return 'changed-in-icloud';
  return undefined;
}
