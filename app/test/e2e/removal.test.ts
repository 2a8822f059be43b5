import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { hashTree, sketchTree } from '../support/tree.ts';
import { expectTruth, linksIn, trashPaths } from '../support/truth.ts';

const EMPTY = { library: { assets: 0, seed: 1, mix: 'plain' } } as const;
const DAY = Date.UTC(2024, 4, 5, 12);

/** A library of `count` photos of one month, all synced. */
async function libraryOf(count: number): Promise<{ home: Home; ids: string[] }> {
  const home = await newHome(EMPTY);
  const ids = Array.from({ length: count }, (_, index) =>
    home.simulator.library.addAsset({
      filename: `IMG_${String(index).padStart(4, '0')}.JPG`,
      captureMs: DAY + index * 1000,
      timeZoneOffsetS: 0,
    }),
  );
  expect((await home.run(['sync'])).exitCode).toBe(0);
  expectTruth(home.library, home.simulator.library);
  return { home, ids };
}

const photo = (index: number) => `_All-Photos/2024/2024-05/IMG_${String(index).padStart(4, '0')}.JPG`;

describe('a photo that leaves iCloud', () => {
  it('goes to _Trash with a line in the manifest when it was deleted, and comes back to its old path when it is restored', async () => {
    const { home, ids } = await libraryOf(30);
    const bytes = readFileSync(join(home.library, photo(3)));
    home.simulator.library.deleteAsset(ids[3] as string);
    const removed = await home.run(['sync']);
    expect(removed.exitCode).toBe(0);
    expect(removed.stdout).toContain('1 item no longer in iCloud moved to _Trash');
    expect(existsSync(join(home.library, photo(3)))).toBe(false);
    const [day = ''] = readdirSync(join(home.library, '_Trash'));
    expect(readFileSync(join(home.library, '_Trash', day, photo(3)))).toEqual(bytes);
    expect(readFileSync(join(home.library, '_Trash', day, 'manifest.jsonl'), 'utf8')).toContain('"because":"gone-from-icloud"');

    home.simulator.library.restoreAsset(ids[3] as string);
    home.simulator.requests.reset();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(readFileSync(join(home.library, photo(3)))).toEqual(bytes);
    expect(trashPaths(home.library)).toEqual([]);
    expectTruth(home.library, home.simulator.library);
  });

  it('goes to _Trash when it was purged, which only a tombstone tells', async () => {
    const { home, ids } = await libraryOf(25);
    home.simulator.library.purgeAsset(ids[0] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(trashPaths(home.library)).toHaveLength(1);
    expectTruth(home.library, home.simulator.library);
  });

  it('moves to _Hidden when it is hidden, leaves its albums, and comes back to its old path when unhidden', async () => {
    const { home, ids } = await libraryOf(25);
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Trip' });
    library.addToAlbum(ids[1] as string, album);
    library.addToAlbum(ids[2] as string, album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect([...linksIn(home.library, 'Trip').keys()].sort()).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG']);

    library.setHidden(ids[1] as string, true);
    home.simulator.requests.reset();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(existsSync(join(home.library, '_Hidden/2024/2024-05/IMG_0001.JPG'))).toBe(true);
    expect([...linksIn(home.library, 'Trip').keys()]).toEqual(['IMG_0002.JPG']);
    expectTruth(home.library, library);

    library.setHidden(ids[1] as string, false);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(existsSync(join(home.library, photo(1)))).toBe(true);
    expect(linksIn(home.library, 'Trip').get('IMG_0001.JPG')?.leads).toBe(true);
    expectTruth(home.library, library);
  });

  it.each(['tombstones', 'trashed'] as const)(
    'is moved, not fetched again, when it goes to the shared library and back (%s)',
    async (leaves) => {
      const home = await newHome({ library: { assets: 40, seed: 4, meanBytes: 500, sharedLibraryRole: 'owner' } });
      const { library } = home.simulator;
      const id = library.addAsset({ filename: 'shared.JPG', captureMs: DAY, timeZoneOffsetS: 0 });
      expect((await home.run(['sync'])).exitCode).toBe(0);
      const there = library.moveToShared(id, { leaves });
      home.simulator.requests.reset();
      const moved = await home.run(['sync', '--json']);
      expect(moved.exitCode).toBe(0);
      expect(home.simulator.requests.count('download')).toBe(0);
      expect(JSON.parse(moved.stdout).counts).toMatchObject({ moved: 1, removed: 0 });
      expect(existsSync(join(home.library, '_Shared-Photos/2024/2024-05/shared.JPG'))).toBe(true);
      expect(trashPaths(home.library)).toEqual([]);
      expectTruth(home.library, library);
      library.moveToPersonal(there, { leaves });
      expect((await home.run(['sync'])).exitCode).toBe(0);
      expect(home.simulator.requests.count('download')).toBe(0);
      expect(existsSync(join(home.library, '_All-Photos/2024/2024-05/shared.JPG'))).toBe(true);
      expectTruth(home.library, library);
    },
  );

  it('stays, only here, when it belonged to a shared library that was left', async () => {
    const home = await newHome({ library: { assets: 60, seed: 7, meanBytes: 500, sharedLibraryRole: 'participant' } });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const before = [...hashTree(home.library, ['_Shared-Photos'])];
    expect(before.length).toBeGreaterThan(0);
    home.simulator.library.leaveSharedLibrary();
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('no longer takes part in the shared library');
    expect([...hashTree(home.library, ['_Shared-Photos'])]).toEqual(before);
    expect((await home.run(['sync', '--full'])).exitCode).toBe(0);
    expect([...hashTree(home.library, ['_Shared-Photos'])]).toEqual(before);
    expect((await home.run(['status'])).stdout).toContain('only here');
  });
});

describe('an edit', () => {
  it('leaves only when it is undone, to _Trash, while the original stays', async () => {
    const { home, ids } = await libraryOf(21);
    const { library } = home.simulator;
    library.editAsset(ids[5] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, library);
    library.revertEdit(ids[5] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, library);
    const [undone = ''] = trashPaths(home.library);
    expect(undone).toMatch(/IMG_0005-edited\./);

    // Brought back it is a file of the owner's: iCloud no longer has it, and no sync takes it away again.
    expect((await home.run(['trash', 'restore', undone])).exitCode).toBe(0);
    const after = await home.run(['sync', '--full']);
    expect(after.exitCode).toBe(0);
    expect(existsSync(join(home.library, undone.split('/').slice(2).join('/')))).toBe(true);
    expect(after.stdout).toContain('1 file in the photo folders did not come from here and stays untouched');
    expect(trashPaths(home.library)).toEqual([]);
  });

  it('is replaced by a newer one, the older goes to _Trash', async () => {
    const { home, ids } = await libraryOf(21);
    const { library } = home.simulator;
    library.editAsset(ids[5] as string);
    await home.run(['sync']);
    library.editAsset(ids[5] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expectTruth(home.library, library);
    expect(trashPaths(home.library)).toHaveLength(1);
  });
});

describe('the brake', () => {
  it('holds when 250 of 300 photos are gone at once: nothing moves, status and exit code say why, keep keeps them for good', async () => {
    const { home, ids } = await libraryOf(300);
    const before = sketchTree(home.library);
    for (const id of ids.slice(0, 20)) home.simulator.library.deleteAsset(id);
    expect((await home.run(['sync', '--dry-run'])).stdout).toContain('It would move 20 items gone from iCloud (20 files,');
    for (const id of ids.slice(20, 250)) home.simulator.library.deleteAsset(id);
    expect((await home.run(['sync', '--dry-run'])).stdout).toContain('It would ask before it removes 250 items gone from iCloud');
    const held = await home.run(['sync']);
    expect(held.exitCode).toBe(5);
    expect(held.stderr + held.stdout).toContain('250 of 300 items have gone from iCloud at once');
    expect(sketchTree(home.library)).toEqual(before);
    const status = await home.run(['status']);
    expect(status.exitCode).toBe(5);
    expect(status.stdout).toContain('250 items gone from iCloud are still in place');
    const show = await home.run(['hold', 'show', '--json']);
    expect(show.exitCode).toBe(5);
    expect(JSON.parse(show.stdout)).toMatchObject({ items: 250, library: 300 });
    expect((await home.run(['hold', 'keep'])).exitCode).toBe(0);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect((await home.run(['sync', '--full'])).exitCode).toBe(0);
    expect(sketchTree(home.library)).toEqual(before);
    expect((await home.run(['status'])).stdout).toContain('250 items are only here');
  });

  it('lets them go to _Trash when told so, from where a folder comes back whole and stays', async () => {
    const { home, ids } = await libraryOf(60);
    const before = hashTree(home.library);
    for (const id of ids.slice(0, 40)) home.simulator.library.deleteAsset(id);
    expect((await home.run(['sync'])).exitCode).toBe(5);
    expect((await home.run(['hold', 'trash'])).exitCode).toBe(0);
    expectTruth(home.library, home.simulator.library);
    expect(trashPaths(home.library)).toHaveLength(40);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const restored = await home.run(['trash', 'restore', '_All-Photos/2024/2024-05']);
    expect(restored.exitCode).toBe(0);
    expect(hashTree(home.library)).toEqual(before);
    // What a person brought back is not removed again.
    expect((await home.run(['sync', '--full'])).exitCode).toBe(0);
    expect(hashTree(home.library)).toEqual(before);
  });

  it('is lifted for one run by --allow-deletions, and replaced by MAX_DELETIONS', async () => {
    const { home, ids } = await libraryOf(60);
    for (const id of ids.slice(0, 30)) home.simulator.library.deleteAsset(id);
    expect((await home.run(['sync'])).exitCode).toBe(5);
    expect((await home.run(['sync', '--allow-deletions'])).exitCode).toBe(0);
    expectTruth(home.library, home.simulator.library);
    for (const id of ids.slice(30, 33)) home.simulator.library.deleteAsset(id);
    expect((await home.run(['sync', '--max-deletions', '2'])).exitCode).toBe(5);
    expect((await home.run(['sync', '--max-deletions', '3'])).exitCode).toBe(0);
    expectTruth(home.library, home.simulator.library);
  });
});

describe('a listing that lies', () => {
  it.each([
    ['is empty', { emptyLists: ['photos'] }],
    ['is empty and the count agrees', { emptyLists: ['photos'], countsAgree: true }],
    ['is 30 short', { listsEndEarly: 30 }],
    ['is 30 short and the count agrees', { listsEndEarly: 30, countsAgree: true }],
    ['leaves out every fifth', { listsLeaveOut: { every: 5 }, countsAgree: true }],
  ] as const)('removes nothing when it %s, and the next honest one finds everything in place', async (_what, lie) => {
    const { home } = await libraryOf(80);
    const before = sketchTree(home.library);
    home.simulator.lies.tell(lie);
    const lied = await home.run(['sync', '--full']);
    expect(lied.exitCode).toBe(4);
    expect(lied.stdout + lied.stderr).toContain('not believed');
    expect(sketchTree(home.library)).toEqual(before);
    home.simulator.lies.stop();
    expect((await home.run(['sync', '--full'])).exitCode).toBe(0);
    expect(sketchTree(home.library)).toEqual(before);
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
  });

  it('removes nothing when a page holds errors', async () => {
    const { home, ids } = await libraryOf(40);
    const before = sketchTree(home.library);
    home.simulator.library.deleteAsset(ids[0] as string);
    home.simulator.lies.tell({ errorsInPages: [ids[7] as string], feedLeavesOut: [ids[0] as string] });
    expect((await home.run(['sync', '--full'])).exitCode).toBe(4);
    expect(sketchTree(home.library)).toEqual(before);
    home.simulator.lies.stop();
    expect((await home.run(['sync', '--full'])).exitCode).toBe(0);
    expectTruth(home.library, home.simulator.library);
  });

  it('removes nothing while iCloud has not finished indexing', async () => {
    const { home, ids } = await libraryOf(30);
    home.simulator.library.deleteAsset(ids[0] as string);
    home.simulator.lies.tell({ feedSilent: true, gateSilent: true });
    home.simulator.faults.add({
      on: 'query',
      times: Number.POSITIVE_INFINITY,
      containing: 'CheckIndexingState',
      effect: { rewrite: (answer) => JSON.parse(JSON.stringify(answer).replace('FINISHED', 'RUNNING')) },
    });
    expect((await home.run(['sync', '--full'])).exitCode).toBe(4);
    expect(existsSync(join(home.library, photo(0)))).toBe(true);
  });
});

describe('the trash', () => {
  it('is emptied by age, leaves what the owner put there, and says before it empties all', async () => {
    const { home, ids } = await libraryOf(25);
    home.simulator.library.deleteAsset(ids[0] as string);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const [day = ''] = readdirSync(join(home.library, '_Trash'));
    writeFileSync(join(home.library, '_Trash', day, 'mine.txt'), 'a note');
    expect((await home.run(['trash', 'list'])).stdout).toContain('IMG_0000.JPG  (gone from iCloud');
    expect((await home.run(['trash', 'empty'])).stdout).toContain('0 files');
    expect((await home.run(['trash', 'empty', '--all'])).exitCode).toBe(3);
    expect(trashPaths(home.library)).toHaveLength(2);
    expect((await home.run(['trash', 'empty', '--all', '--yes'])).exitCode).toBe(0);
    expect(trashPaths(home.library)).toEqual([`_Trash/${day}/mine.txt`]);
  });

  it('says when nothing of that name lies there', async () => {
    const { home } = await libraryOf(1);
    const { exitCode, stderr } = await home.run(['trash', 'restore', 'nothing.jpg']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Nothing in _Trash is called nothing.jpg');
  });
});
