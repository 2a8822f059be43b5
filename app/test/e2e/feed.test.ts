import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { sketchTree } from '../support/tree.ts';
import { expectTruth, linksIn } from '../support/truth.ts';

const DAY = Date.UTC(2024, 4, 5, 12);

async function libraryOf(count: number): Promise<{ home: Home; ids: string[] }> {
  const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
  const ids = Array.from({ length: count }, (_, index) =>
    home.simulator.library.addAsset({
      filename: `IMG_${String(index).padStart(4, '0')}.JPG`,
      captureMs: DAY + index * 1000,
      timeZoneOffsetS: 0,
    }),
  );
  expect((await home.run(['sync'])).exitCode).toBe(0);
  home.simulator.requests.reset();
  return { home, ids };
}

const METADATA = ['query', 'count', 'lookup', 'changes-database', 'changes-zone', 'zones-list'] as const;
const metadataRequests = ({ simulator }: Home) => METADATA.reduce((sum, kind) => sum + simulator.requests.count(kind), 0);

describe('a run after which nothing changed', () => {
  it('asks each database once and reads nothing else, whatever the size of the library', async () => {
    for (const count of [5, 450]) {
      const { home } = await libraryOf(count);
      expect((await home.run(['sync'])).exitCode).toBe(0);
      expect(home.simulator.requests.count('changes-database')).toBe(2);
      expect(metadataRequests(home)).toBe(2);
      expect((await home.run(['status'])).stdout).toContain('Complete and intact');
    }
  });
});

describe('a run after some changes', () => {
  it('costs a handful of requests for 100 changes of every kind, besides the downloads', async () => {
    const { home, ids } = await libraryOf(300);
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Trip' });
    for (let index = 0; index < 20; index++) library.addAsset({ filename: `NEW_${index}.JPG`, captureMs: DAY + index, timeZoneOffsetS: 0 });
    for (const id of ids.slice(0, 20)) library.setFavorite(id, true);
    for (const id of ids.slice(20, 35)) library.deleteAsset(id);
    for (const id of ids.slice(40, 60)) library.editAsset(id);
    for (const id of ids.slice(60, 80)) library.addToAlbum(id, album);
    for (const id of ids.slice(80, 85)) library.setHidden(id, true);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, library);
    expect(linksIn(home.library, 'Trip').size).toBe(20);
    expect(metadataRequests(home)).toBeLessThanOrEqual(10);
    expect(home.simulator.requests.count('download')).toBe(40);
  });

  it('follows albums: added to, taken out, renamed, moved, deleted', async () => {
    const { home, ids } = await libraryOf(10);
    const { library } = home.simulator;
    const folder = library.addAlbum({ name: 'Travel', type: 3 });
    const album = library.addAlbum({ name: 'Rome' });
    const other = library.addAlbum({ name: 'Home' });
    for (const id of ids.slice(0, 3)) library.addToAlbum(id, album);
    library.addToAlbum(ids[9] as string, other);
    await home.run(['sync']);
    expect([...linksIn(home.library, 'Rome').keys()].sort()).toEqual(['IMG_0000.JPG', 'IMG_0001.JPG', 'IMG_0002.JPG']);

    library.removeFromAlbum(ids[1] as string, album);
    library.addToAlbum(ids[4] as string, album);
    await home.run(['sync']);
    expect([...linksIn(home.library, 'Rome').keys()].sort()).toEqual(['IMG_0000.JPG', 'IMG_0002.JPG', 'IMG_0004.JPG']);

    library.renameAlbum(album, 'Roma');
    library.moveAlbum(album, folder);
    await home.run(['sync']);
    expect(existsSync(join(home.library, 'Rome'))).toBe(false);
    const links = linksIn(home.library, 'Travel/Roma');
    expect(links.size).toBe(3);
    expect([...links.values()].every(({ leads }) => leads)).toBe(true);

    library.removeAlbum(other);
    await home.run(['sync']);
    expect(existsSync(join(home.library, 'Home'))).toBe(false);
    library.purgeAlbum(album);
    await home.run(['sync']);
    expect(readdirSync(join(home.library, 'Travel'))).toEqual([]);
    expect(home.simulator.requests.count('query')).toBe(0);
    expectTruth(home.library, library);
  });

  it('ends the same when every pair is torn apart and empty pages stand between', async () => {
    const { home, ids } = await libraryOf(30);
    const { library } = home.simulator;
    home.simulator.lies.tell({ feedPageLimit: 1, emptyFeedPages: 3 });
    library.duplicateAsset(ids[0] as string);
    library.editAsset(library.duplicateAsset(ids[1] as string));
    library.setFavorite(ids[2] as string, true);
    library.purgeAsset(ids[3] as string);
    library.addAsset({ filename: 'live.HEIC', captureMs: DAY, timeZoneOffsetS: 0, liveVideoSize: 4000 });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, library);
  });

  it('finds the shared library that somebody joined in the meantime', async () => {
    const home = await newHome({ library: { assets: 40, seed: 3, meanBytes: 500, sharedLibraryRole: 'participant' } });
    const role = home.simulator.library.sharedLibraryRole;
    home.simulator.library.sharedLibraryRole = 'none';
    expect((await home.run(['sync'])).exitCode).toBe(0);
    home.simulator.library.sharedLibraryRole = role;
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, home.simulator.library);
    expect(existsSync(join(home.library, '_Shared-Photos'))).toBe(true);
  });
});

describe('a token that iCloud does not take', () => {
  it('leads to one full listing, and the next run follows the feed again', async () => {
    const { home, ids } = await libraryOf(30);
    home.simulator.lies.tell({ tokensRefused: true });
    home.simulator.library.deleteAsset(ids[0] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('query')).toBeGreaterThan(0);
    expectTruth(home.library, home.simulator.library);
    home.simulator.lies.stop();
    home.simulator.requests.reset();
    home.simulator.library.deleteAsset(ids[1] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('query')).toBe(0);
    expectTruth(home.library, home.simulator.library);
  });
});

describe('a feed that lies by omission', () => {
  it.each([
    ['leaves records out', { feedLeavesOut: { every: 1 } }],
    ['says that nothing changed', { gateSilent: true }],
    ['has nothing although something changed', { feedSilent: true }],
    ['brings no tombstones', { feedWithoutTypes: ['tombstone'] }],
  ] as const)('is caught by the full listing when it %s, which says how much was missed', async (_what, lie) => {
    const { home, ids } = await libraryOf(40);
    const { library } = home.simulator;
    const before = sketchTree(home.library);
    home.simulator.lies.tell(lie);
    library.purgeAsset(ids[0] as string);
    library.purgeAsset(ids[1] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(sketchTree(home.library)).toEqual(before);
    const full = await home.run(['sync', '--full']);
    expect(full.exitCode).toBe(0);
    expect(full.stdout).toContain('2 changes that the change feed had not reported');
    expectTruth(home.library, library);
  });
});
