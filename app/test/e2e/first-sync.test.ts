import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome } from '../support/cli.ts';
import { countContents, expectedContents, hashTree, sketchTree } from '../support/tree.ts';

describe('the first sync of a library that holds every oddity', () => {
  it('brings every rendition exactly once per item, and the second run asks for no code and downloads nothing', async () => {
    const home = await newHome({ library: { assets: 130, seed: 5, meanBytes: 4000 } });
    const first = await home.run(['sync']);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain('Everything iCloud shows is here and verified.');
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect(home.simulator.account).toMatchObject({ pushes: 1, signIns: 1 });

    const before = sketchTree(home.library);
    home.simulator.requests.reset();
    const second = await home.run(['sync']);
    expect(second.exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(home.simulator.requests.count('signin-init')).toBe(0);
    expect(home.simulator.requests.count('push')).toBe(0);
    expect(sketchTree(home.library)).toEqual(before);
  });

  it.each(['asset-first', 'split'] as const)('works whatever order the halves come in: %s', async (order) => {
    const home = await newHome({ library: { assets: 230, seed: 6, meanBytes: 600, order } });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });

  it('finds the shared library of a participant', async () => {
    const home = await newHome({ library: { assets: 60, seed: 7, meanBytes: 600, sharedLibraryRole: 'participant' } });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect(sketchTree(home.library).some((path) => path.startsWith('_Shared-Photos/'))).toBe(true);
  });

  it('ends well with an empty library', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('0 items listed');
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
  });
});

describe('the tree', () => {
  it('dates folders and files by the clock of the place where the photo was taken', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    // 30 June 23:30 in UTC is 1 July in Tokyo and still June in New York.
    const captureMs = Date.UTC(2024, 5, 30, 23, 30);
    library.addAsset({ filename: 'tokyo.jpg', captureMs, timeZoneOffsetS: 9 * 3600 });
    library.addAsset({ filename: 'new-york.jpg', captureMs, timeZoneOffsetS: -4 * 3600 });
    library.addAsset({ filename: 'old.jpg', captureMs: Date.UTC(1931, 2, 1), timeZoneOffsetS: 0 });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(sketchTree(home.library)).toEqual([
      '_All-Photos/1931/1931-03/old.jpg',
      '_All-Photos/2024/2024-06/new-york.jpg',
      '_All-Photos/2024/2024-07/tokyo.jpg',
    ]);
    expect(statSync(join(home.library, '_All-Photos/2024/2024-07/tokyo.jpg')).mtimeMs).toBe(captureMs);
    expect(statSync(join(home.library, '_All-Photos/1931/1931-03/old.jpg')).mtimeMs).toBe(Date.UTC(1931, 2, 1));
  });

  it('gives photos of one name suffixes of their own, and keeps every path when more arrive', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    const captureMs = Date.UTC(2024, 5, 1);
    for (let index = 0; index < 3; index++)
      library.addAsset({ filename: 'IMG_0001.JPG', captureMs: captureMs + index, timeZoneOffsetS: 0 });
    await home.run(['sync']);
    const first = hashTree(home.library);
    expect([...first.keys()]).toEqual(
      [
        '_All-Photos/2024/2024-06/IMG_0001.JPG',
        expect.stringMatching(/^_All-Photos\/2024\/2024-06\/IMG_0001-[0-9a-z]{6}\.JPG$/),
        expect.stringMatching(/^_All-Photos\/2024\/2024-06\/IMG_0001-[0-9a-z]{6}\.JPG$/),
      ].sort(),
    );
    library.addAsset({ filename: 'IMG_0001.JPG', captureMs: captureMs - 1000, timeZoneOffsetS: 0 });
    await home.run(['sync']);
    const second = hashTree(home.library);
    expect(second.size).toBe(4);
    for (const [path, hash] of first) expect(second.get(path)).toBe(hash);
  });

  it('shows albums as folders of links that follow renames and changed members', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    const add = (filename: string) => library.addAsset({ filename, captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    const [one, two, three] = [add('one.jpg'), add('two.jpg'), add('three.jpg')];
    const folder = library.addAlbum({ name: 'Travel', type: 3 });
    const album = library.addAlbum({ name: 'Rome/2024', parent: folder });
    library.addToAlbum(one, album);
    library.addToAlbum(two, album);
    await home.run(['sync']);
    const link = (name: string, target: string) => `${name} -> ../../_All-Photos/2024/2024-06/${target}`;
    const links = () => sketchTree(home.library).filter((line) => line.includes('->'));
    expect(links()).toEqual([link('Travel/Rome_2024/one.jpg', 'one.jpg'), link('Travel/Rome_2024/two.jpg', 'two.jpg')]);
    expect(readFileSync(join(home.library, 'Travel/Rome_2024/one.jpg'))).toEqual(
      readFileSync(join(home.library, '_All-Photos/2024/2024-06/one.jpg')),
    );

    library.renameAlbum(album, 'Roma');
    library.removeFromAlbum(one, album);
    library.addToAlbum(three, album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(links()).toEqual([link('Travel/Roma/three.jpg', 'three.jpg'), link('Travel/Roma/two.jpg', 'two.jpg')]);
    expect(() => lstatSync(join(home.library, 'Travel/Rome_2024'))).toThrow('ENOENT');
    expect(sketchTree(home.library).filter((line) => line.startsWith('_All-Photos'))).toHaveLength(3);
  });

  it('stores a new version of an edit and keeps the old one in _Trash with a line in the manifest', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    const asset = library.addAsset({ filename: 'IMG_1.JPG', captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    library.editAsset(asset, { uti: 'public.jpeg' });
    await home.run(['sync']);
    const edit = '_All-Photos/2024/2024-06/IMG_1-edited.JPG';
    const old = hashTree(home.library).get(edit);
    library.editAsset(asset, { uti: 'public.jpeg' });
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 changed (older versions are in _Trash)');
    expect(hashTree(home.library).get(edit)).not.toBe(old);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(library));
    const trash = sketchTree(home.library).filter((line) => line.startsWith('_Trash/'));
    expect(trash).toHaveLength(2);
    const manifest = readFileSync(join(home.library, trash.find((line) => line.endsWith('.jsonl')) ?? ''), 'utf8');
    expect(JSON.parse(manifest.split('\n')[0] ?? '')).toMatchObject({ from: edit, because: 'superseded', sha256: old, asset });
  });
});

describe('albums beyond one page', () => {
  it('are all there, with all their members', async () => {
    const home = await newHome({ library: { assets: 150, seed: 8, mix: 'plain', meanBytes: 300, albums: 0 } });
    const { library } = home.simulator;
    const big = library.addAlbum({ name: 'Big' });
    const assets = new Set([...library.expected()].map(({ assetRecordName }) => assetRecordName));
    for (const asset of assets) library.addToAlbum(asset, big);
    for (let index = 0; index < 215; index++) library.addAlbum({ name: `Album ${index}` });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const lines = sketchTree(home.library);
    expect(lines.filter((line) => line.startsWith('Big/'))).toHaveLength([...library.expected()].length);
    expect(readdirSync(home.library).filter((name) => name.startsWith('Album '))).toHaveLength(215);
  });
});
