import type { StoredFile } from './asset.ts';
import { mediaKindOfName } from './file-types.ts';

/** Copies that any program opens. A derived tree: nothing in it is anybody's only copy. */
export const JPEG_TREE = '_JPEG';

/** What a copy is made of: a JPEG that is stored here already, or the one iCloud made of the picture that is shown. */
export interface CopyWish {
  /** Apple's checksum of the file that the copy shows; the copy is out of date when it changes. */
  readonly from: string;
  readonly shows: 'edited' | 'original';
  readonly stored: StoredFile | undefined;
}

const JPEG = /\.(?:jpe?g|jpe|jfif)$/i;
const OPEN_FORMAT = /\.(?:jpe?g|jpe|jfif|a?png|gif|webp)$/i;
/** Kinds of files that a copy depends on. */
type Pictures = 'original' | 'edited' | 'alternative';

/** The copy that an item's stored files ask for. Undefined: it is a film, or every program can show it as it is. */
export function copyWish(files: readonly StoredFile[]): CopyWish | undefined {
  const find = (wanted: Pictures) => files.find(({ kind, path }) => kind === wanted && mediaKindOfName(path) === 'image');
  const [original, edited] = [find('original'), find('edited')];
  if (!original || (OPEN_FORMAT.test(original.path) && (!edited || OPEN_FORMAT.test(edited.path)))) return undefined;
  if (edited) {
    if (JPEG.test(edited.path)) return { from: edited.checksum, shows: 'edited', stored: edited };
    return OPEN_FORMAT.test(edited.path) ? undefined : { from: edited.checksum, shows: 'edited', stored: undefined };
  }
  // The camera's own JPEG beside a RAW is better than any rendering of it.
  const half = find('alternative');
  if (half && JPEG.test(half.path)) return { from: half.checksum, shows: 'original', stored: half };
  return { from: original.checksum, shows: 'original', stored: undefined };
}

/** `_JPEG/2024/2024-05/IMG_0412`: the same folder as in the item's own tree, without the ending. */
export function copyStem(folder: string, base: string): string {
  const slash = folder.indexOf('/');
  return slash < 0 ? `${JPEG_TREE}/${base}` : `${JPEG_TREE}/${folder.slice(slash + 1)}/${base}`;
}
