import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAlbumStore } from '../../../src/adapters/disk/album-store.ts';
import { exists, newLibrary, problemOf, put } from './support.ts';

const PHOTO = '_All-Photos/2024/2024-05/IMG_1.JPG';
const LINK = 'Reisen/Rom/IMG_1.JPG';

async function albums() {
  const library = newLibrary();
  await put(library, PHOTO, 'photo');
  return { ...library, albumStore: createAlbumStore({ root: library.root }) };
}

describe('album folders', () => {
  it('show the photos by relative links, at any depth', async () => {
    const { albumStore, at, text } = await albums();
    for (const path of [LINK, 'Nordsee/IMG_1.JPG', 'IMG_1.JPG']) {
      expect(await albumStore.link(path, PHOTO)).toBe(true);
      expect(text(path)).toBe('photo');
    }
    expect(readlinkSync(at(LINK))).toBe('../../_All-Photos/2024/2024-05/IMG_1.JPG');
  });

  it('are left as they are when everything is right', async () => {
    const { albumStore, at } = await albums();
    await albumStore.ensureFolder('Reisen/Rom');
    await albumStore.link(LINK, PHOTO);
    const before = lstatSync(at(LINK), { bigint: true });
    expect(await albumStore.link(LINK, PHOTO)).toBe(true);
    await albumStore.ensureFolder('Reisen/Rom');
    expect(lstatSync(at(LINK), { bigint: true }).ctimeNs).toBe(before.ctimeNs);
  });

  it('are made again when somebody deleted them', async () => {
    const { albumStore, at, text } = await albums();
    await albumStore.ensureFolder('Reisen/Rom');
    rmSync(at('Reisen'), { recursive: true });
    await albumStore.ensureFolder('Reisen/Rom');
    expect(exists(at('Reisen/Rom'))).toBe(true);
    rmSync(at('Reisen'), { recursive: true });
    await albumStore.link(LINK, PHOTO);
    expect(text(LINK)).toBe('photo');
  });

  it.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, 'mine')],
    ['a folder', (path) => mkdirSync(path)],
    ['a link to elsewhere', (path) => symlinkSync('elsewhere', path)],
    ['a link by an absolute path', (path) => symlinkSync('/etc/hostname', path)],
  ])('leave %s of the owner alone', async (_, make) => {
    const { albumStore, at } = await albums();
    mkdirSync(at('Reisen/Rom'), { recursive: true });
    make(at(LINK));
    const before = lstatSync(at(LINK), { bigint: true });
    expect(await albumStore.link(LINK, PHOTO)).toBe(false);
    await albumStore.unlink(LINK, PHOTO);
    expect(lstatSync(at(LINK), { bigint: true })).toMatchObject({ ino: before.ino, ctimeNs: before.ctimeNs });
  });

  it('lose only links that still lead to the photo, and never the photo', async () => {
    const { albumStore, at, text } = await albums();
    await albumStore.link(LINK, PHOTO);
    await albumStore.unlink(LINK, '_All-Photos/2024/2024-05/IMG_2.JPG');
    expect(exists(at(LINK))).toBe(true);
    for (const _ of [1, 2]) await albumStore.unlink(LINK, PHOTO);
    expect(exists(at(LINK))).toBe(false);
    expect(text(PHOTO)).toBe('photo');
  });

  it('go only when empty', async () => {
    const { albumStore, at } = await albums();
    await albumStore.ensureFolder('Reisen/Rom');
    writeFileSync(at('Reisen/notes.txt'), 'mine');
    expect(await albumStore.dropFolder('Reisen')).toBe(false);
    expect(await albumStore.dropFolder('Reisen/notes.txt')).toBe(false);
    expect(await albumStore.dropFolder('Reisen/Rom')).toBe(true);
    expect(await albumStore.dropFolder('Reisen/Rom')).toBe(true);
    expect(readFileSync(at('Reisen/notes.txt'), 'utf8')).toBe('mine');
  });

  it('say so when a file lies where the folder should be', async () => {
    const { albumStore, at } = await albums();
    writeFileSync(at('Reisen'), 'mine');
    expect(await problemOf(albumStore.ensureFolder('Reisen/Rom'))).toMatchObject({ code: 'path-occupied' });
  });

  it.each([
    ['../out/x.jpg', PHOTO],
    ['Rom/x.jpg', '../../etc/passwd'],
    ['Rom/x.jpg', '/etc/passwd'],
    ['Rom/../../x.jpg', PHOTO],
  ])('never lead out of the library (%s to %s)', async (path, target) => {
    const { albumStore } = await albums();
    await expect(albumStore.link(path, target)).rejects.toThrow(TypeError);
    await expect(albumStore.unlink(path, target)).rejects.toThrow(TypeError);
  });
});
