import { mkdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Library } from '../../simulator/library.ts';
import { type Home, newHome } from '../support/cli.ts';
import { sha256, sketchTree } from '../support/tree.ts';

const TAKEN = Date.UTC(2024, 4, 17, 19, 4, 33);
const AT = '_JPEG/2024/2024-05';

const jpeg = (text: string) =>
  Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from(text.padEnd(600, '.')), Buffer.of(0xff, 0xd9)]);
const LARGE = jpeg('as large as iCloud has it');
const EDIT_LARGE = jpeg('the edit, as large as iCloud has it');

/** Every way to a copy, and kinds that need none. */
function newLibrary() {
  const library = new Library(21);
  const photo = (filename: string, more: object = {}) => library.addAsset({ filename, captureMs: TAKEN, timeZoneOffsetS: 7200, ...more });
  const heic = photo('IMG_1.HEIC', { uti: 'public.heic', large: LARGE });
  const raw = photo('DSC_2.DNG', { uti: 'com.adobe.raw-image', fullSizeOnMaster: 7000, large: jpeg('smaller') });
  const plain = photo('IMG_3.HEIC', { uti: 'public.heic' });
  photo('DSC_4.DNG', { uti: 'com.adobe.raw-image', alternativeUti: 'public.jpeg' });
  photo('IMG_5.HEIC', { uti: 'public.heic', edited: { uti: 'public.jpeg' } });
  photo('IMG_6.JPG', { edited: { uti: 'public.heic', large: EDIT_LARGE } });
  photo('IMG_7.JPG');
  photo('CLIP.MOV', { uti: 'com.apple.quicktime-movie' });
  photo('GEHEIM.HEIC', { uti: 'public.heic', hidden: true });
  return { library, heic, raw, plain };
}

const copies = (home: Home) => sketchTree(home.library).filter((path) => path.startsWith('_JPEG'));
const bytes = (home: Home, path: string) => readFileSync(join(home.library, path));
const hash = (home: Home, path: string) => sha256(bytes(home, path));
const downloads = (home: Home) => home.simulator.requests.count('download');
const ALL = ['DSC_2', 'DSC_4', 'IMG_1', 'IMG_3', 'IMG_5', 'IMG_6'].map((base) => `${AT}/${base}.jpg`);

async function sync(home: Home): Promise<string> {
  const { exitCode, stdout, stderr } = await home.run(['sync']);
  expect(exitCode, stdout + stderr).toBe(0);
  return stdout;
}

async function newCopies() {
  const made = newLibrary();
  const home = await newHome({ library: made.library });
  home.env.JPEG_COPIES = 'yes';
  await sync(home);
  return { ...made, home };
}

describe('JPEG copies', () => {
  it('are made only when they are wanted, and stay when they no longer are', async () => {
    const { library, heic } = newLibrary();
    const home = await newHome({ library });
    await sync(home);
    expect(copies(home)).toEqual([]);
    home.env.JPEG_COPIES = 'yes';
    await sync(home);
    expect(copies(home)).toEqual(ALL);
    home.env.JPEG_COPIES = undefined;
    library.deleteAsset(heic);
    await sync(home);
    expect(copies(home)).toEqual(ALL);
    // Switched on again they follow what has happened meanwhile.
    home.env.JPEG_COPIES = 'yes';
    await sync(home);
    expect(copies(home)).toEqual(ALL.filter((path) => !path.endsWith('IMG_1.jpg')));
  });

  it('are the largest JPEG there is, with the time of the photo', async () => {
    const { home } = await newCopies();
    expect(copies(home)).toEqual(ALL);
    expect(bytes(home, `${AT}/IMG_1.jpg`)).toEqual(LARGE);
    expect(bytes(home, `${AT}/DSC_2.jpg`)).toHaveLength(7000);
    expect(bytes(home, `${AT}/IMG_3.jpg`).subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
    expect(bytes(home, `${AT}/IMG_6.jpg`)).toEqual(EDIT_LARGE);
    // What lies here as a JPEG already is not fetched once more.
    expect(hash(home, `${AT}/DSC_4.jpg`)).toBe(hash(home, '_All-Photos/2024/2024-05/DSC_4.JPG'));
    expect(hash(home, `${AT}/IMG_5.jpg`)).toBe(hash(home, '_All-Photos/2024/2024-05/IMG_5-edited.JPG'));
    for (const path of ALL) expect(statSync(join(home.library, path)).mtimeMs).toBe(TAKEN);
    expect((await home.run(['status', '--json'])).stdout).toContain('"complete": true');
    expect((await home.run(['verify'])).exitCode).toBe(0);
  });

  it('cost nothing when nothing has changed, and follow edits, hiding and removal', async () => {
    const { home, library, heic, raw, plain } = await newCopies();
    const before = { downloads: downloads(home), lookups: home.simulator.requests.count('lookup') };
    const untouched = statSync(join(home.library, `${AT}/DSC_2.jpg`), { bigint: true });
    await sync(home);
    expect({ downloads: downloads(home), lookups: home.simulator.requests.count('lookup') }).toEqual(before);

    library.editAsset(heic, { uti: 'public.heic', large: EDIT_LARGE });
    library.editAsset(plain, { uti: 'public.jpeg' });
    await sync(home);
    expect(copies(home)).toEqual(ALL);
    expect(bytes(home, `${AT}/IMG_1.jpg`)).toEqual(EDIT_LARGE);
    expect(hash(home, `${AT}/IMG_3.jpg`)).toBe(hash(home, '_All-Photos/2024/2024-05/IMG_3-edited.JPG'));
    expect(downloads(home)).toBe(before.downloads + 3); // two edits, one copy
    expect(statSync(join(home.library, `${AT}/DSC_2.jpg`), { bigint: true })).toMatchObject({
      ino: untouched.ino,
      ctimeNs: untouched.ctimeNs,
    });

    library.revertEdit(heic);
    library.setHidden(plain, true);
    library.deleteAsset(raw);
    await sync(home);
    expect(copies(home)).toEqual(ALL.filter((path) => !/DSC_2|IMG_3/.test(path)));
    expect(bytes(home, `${AT}/IMG_1.jpg`)).toEqual(LARGE);
    expect(sketchTree(home.library).some((path) => path.startsWith('_Trash') && path.includes('_JPEG'))).toBe(false);
  });

  it('leave alone what the owner put or changed there', async () => {
    const { library, heic, raw } = newLibrary();
    const home = await newHome({ library });
    const own = join(home.library, `${AT}/IMG_1.jpg`);
    await sync(home);
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, 'my own picture');
    home.env.JPEG_COPIES = 'yes';
    expect(await sync(home)).toContain(`${AT}/IMG_1.jpg: a file of your own lies where the copy belongs`);
    expect(readFileSync(own, 'utf8')).toBe('my own picture');
    const changed = join(home.library, `${AT}/DSC_2.jpg`);
    writeFileSync(changed, 'cropped by me');
    library.deleteAsset(heic);
    library.deleteAsset(raw);
    await sync(home);
    expect(readFileSync(own, 'utf8')).toBe('my own picture');
    expect(readFileSync(changed, 'utf8')).toBe('cropped by me');
  });

  it('come back after they were lost, and are known again after the catalog was', async () => {
    const { home, library, heic } = await newCopies();
    unlinkSync(join(home.library, `${AT}/IMG_1.jpg`));
    home.env.FULL = 'yes';
    await sync(home);
    expect(copies(home)).toEqual(ALL);
    const inode = statSync(join(home.library, `${AT}/IMG_1.jpg`)).ino;
    const before = downloads(home);
    for (const end of ['', '-wal', '-shm']) rmSync(join(home.library, `.photos-sync/catalog.sqlite${end}`), { force: true });
    await sync(home);
    expect(downloads(home)).toBe(before);
    expect(statSync(join(home.library, `${AT}/IMG_1.jpg`)).ino).toBe(inode);
    library.deleteAsset(heic);
    await sync(home);
    expect(copies(home)).toEqual(ALL.filter((path) => !path.endsWith('IMG_1.jpg')));
  });

  it('that do not come never fail a sync', async () => {
    const { library } = newLibrary();
    const home = await newHome({ library });
    await sync(home);
    home.env.JPEG_COPIES = 'yes';
    home.simulator.faults.add({ on: 'download', times: 2, effect: { status: 500 } });
    expect(await sync(home)).toMatch(/JPEG cop(y|ies) could not be made; the next run tries again|JPEG copies are not up to date/);
    await sync(home);
    expect(copies(home)).toEqual(ALL);
  });
});
