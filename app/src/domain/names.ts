import type { RenditionKind } from './asset.ts';
import { cleanCharacters, cleanStem, NAME_LIMIT_BYTES } from './clean-name.ts';
import { acceptsExtension, MEDIA_EXTENSIONS, preferredExtension } from './file-types.ts';
import { fold } from './fold.ts';

/** SHA-256, handed in because the domain computes nothing that needs a module of Node. */
export type Digest = (text: string) => Uint8Array;

/** Room for `-` and ten letters, `-edited` or another mark, `.heics`, `.xmp` of a sidecar, and a number (neighbours.md §3.9). */
const FILE_RESERVE_BYTES = 32;
const FOLDER_RESERVE_BYTES = 16;
/** Marks between base and extension: two photos must not meet in a name that one of them only gets by its mark. */
const MARKS = ['-edited', '-alt', '-imported', '-live'] as const;
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** First bits of the identity's hash, five to a letter: stable whatever the order in which photos are named. */
export function identitySuffix(identity: string, letters: number, digest: Digest): string {
  const bytes = digest(identity);
  let suffix = '';
  for (let bit = 0; suffix.length < letters; bit += 5) {
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    suffix += LETTERS[(pair >> (11 - (bit & 7))) & 31];
  }
  return suffix;
}

/** Splits a name that has been through steps 1 to 5. What is no extension stays in the stem ("v1.2 final"). */
function split(name: string, uti: string | undefined): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1);
  const counts =
    MEDIA_EXTENSIONS.has(extension.toLowerCase()) || (preferredExtension(uti) === undefined && /^[A-Za-z0-9]{1,5}$/.test(extension));
  return counts ? { stem: name.slice(0, dot), extension } : { stem: name, extension: '' };
}

export interface ImportName {
  /** As Apple gives it, decoded; undefined when missing. */
  readonly filename: string | undefined;
  /** Type of the original: it decides what of the name is the extension. */
  readonly uti: string | undefined;
}

/** The name all parts of an asset share, before anybody else in the folder is considered. */
export function fileStem({
  filename,
  uti,
  masterId,
  limitBytes = NAME_LIMIT_BYTES,
}: ImportName & { readonly masterId: string; readonly limitBytes?: number }): string {
  const fallback = checksumStem(masterId);
  // The record name is Apple's word and still only input: what is stored is safe whatever it holds.
  const safeFallback = cleanStem(cleanCharacters(fallback), 'photo', limitBytes - FILE_RESERVE_BYTES);
  return cleanStem(split(cleanCharacters(filename ?? ''), uti).stem, safeFallback, limitBytes - FILE_RESERVE_BYTES);
}

export function cleanFolderName(name: string, limitBytes: number = NAME_LIMIT_BYTES): string {
  return cleanStem(cleanCharacters(name), 'Unnamed', limitBytes - FOLDER_RESERVE_BYTES);
}

export interface BaseWish {
  readonly stem: string;
  /** `zone/record name` of the asset. */
  readonly identity: string;
  /** Whether another asset of the folder has this base; asked with folded bases. */
  readonly isTaken: (foldedBase: string) => boolean;
  readonly digest: Digest;
}

/** The stem, or the stem with letters of the photo's own identity when the name is another photo's (neighbours.md §3.10). */
export function chooseBase({ stem, identity, isTaken, digest }: BaseWish): string {
  return firstFree(stem, identity, digest, (base) => {
    const folded = fold(base);
    // `IMG_1-edited.JPG` may be the edit of IMG_1 or somebody's own export with that name: such bases exclude each other.
    return (
      isTaken(folded) || MARKS.some((mark) => isTaken(folded + mark) || (folded.endsWith(mark) && isTaken(folded.slice(0, -mark.length))))
    );
  });
}

/** Six letters, then 8, 10 …; a hundred bits of SHA-256 do not run out, the counter only makes sure that this ends. */
export function firstFree(name: string, identity: string, digest: Digest, isTaken: (candidate: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let letters = 6; letters <= 20; letters += 2) {
    const candidate = `${name}-${identitySuffix(identity, letters, digest)}`;
    if (!isTaken(candidate)) return candidate;
  }
  for (let count = 2; ; count += 1) if (!isTaken(`${name}-${count}`)) return `${name}-${count}`;
}

export interface Part {
  readonly base: string;
  readonly kind: RenditionKind;
  /** Type of this rendition. */
  readonly uti: string | undefined;
  readonly importName: string | undefined;
  /** File names that other parts of the same asset have. */
  readonly siblings: readonly string[];
  /** By the first bytes, when the bytes are there already; only asked where the type says nothing. */
  readonly sniffedExtension?: string | undefined;
}

/** How icloud-photos-sync 1 to 4 named files: Apple's checksum in the alphabet that file names take. */
export function checksumStem(checksum: string): string {
  return checksum.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The file name of one rendition in the layout `icps`: originals and edits by their own checksum, as there; what was not
 * stored there by the original's. `suffix` is what keeps two items with the same original apart.
 */
export function checksumPartName(part: Part, checksum: string, suffix: string): string {
  const isEdit = part.kind === 'edited' || part.kind === 'edited-video';
  if (!isEdit && part.kind !== 'original') return partName({ ...part, importName: undefined });
  const extension = extensionOf({ ...part, importName: undefined });
  return `${isEdit ? checksumStem(checksum) + suffix : part.base}.${extension === 'jpg' ? 'jpeg' : extension}`;
}

/** The file name of one rendition (neighbours.md §3.11). */
export function partName(part: Part): string {
  const extension = extensionOf(part);
  const taken = new Set(part.siblings.map(fold));
  for (const mark of marksFor(part.kind, extension)) {
    const name = `${part.base}${mark}.${extension}`;
    if (!taken.has(fold(name))) return name;
  }
  throw new RangeError(`No name is left for ${part.kind} of ${part.base}`);
}

function* marksFor(kind: RenditionKind, extension: string): Generator<string> {
  const first = markOf(kind, extension);
  yield first;
  if (kind === 'alternative') yield '-alt';
  if (kind === 'live-video') yield '-live';
  for (let count = 2; count < 1000; count += 1) yield `${first}-${count}`;
}

function markOf(kind: RenditionKind, extension: string): string {
  if (kind === 'edited' || kind === 'edited-video') return '-edited';
  // Our own sidecars are called B.EXT.xmp, other programs look for B.xmp: the imported one must be neither.
  if (kind === 'sidecar' && extension === 'xmp') return '-imported';
  if (!kind.startsWith('other:')) return '';
  const prefix = kind
    .slice('other:'.length)
    .replace(/^res/, '')
    .replace(/[^A-Za-z0-9]/g, '');
  return `-${prefix.slice(0, 8) || 'other'}`;
}

/** Step 6: the type decides; the import name only how it is spelled. */
function extensionOf({ kind, uti, importName, sniffedExtension }: Part): string {
  const { extension: own } = split(cleanCharacters(importName ?? ''), uti);
  const capitals = /[A-Z]/.test(own) && own === own.toUpperCase();
  const spelled = (extension: string) => (capitals ? extension.toUpperCase() : extension);
  const sniffed = sniffedExtension !== undefined && /^[a-z0-9]{1,5}$/.test(sniffedExtension) ? sniffedExtension : undefined;
  const preferred = preferredExtension(uti);
  if (kind === 'sidecar') {
    const sidecar = preferred ?? (sniffed === 'plist' ? 'aae' : sniffed) ?? 'bin';
    return sidecar === 'xmp' ? sidecar : spelled(sidecar);
  }
  if (preferred !== undefined) return acceptsExtension(uti, own) ? own : spelled(preferred);
  if (kind === 'original') return own || (sniffed ?? 'bin');
  // The import name is the original's: about another part the bytes know more.
  const byKind = kind === 'live-video' || kind === 'edited-video' ? 'mov' : undefined;
  if (sniffed !== undefined || byKind !== undefined) return spelled(sniffed ?? byKind ?? 'bin');
  return own || 'bin';
}
