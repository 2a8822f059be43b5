import type { Library } from '../photo-library.ts';
import { DAY, HEIC, nameFor } from './exhibit.ts';

interface MuseumAlbum {
  readonly id: string;
  /** undefined leaves `albumNameEnc` out. */
  readonly name: string | undefined;
  /** 0 album, 3 folder, 6 smart album, 7 nobody knows. */
  readonly type?: number;
  readonly parent?: string;
}

const album = (id: string, name: string | undefined = id, parent?: string): MuseumAlbum => ({
  id,
  name,
  ...(parent === undefined ? {} : { parent }),
});
const folder = (id: string, parent?: string): MuseumAlbum => ({ ...album(id, id, parent), type: 3 });

/** Each with one photo at least, so that its folder is there; those whose members are exhibits name it in `albums`. */
const ALBUMS: readonly MuseumAlbum[] = [
  folder('Travel'),
  folder('Italy', 'Travel'),
  album('Rome', 'Rome', 'Italy'),
  album('Venice/Mestre', 'Venice/Mestre', 'Italy'),
  album('Edits'),
  album('About'),
  album('Mixed'),
  album('Same name'),
  album('Empty', 'Nothing in here'),
  album('Party 1', 'Party'),
  album('Party 2', 'Party'),
  album('Party lower', 'party'),
  album('Köln nfd', 'Ko\u0308ln'),
  album('Köln nfc', 'K\u00f6ln'),
  album('Dots', '..'),
  album('Trailing dot', 'Misc.'),
  album('Blank', ''),
  { id: 'No name', name: undefined },
  album('Device', 'CON'),
  album('Own tree', '_All-Photos'),
  album('Own trash', '_Trash'),
  album('NAS', '#recycle'),
  album('Index', '@eaDir'),
  album('Emoji', 'Grüße & Küsse 🌍'),
  album('Long', 'ü'.repeat(150)),
  { ...album('Smart', 'Cats (smart)'), type: 6 },
  { ...album('Unknown kind', 'A kind of 2031'), type: 7 },
  album('Orphan', 'Its folder is gone', 'no such folder'),
  { ...folder('Loop A'), parent: 'Loop B' },
  { ...folder('Loop B'), parent: 'Loop A' },
];
const FILLED_BY_EXHIBITS = new Set(['Edits', 'About', 'Mixed', 'Same name', 'Empty']);

/** Albums of every kind and name. `members` are the record names that exhibits put into an album; `anyone` goes into the others. */
export function hangAlbums(library: Library, members: ReadonlyMap<string, readonly string[]>, anyone: string): void {
  library.addAlbum({ recordName: '----Root-Folder----', type: 3, position: 0 });
  library.addAlbum({ recordName: '----Project-Root-Folder----', type: 3, position: 0 });
  for (const { id, name, type = 0, parent } of ALBUMS) {
    const recordName = nameFor(`album ${id}`);
    library.addAlbum({
      recordName,
      type,
      ...(name === undefined ? {} : { name }),
      ...(parent === undefined ? {} : { parent: nameFor(`album ${parent}`) }),
    });
    const shown = members.get(id) ?? (type === 0 && !FILLED_BY_EXHIBITS.has(id) ? [anyone] : []);
    for (const [i, asset] of shown.entries()) library.addToAlbum(asset, recordName, (shown.length - i) * 1024);
  }
  // A membership of something that does not exist: such relations occur (photos.md §5).
  library.addToAlbum(nameFor('nobody'), nameFor('album Mixed'), 7);
  const removed = library.addAlbum({ recordName: nameFor('album removed'), name: 'Removed' });
  library.removeAlbum(removed);
}

/** Two albums of the older kind: one's own and somebody else's. */
export function hangSharedAlbums(library: Library): void {
  const { sharedAlbums } = library;
  const own = sharedAlbums.add({ name: 'Garden party', guid: nameFor('shared album own'), isPublic: true });
  const theirs = sharedAlbums.add({
    name: 'Oma/Opa',
    sharing: 'subscribed',
    guid: nameFor('shared album theirs'),
    allowContributions: false,
  });
  for (const [i, guid] of [own, own, own, theirs].entries())
    sharedAlbums.addPhoto(guid, {
      recordName: nameFor(`shared photo ${i}`),
      filename: `IMG_050${i}.JPG`,
      uti: i === 1 ? HEIC : 'public.jpeg',
      captureMs: DAY + i * 60_000,
      addedMs: DAY + i * 60_000,
      timeZoneOffsetS: 7200,
      size: 1500,
    });
}
