import type { RenditionKind } from './asset.ts';
import { fold } from './fold.ts';
import { type Digest, identitySuffix } from './names.ts';

/** The trees that hold renditions; a file anywhere else in the library is the owner's own. */
export const PHOTO_TREES: readonly string[] = ['_All-Photos', '_Shared-Photos', '_Hidden'];

/** A file on disk that holds exactly the bytes of a rendition. */
export interface FoundRendition {
  readonly kind: RenditionKind;
  readonly path: string;
  readonly checksum: string;
}

export interface PlaceWish {
  /** Where the item would be filed if nothing were there; its first part is the tree it belongs to. */
  readonly folder: string;
  /** The name it would get if it were alone. */
  readonly stem: string;
  /** `zone/record name`: a suffix made from it says whose file this is. */
  readonly identity: string;
  readonly isTaken: (folder: string, foldedBase: string) => boolean;
  readonly digest: Digest;
}

export interface FoundPlace {
  readonly folder: string;
  readonly base: string;
  readonly folded: string;
}

/**
 * Where an item's files lie already: a path, once given, stays, also when the catalog that knew it is gone. Copies of one
 * photo have equal bytes, so the name decides whose is whose. Undefined when nothing of it is in its tree.
 */
export function placeFound(found: readonly FoundRendition[], wish: PlaceWish): FoundPlace | undefined {
  const tree = `${wish.folder.split('/')[0]}/`;
  const candidates = found.flatMap((file) => {
    const place = file.path.startsWith(tree) ? placeOf(file) : undefined;
    return place && !wish.isTaken(place.folder, place.folded) ? [{ ...place, rank: rankOf(place, file.kind, wish) }] : [];
  });
  const best = candidates.sort((a, b) => a.rank - b.rank || (a.base < b.base ? -1 : 1))[0];
  return best && { folder: best.folder, base: best.base, folded: best.folded };
}

/** What of an item's found files belongs to its place: same folder, same base. The first of a kind wins. */
export function partsAt(found: readonly FoundRendition[], place: FoundPlace): Map<RenditionKind, string> {
  const parts = new Map<RenditionKind, string>();
  for (const file of found) {
    const at = placeOf(file);
    if (at?.folder !== place.folder || at.folded !== place.folded || parts.has(file.kind)) continue;
    if (![...parts.values()].includes(file.path)) parts.set(file.kind, file.path);
  }
  return parts;
}

/** What stands between base and extension in the names of each kind (domain/names.ts). */
function marksOf(kind: RenditionKind): RegExp {
  if (kind === 'edited' || kind === 'edited-video') return /-edited(?:-\d{1,3})?$/;
  if (kind === 'live-video') return /(?:-live(?:-\d{1,3})?)?$/;
  if (kind === 'alternative') return /(?:-alt(?:-\d{1,3})?)?$/;
  if (kind === 'sidecar') return /(?:-imported(?:-\d{1,3})?)?$/;
  return kind === 'original' ? /$/ : /-[A-Za-z0-9]{1,8}(?:-\d{1,3})?$/;
}

function placeOf({ kind, path, checksum }: FoundRendition): FoundPlace | undefined {
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  // Named by its content, as version 1 to 4 did: no name to keep.
  if (stem === checksumName(checksum)) return undefined;
  const base = stem.replace(marksOf(kind), '');
  // An edit without its mark was named by somebody else.
  if (base === '' || (/^(?:edited|other)/.test(kind) && base === stem)) return undefined;
  return { folder, base, folded: fold(base) };
}

/** Lower is better: its own suffix, its own name, some name, a name with the suffix of another. */
function rankOf({ folder, base }: FoundPlace, kind: RenditionKind, { stem, identity, digest, folder: wanted }: PlaceWish): number {
  const letters = base.startsWith(`${stem}-`) ? base.slice(stem.length + 1) : undefined;
  const named =
    letters !== undefined && /^[0-9a-z]{6,20}$/.test(letters)
      ? identitySuffix(identity, letters.length, digest) === letters
        ? 0
        : 3
      : base === stem
        ? 1
        : 2;
  return named * 4 + (kind === 'original' ? 0 : 2) + (folder === wanted ? 0 : 1);
}

/** How icloud-photos-sync 1 to 4 named a file: Apple's checksum in base64url. */
export function checksumName(checksum: string): string {
  return checksum.replaceAll('+', '-').replaceAll('/', '_');
}
