import { existsSync, linkSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAlbumStore } from '../../../src/adapters/disk/album-store.ts';
import { openLibrary, probeVolume } from '../../../src/adapters/disk/volume.ts';
import { linksFor, volumeNotice } from '../../../src/domain/volume.ts';
import { mountVolume } from '../../support/mounts.ts';

const probed = async (kind: Parameters<typeof mountVolume>[0]) => {
  const root = mountVolume(kind);
  // ext4 has lost+found, which is nobody's photo.
  await openLibrary({ root, createIfEmpty: true });
  return { root, traits: await probeVolume(root) };
};

describe('what a volume can do', () => {
  it('is everything on ext4', async () => {
    const { traits } = await probed('ext4');
    expect(traits).toMatchObject({
      fileSystem: 'ext4',
      symlinks: true,
      hardLinks: true,
      foldsCase: false,
      foldsForm: false,
      nameLimitBytes: 255,
      modes: true,
      oldTimes: true,
      largeFiles: true,
    });
    expect(volumeNotice(traits, 'symlink', 'symlink')).toBeUndefined();
  });

  it('is little on exFAT, and one sentence says so', async () => {
    const { traits } = await probed('exfat');
    expect(traits).toMatchObject({ symlinks: false, hardLinks: false, foldsCase: true, foldsForm: false, timeStepMs: 1000, modes: false });
    expect(linksFor('symlink', traits)).toBe('none');
    expect(linksFor('hardlink', traits)).toBeUndefined();
    expect(volumeNotice(traits, 'symlink', 'none')).toMatch(
      /^This volume \(FUSE\) has limits: it takes no links.*; dates of files are right to 1 s; .*file modes are not kept/,
    );
  });

  it('is links of both kinds on NTFS', async () => {
    const { traits } = await probed('ntfs');
    expect(traits).toMatchObject({ symlinks: true, hardLinks: true, foldsCase: false, modes: false });
    expect(linksFor('hardlink', traits)).toBe('hardlink');
  });
});

describe('albums of hard links', () => {
  async function newAlbum() {
    const { root } = await probed('ext4');
    mkdirSync(join(root, '_All-Photos'));
    writeFileSync(join(root, '_All-Photos/a.jpg'), 'one');
    const store = createAlbumStore({ root, links: 'hardlink' });
    expect(await store.link('Album/a.jpg', '_All-Photos/a.jpg')).toBe(true);
    return { root, store, link: join(root, 'Album/a.jpg'), photo: join(root, '_All-Photos/a.jpg') };
  }

  it('show the photo without taking its room twice', async () => {
    const { link, photo, store } = await newAlbum();
    expect(statSync(link).ino).toBe(statSync(photo).ino);
    const before = statSync(photo, { bigint: true }).ctimeNs;
    expect(await store.link('Album/a.jpg', '_All-Photos/a.jpg', true)).toBe(true);
    expect(statSync(photo, { bigint: true }).ctimeNs).toBe(before);
  });

  it('follow a photo that is replaced by a new version', async () => {
    const { root, link, photo, store } = await newAlbum();
    mkdirSync(join(root, '_Trash'));
    linkSync(photo, join(root, '_Trash/a.jpg')); // as if moved there
    rmSync(photo);
    writeFileSync(photo, 'two');
    expect(await store.link('Album/a.jpg', '_All-Photos/a.jpg', true)).toBe(true);
    expect(readFileSync(link, 'utf8')).toBe('two');
  });

  it('are never taken away where they are the only name of their bytes, nor a file that somebody put there', async () => {
    const { link, photo, store } = await newAlbum();
    rmSync(photo);
    await store.unlink('Album/a.jpg', '_All-Photos/a.jpg');
    expect(readFileSync(link, 'utf8')).toBe('one');
    writeFileSync(photo, 'three');
    expect(await store.link('Album/a.jpg', '_All-Photos/a.jpg')).toBe(false);
    expect(readFileSync(link, 'utf8')).toBe('one');
  });

  it('turn into symbolic links and back', async () => {
    const { root, link } = await newAlbum();
    const soft = createAlbumStore({ root, links: 'symlink' });
    expect(await soft.link('Album/a.jpg', '_All-Photos/a.jpg', true)).toBe(true);
    expect(readlinkSync(link)).toBe('../_All-Photos/a.jpg');
    const hard = createAlbumStore({ root, links: 'hardlink' });
    expect(await hard.link('Album/a.jpg', '_All-Photos/a.jpg', true)).toBe(true);
    expect(statSync(link).nlink).toBe(2);
    await hard.unlink('Album/a.jpg', '_All-Photos/a.jpg');
    expect(existsSync(link)).toBe(false);
  });
});
