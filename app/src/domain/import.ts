import { cleanCharacters } from './clean-name.ts';
import { fold } from './fold.ts';

/** Programs whose trees are known; `any` is told by bytes and names alone. */
export const TREE_KINDS = ['icps', 'icloudpd', 'docker-icloudpd', 'osxphotos', 'any'] as const;
export type TreeKind = (typeof TREE_KINDS)[number];

export const TREE_NAMES: Readonly<Record<TreeKind, string>> = {
  icps: 'icloud-photos-sync 1 to 4',
  icloudpd: 'icloudpd',
  'docker-icloudpd': 'docker-icloudpd',
  osxphotos: 'osxphotos',
  any: 'no program that is known',
};

/** What the names at the top of a folder say about who made it. A hint for the report; matching goes by bytes. */
export function recogniseTree(names: readonly string[]): TreeKind {
  const has = (name: string) => names.includes(name);
  if (has('.icloud-photos-sync') || (has('_All-Photos') && has('.library.lock'))) return 'icps';
  if (names.some((name) => name.startsWith('.osxphotos_export'))) return 'osxphotos';
  if (has('.mounted')) return 'docker-icloudpd';
  if (names.some((name) => /^(?:19|20)\d\d$/.test(name))) return 'icloudpd';
  return has('_All-Photos') ? 'icps' : 'any';
}

/** Why a file of the source was not taken. */
export type LeftLabel =
  /** Named after a photo, or after its checksum, and of its size, but with other bytes. */
  | 'damaged'
  /** A photo of iCloud by its name, with metadata rewritten or edited by another program. */
  | 'changed'
  /** A preview or a reduced version. */
  | 'smaller'
  /** Converted: another type than what iCloud holds. */
  | 'converted'
  /** No photo of that name is in iCloud. */
  | 'not-in-icloud';

/** What iCloud says of a rendition, as far as a file could be told by it. */
export interface ListedName {
  readonly filename: string;
  readonly size: number;
  readonly checksum: string;
}

export interface LeftFile {
  readonly path: string;
  readonly size: number;
}

/** One EXIF date that was written in added 186 bytes; programs reserve some kilobytes for more. */
const METADATA_BYTES = 64 * 1024;
const CHECKSUM_STEM = /^A[Q-Za-f][A-Za-z0-9_-]{26}$/;
/** What other programs append to a name (docs/import.md). */
const SUFFIXES = [
  /_HEVC$/,
  /-(?:adjusted|medium|thumb|original|alternative)$/,
  /_(?:edited|preview)$/,
  /-\d{3,}$/,
  / ?\(\d+\)$/,
  /_[A-Za-z0-9+_-]{7}$/,
];

function split(path: string): { stem: string; extension: string } {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? { stem: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() } : { stem: name, extension: '' };
}

/** Under which names a file may be known in iCloud: as it is called, and without what other programs append. */
export function nameKeys(path: string): string[] {
  const { stem } = split(path);
  if (CHECKSUM_STEM.test(stem)) return [stem];
  const keys = new Set([keyOf(stem)]);
  let bare = stem;
  for (const suffix of SUFFIXES) {
    bare = bare.replace(suffix, '');
    keys.add(keyOf(bare));
  }
  keys.delete('');
  return [...keys];
}

/** Keys under which a rendition of iCloud is looked for. */
export function listedKeys({ filename, checksum }: Pick<ListedName, 'filename' | 'checksum'>): string[] {
  return [keyOf(split(filename).stem), checksum.replaceAll('+', '-').replaceAll('/', '_')];
}

const keyOf = (stem: string) => fold(cleanCharacters(stem));

/** Why a file with bytes that iCloud does not have was left where it is; told by its name and size. */
export function labelLeft(file: LeftFile, listed: readonly ListedName[]): LeftLabel {
  if (listed.length === 0) return 'not-in-icloud';
  const { stem, extension } = split(file.path);
  if (CHECKSUM_STEM.test(stem)) return 'damaged';
  const sameType = listed.filter(({ filename }) => isSameType(split(filename).extension, extension));
  if (sameType.some(({ size }) => size === file.size)) return 'damaged';
  if (sameType.some(({ size }) => Math.abs(size - file.size) <= METADATA_BYTES)) return 'changed';
  if (/-(?:medium|thumb)$|_preview$/i.test(stem)) return 'smaller';
  if (sameType.length === 0) return 'converted';
  return sameType.every(({ size }) => file.size < size / 2) ? 'smaller' : 'changed';
}

function isSameType(a: string, b: string): boolean {
  const plain = (extension: string) => ({ jpeg: 'jpg', jpe: 'jpg', tiff: 'tif', heif: 'heic' })[extension] ?? extension;
  return plain(a) === plain(b);
}
