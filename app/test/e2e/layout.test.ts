import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { type Home, newHome } from '../support/cli.ts';
import { hashTree, sketchTree } from '../support/tree.ts';

function newLibrary() {
  const library = new Library(11);
  const taken = Date.UTC(2024, 4, 17, 23, 30);
  const edited = library.addAsset({
    filename: 'IMG_1.HEIC',
    uti: 'public.heic',
    captureMs: taken,
    timeZoneOffsetS: 7200,
    edited: { uti: 'public.jpeg' },
    liveVideoSize: 900,
  });
  const plain = library.addAsset({ filename: 'IMG_2.JPG', captureMs: taken - 3_600_000, timeZoneOffsetS: 7200 });
  const album = library.addAlbum({ name: 'Reise' });
  library.addToAlbum(edited, album, 2048);
  library.addToAlbum(plain, album, 1024);
  return { library, edited, plain, album };
}
const photos = (home: Home) => sketchTree(home.library).filter((path) => path.startsWith('_All-Photos/'));
const links = (home: Home) => sketchTree(home.library).filter((path) => path.startsWith('Reise'));

describe('the layout', () => {
  it.each([
    ['{:%Y/%m/%d}', '_All-Photos/2024/05/18/IMG_1.HEIC'],
    ['flat', '_All-Photos/IMG_1.HEIC'],
  ])('%s is for all new items', async (layout, path) => {
    const { library } = newLibrary();
    const home = await newHome({ library });
    home.env.LAYOUT = layout;
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(photos(home)).toContain(path);
  });

  it('icps names originals and edits by their checksum, and albums by their names', async () => {
    const { library } = newLibrary();
    const home = await newHome({ library });
    home.env.LAYOUT = 'icps';
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const [original, ...rest] = photos(home).filter((path) => path.endsWith('.heic'));
    expect(rest).toEqual([]);
    expect(original).toMatch(/^_All-Photos\/A[A-Za-z0-9_-]{27}\.heic$/);
    expect(photos(home).filter((path) => /^_All-Photos\/A[A-Za-z0-9_-]{27}\.jpeg$/.test(path))).toHaveLength(2);
    expect(links(home).map((link) => link.split(' -> ')[0])).toEqual([
      'Reise/IMG_1-edited.jpeg',
      'Reise/IMG_1.heic',
      'Reise/IMG_1.mov',
      'Reise/IMG_2.jpeg',
    ]);
  });

  it('that is changed later moves nothing', async () => {
    const { library, edited } = newLibrary();
    const home = await newHome({ library });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const before = photos(home);
    home.env.LAYOUT = 'flat';
    library.addAsset({ filename: 'NEU.JPG', captureMs: Date.UTC(2024, 5, 1) });
    library.editAsset(edited, { uti: 'public.jpeg', size: 2222 });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(photos(home)).toEqual([...before, '_All-Photos/NEU.JPG'].sort());
  });
});

describe('album folders', () => {
  it('can be hard links, follow an edit, and go when nobody wants them', async () => {
    const { library, edited } = newLibrary();
    const home = await newHome({ library });
    home.env.ALBUM_LINKS = 'hardlink';
    await home.run(['sync']);
    expect(links(home)).toEqual(['Reise/IMG_1-edited.JPG', 'Reise/IMG_1.HEIC', 'Reise/IMG_1.MOV', 'Reise/IMG_2.JPG']);
    library.editAsset(edited, { size: 3333 });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const hashes = hashTree(home.library, ['_All-Photos', 'Reise']);
    expect(hashes.get('Reise/IMG_1-edited.JPG')).toBe(hashes.get('_All-Photos/2024/2024-05/IMG_1-edited.JPG'));
    home.env.ALBUM_LINKS = 'none';
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(links(home)).toEqual([]);
    expect(photos(home)).toHaveLength(4);
    Object.assign(home.env, { ALBUM_LINKS: undefined, ALBUM_ORDER: 'yes' });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(links(home).map((link) => link.split(' -> ')[0])).toEqual([
      'Reise/0001 IMG_2.JPG',
      'Reise/0002 IMG_1-edited.JPG',
      'Reise/0002 IMG_1.HEIC',
      'Reise/0002 IMG_1.MOV',
    ]);
  });
});
