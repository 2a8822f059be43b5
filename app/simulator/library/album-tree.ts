import type { Library } from './photo-library.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Names a file system cannot take as they are, two that are equal, one decomposed (photos.md §5). */
const ODD_NAMES = ['Summer/Autumn', 'Family', 'Family', 'Ko\u0308ln', 'Nothing in here', '..', 'Grüße & Küsse 🌍', 'family'];

/** Record names, perhaps a million of them. */
export interface AssetNames {
  readonly length: number;
  at(index: number): string | undefined;
}

export interface AlbumTreeSpec {
  readonly albums: number;
  readonly everything: boolean;
  /** What may become members; hidden ones may be among them. */
  readonly assets: AssetNames;
  /** An asset of the shared library, to be a member of a personal album. */
  readonly sharedAsset: string | undefined;
  readonly mostMembers: number;
}

/** The two special folders that are in every listing and that nobody should show. */
function addSpecialFolders(library: Library): void {
  library.addAlbum({ recordName: '----Root-Folder----', type: 3, position: 0 });
  library.addAlbum({ recordName: '----Project-Root-Folder----', type: 3, position: 0 });
}

export function growAlbums(library: Library, random: SeededRandom, spec: AlbumTreeSpec): void {
  addSpecialFolders(library);
  const nested = spec.everything && spec.albums > 0;
  const folder = nested ? library.addAlbum({ name: 'Travel', type: 3 }) : undefined;
  const inner = nested ? library.addAlbum({ name: 'Italy 2023', type: 3, ...(folder === undefined ? {} : { parent: folder }) }) : undefined;
  if (nested) library.addAlbum({ name: 'Cats (smart)', type: 6 });
  for (let i = 0; i < spec.albums; i++) {
    const oddName = spec.everything ? ODD_NAMES[i] : undefined;
    const name = oddName ?? `Album ${i + 1}`;
    const parent = i % 4 === 2 ? folder : i % 4 === 3 ? inner : undefined;
    const album = library.addAlbum({ name, sortType: i % 3, ...(parent === undefined ? {} : { parent }) });
    if (name === 'Nothing in here') continue;
    fill(library, random, album, spec);
    if (i === 0 && spec.sharedAsset !== undefined) library.addToAlbum(spec.sharedAsset, album, 999_999);
  }
}

function fill(library: Library, random: SeededRandom, album: string, { assets, albums, mostMembers }: AlbumTreeSpec): void {
  const wanted = Math.min(assets.length, mostMembers, 3 + random.int(Math.max(4, Math.ceil((assets.length / Math.max(1, albums)) * 0.8))));
  const start = random.int(assets.length);
  for (let i = 0; i < wanted; i++) {
    const asset = assets.at((start + i) % assets.length);
    if (asset !== undefined) library.addToAlbum(asset, album, (i + 1) * 1024);
  }
}
