import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { countContents, expectedContents, hashTree, sketchTree } from '../support/tree.ts';

/** As if the disk with the state had died: marker and photos are all that is left. */
function loseState({ library }: Home): void {
  for (const name of readdirSync(join(library, '.photos-sync')))
    if (name.startsWith('catalog.sqlite')) rmSync(join(library, '.photos-sync', name));
}

async function synced(assets = 130, seed = 5): Promise<Home> {
  const home = await newHome({ library: { assets, seed, meanBytes: 3000 } });
  expect((await home.run(['sync'])).exitCode).toBe(0);
  home.simulator.requests.reset();
  return home;
}

describe('a lost catalog', () => {
  it('is made again by the next sync, which downloads nothing and moves nothing', async () => {
    const home = await synced();
    const before = sketchTree(home.library);
    loseState(home);
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('in the library that the catalog does not know');
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(sketchTree(home.library)).toEqual(before);
    expect((await home.run(['status'])).stdout).toContain('Complete and intact');
  });

  it('is made again by `rebuild` alone, with places that do not depend on the order of names', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const { library } = home.simulator;
    const captureMs = Date.UTC(2024, 5, 1);
    const add = (offset: number) => library.addAsset({ filename: 'IMG_0001.JPG', captureMs: captureMs + offset, timeZoneOffsetS: 0 });
    for (let index = 0; index < 5; index++) add(index * 1000);
    const twin = library.duplicateAsset(add(9000));
    library.editAsset(twin, { uti: 'public.jpeg' });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const before = hashTree(home.library);
    // An earlier photo of the same name arrives while there is no catalog: it must not take the plain name.
    loseState(home);
    add(-5000);
    home.simulator.requests.reset();
    const { exitCode, stdout } = await home.run(['rebuild']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${before.size} files recognised`);
    expect(stdout).toContain('1 file (');
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(hashTree(home.library)).toEqual(before);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(1);
    const after = hashTree(home.library);
    for (const [path, hash] of before) expect(after.get(path)).toBe(hash);
    expect(countContents(after.values())).toEqual(expectedContents(library));
  });

  it('leaves a changed file, a stranger and a photo that iCloud no longer has where they are, and names them', async () => {
    const home = await synced(30, 3);
    const [changed, gone] = [...home.simulator.library.expected()].filter(({ kind }) => kind === 'original');
    const pathOf = (sha: string | undefined) => [...hashTree(home.library)].find(([, hash]) => hash === sha)?.[0] ?? '';
    const [changedPath, gonePath] = [pathOf(changed?.sha256), pathOf(gone?.sha256)];
    writeFileSync(join(home.library, changedPath), 'rotten');
    writeFileSync(join(home.library, '_All-Photos/mine.jpg'), 'my own');
    home.simulator.library.deleteAsset(gone?.assetRecordName ?? '');
    loseState(home);
    const goneFiles = home.simulator.library.filesOfAsset(gone?.assetRecordName ?? '').length;
    const { exitCode, stdout } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${2 + goneFiles} files (`);
    expect(stdout).toContain('to no photo in iCloud');
    for (const path of [changedPath, gonePath, '_All-Photos/mine.jpg']) expect(existsSync(join(home.library, path))).toBe(true);
    const contents = countContents(hashTree(home.library).values());
    for (const [hash, count] of expectedContents(home.simulator.library)) expect(contents.get(hash)).toBeGreaterThanOrEqual(count);
    expect(home.simulator.requests.count('download')).toBe(1);
  });

  it('goes on where it was when it is killed while it reads', async () => {
    const home = await synced(60, 9);
    loseState(home);
    const cli = home.start(['sync']);
    await new Promise((next) => cli.child.once('spawn', next));
    while (!existsSync(join(home.library, '.photos-sync/catalog.sqlite'))) await new Promise((next) => setImmediate(next));
    cli.child.kill('SIGKILL');
    await cli.done;
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });
});

describe('a damaged catalog', () => {
  it('is set aside, never overwritten, and made again without a download', async () => {
    const home = await synced(40, 4);
    const state = join(home.library, '.photos-sync');
    for (const suffix of ['-wal', '-shm']) rmSync(join(state, `catalog.sqlite${suffix}`), { force: true });
    const size = statSync(join(state, 'catalog.sqlite')).size;
    writeFileSync(join(state, 'catalog.sqlite'), Buffer.alloc(size, 7));
    const { exitCode, stdout, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toContain('The catalog was damaged.');
    expect(home.simulator.requests.count('download')).toBe(0);
    const aside = readdirSync(state).find((name) => name.startsWith('catalog.sqlite.broken-'));
    expect(statSync(join(state, aside ?? '')).size).toBe(size);
  });
});
