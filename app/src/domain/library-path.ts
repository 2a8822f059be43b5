import { type Asset, PERSONAL_ZONE } from './asset.ts';
import { byteLength, NAME_LIMIT_BYTES } from './clean-name.ts';
import { fold } from './fold.ts';
import { type Layout, layoutFolder } from './layout.ts';
import { cleanFolderName, type Digest, firstFree, identitySuffix } from './names.ts';

/** Folders at the top of a library that are ours or a NAS's; an album of that name gets a suffix. */
export const RESERVED_FOLDERS: readonly string[] = [
  '_All-Photos',
  '_Shared-Photos',
  '_Hidden',
  '_Shared-Albums',
  '_JPEG',
  '_Archive',
  '_Trash',
  '.photos-sync',
  '.icloud-photos-sync',
  '@eaDir',
  '@Recycle',
  '@Recently-Snapshot',
  '#recycle',
  '#snapshot',
  '$RECYCLE.BIN',
  'RECYCLER',
  'FOUND.000',
  'System Volume Information',
  'Network Trash Folder',
  'Temporary Items',
  'lost+found',
];
const RESERVED: ReadonlySet<string> = new Set(RESERVED_FOLDERS.map(fold));

/** Linux refuses 4,096; a file name still has to fit below (neighbours.md §3.12). */
const FOLDER_PATH_LIMIT_BYTES = 4000 - NAME_LIMIT_BYTES - 1;

export const HIDDEN_TREE = '_Hidden';

/** The tree an item's files lie in. Hidden ones have their own, whichever library they are in (decisions.md 4). */
export function treeOf({ zone, hidden }: Pick<Asset, 'zone' | 'hidden'>): '_All-Photos' | '_Shared-Photos' | '_Hidden' {
  if (hidden) return HIDDEN_TREE;
  return zone === PERSONAL_ZONE ? '_All-Photos' : '_Shared-Photos';
}

type Dates = Pick<Asset, 'captureMs' | 'addedMs' | 'offsetS'>;

/**
 * The folder a new item gets: `_All-Photos/2024/2024-05`. The date is the one on the calendar of the place where the photo
 * was taken; without a date that makes sense it is `undated` (decisions.md 26).
 */
export function placeFolder(asset: Pick<Asset, 'zone' | 'hidden'> & Dates, layout: Layout): string {
  const folder = layoutFolder(layout, localDate(asset));
  return folder === '' ? treeOf(asset) : `${treeOf(asset)}/${folder}`;
}

/** A Date whose UTC fields show the local calendar and clock of the place. */
function localDate({ captureMs, addedMs, offsetS }: Dates): Date | undefined {
  const ms = usableDateMs(captureMs) ?? usableDateMs(addedMs);
  return ms === undefined ? undefined : new Date(ms + (usableOffsetS(offsetS) ?? 0) * 1000);
}

/** Seconds east of UTC, unless no clock on earth shows that. */
export function usableOffsetS(offsetS: number | undefined): number | undefined {
  return offsetS !== undefined && Math.abs(offsetS) <= MAX_OFFSET_S ? offsetS : undefined;
}

/** What becomes the file's modification time. */
export function modifiedAtMs({ captureMs, addedMs }: Pick<Dates, 'captureMs' | 'addedMs'>): number | undefined {
  return usableDateMs(captureMs) ?? usableDateMs(addedMs);
}

/** No place on earth is further from UTC than 14 hours; some software wrote up to 18. */
const MAX_OFFSET_S = 18 * 3600;

/** Apple's "not set" is the year 1 (-62135769600000); other nonsense was seen far in the future. Photography began after 1800. */
export function usableDateMs(ms: number | undefined): number | undefined {
  if (ms === undefined || !Number.isFinite(ms)) return undefined;
  const year = new Date(ms).getUTCFullYear();
  return year >= 1800 && year <= 2200 ? ms : undefined;
}

export interface AlbumPlace {
  /** Folder it lies in, relative to the library; empty at the top. */
  readonly parentPath: string;
  readonly name: string;
  /** `zone/record name` of the album: survives a rename. */
  readonly identity: string;
  /** Whether another album of that folder has this name; asked with folded names. */
  readonly isTaken: (foldedName: string) => boolean;
  readonly digest: Digest;
  readonly limitBytes?: number;
}

/** Where an album or a folder of albums lies. */
export function albumPath({ parentPath, name, identity, isTaken, digest, limitBytes = NAME_LIMIT_BYTES }: AlbumPlace): string {
  const within = (folder: string) => (parentPath === '' ? folder : `${parentPath}/${folder}`);
  const free = firstFree(cleanFolderName(name, limitBytes), identity, digest, (candidate) => {
    const folded = fold(candidate);
    return isTaken(folded) || (parentPath === '' && RESERVED.has(folded));
  });
  // Folders nested beyond what a path can hold: the letters alone still lead to the album.
  return byteLength(within(free)) > FOLDER_PATH_LIMIT_BYTES ? within(identitySuffix(identity, 10, digest)) : within(free);
}
