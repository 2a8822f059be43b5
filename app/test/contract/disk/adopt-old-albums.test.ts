import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOldLibrary } from '../../../src/adapters/disk/adopt-old-albums.ts';
import { ARCHIVE_MARKER } from '../../../src/domain/archive-marker.ts';
import { tempFolder } from './support.ts';

const ID = (n: number) => `0000000${n}-0000-4000-8000-00000000000${n}`;

/** An album as version 1 to 4 makes it: a visible link to a hidden folder beside it. */
function album(root: string, folder: string, name: string, id: string): string {
  mkdirSync(join(root, folder, `.${id}`), { recursive: true });
  symlinkSync(`.${id}`, join(root, folder, name));
  return join(root, folder, `.${id}`);
}

function oldLibrary() {
  const root = tempFolder();
  mkdirSync(join(root, '_All-Photos'));
  writeFileSync(join(root, '.icloud-photos-sync'), '{"libraryVersion": 1}');
  const links = album(root, '', 'Rome', ID(1));
  symlinkSync('../_All-Photos/x.jpeg', join(links, 'IMG_1.jpeg'));
  const archive = album(root, '', 'Wedding', ID(2));
  writeFileSync(join(archive, 'IMG_2.jpeg'), 'archived');
  const folder = album(root, '', 'Travel', ID(3));
  const nested = album(folder, '', 'Oslo', ID(4));
  writeFileSync(join(nested, 'IMG_3.jpeg'), 'archived too');
  album(folder, '', 'Bonn', ID(5));
  return root;
}

const shown = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.photos-sync'))
    .sort();

describe('albums of icloud-photos-sync 1 to 4', () => {
  it('become folders: archives keep their files and get a marker, links are set aside', async () => {
    const root = oldLibrary();
    const { archives, setAside, left } = await createOldLibrary(root).settleAlbums();
    expect(archives).toEqual([
      { album: ID(4), name: 'Oslo', path: 'Travel/Oslo' },
      { album: ID(2), name: 'Wedding', path: 'Wedding' },
    ]);
    expect({ setAside, left }).toEqual({ setAside: 2, left: [] });
    expect(shown(root)).toEqual([
      '.icloud-photos-sync',
      'Travel',
      'Travel/Oslo',
      `Travel/Oslo/${ARCHIVE_MARKER}`,
      'Travel/Oslo/IMG_3.jpeg',
      'Wedding',
      `Wedding/${ARCHIVE_MARKER}`,
      'Wedding/IMG_2.jpeg',
      '_All-Photos',
    ]);
    expect(lstatSync(join(root, 'Wedding')).isDirectory()).toBe(true);
    expect(JSON.parse(readFileSync(join(root, 'Wedding', ARCHIVE_MARKER), 'utf8'))).toMatchObject({
      schema: 1,
      album: ID(2),
      name: 'Wedding',
    });
    expect(readlinkSync(join(root, '.photos-sync/adopted', `.${ID(1)}`, 'IMG_1.jpeg'))).toBe('../_All-Photos/x.jpeg');
    expect(await createOldLibrary(root).settleAlbums()).toEqual({ archives: [], setAside: 0, left: [] });
  });

  it('are finished by the next call when the program was killed between two steps', async () => {
    const root = oldLibrary();
    await createOldLibrary(root).settleAlbums();
    // As if it had ended after the link of Wedding was gone, and before the link of Rome was.
    renameSync(join(root, 'Wedding'), join(root, `.${ID(2)}`));
    symlinkSync(`.${ID(1)}`, join(root, 'Rome'));
    await createOldLibrary(root).settleAlbums();
    expect(readFileSync(join(root, 'Wedding/IMG_2.jpeg'), 'utf8')).toBe('archived');
    expect(() => lstatSync(join(root, 'Rome'))).toThrow('ENOENT');
  });

  it('that no name leads to are named and left alone', async () => {
    const root = oldLibrary();
    unlinkSync(join(root, 'Wedding'));
    expect(await createOldLibrary(root).settleAlbums()).toMatchObject({ left: [`.${ID(2)}`] });
    expect(readFileSync(join(root, `.${ID(2)}`, 'IMG_2.jpeg'), 'utf8')).toBe('archived');
  });

  it('are none where there is no older library', async () => {
    expect(await createOldLibrary(tempFolder()).settleAlbums()).toEqual({ archives: [], setAside: 0, left: [] });
  });
});
