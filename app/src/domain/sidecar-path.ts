import type { Rendition, RenditionKind } from './asset.ts';
import { mediaKind } from './file-types.ts';

/** What is written beside a photo: XMP for other programs, JSON with everything iCloud says, both, or nothing. */
export type MetadataForm = 'xmp' | 'json' | 'both' | 'none';

export const XMP_ENDING = '.xmp';
export const JSON_ENDING = '.json';

/** Files that belong to a photo and go where it goes: ours, or another program's with the same name. */
export const companionPaths = (path: string): readonly string[] => [`${path}${XMP_ENDING}`, `${path}${JSON_ENDING}`];

/**
 * One sidecar for each picture or film that people look at (neighbours.md §1.1): not for the film half of a live photo,
 * which viewers hide, and not for what is itself a sidecar.
 */
export function hasSidecar(kind: RenditionKind, original: Pick<Rendition, 'uti'> | undefined): boolean {
  if (kind === 'original' || kind === 'alternative' || kind === 'edited') return true;
  return kind === 'edited-video' && mediaKind(original?.uti) === 'video';
}

/** Whatever the original is. */
export const neverHasSidecar = (kind: RenditionKind): boolean => kind !== 'edited-video' && !hasSidecar(kind, undefined);
