import { describe, expect, it } from 'vitest';
import { good, newHomeWithCopy } from '../support/offsite-home.ts';

describe('archive with a delete in iCloud, where an off-site copy is set up', () => {
  it('deletes only after a snapshot holds the archived folder', async () => {
    const home = await newHomeWithCopy({ METADATA: 'none' }, { assets: 0, seed: 1, mix: 'plain' });
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Wedding' });
    for (const index of [0, 1, 2])
      library.addToAlbum(library.addAsset({ filename: `IMG_${index}.JPG`, captureMs: Date.UTC(2024, 5, 1) + index * 1000 }), album);
    await home.initCopy();
    good(await home.run(['sync']));
    const before = JSON.parse(good(await home.run(['off-site', 'snapshots', '--json'])).stdout);
    // A copy that leaves the folder out is no copy of it.
    const left = await home.run(['archive', 'Wedding', '--remote-delete', '--yes'], { OFFSITE_EXCLUDE: '_Trash,Wedding' });
    expect([left.exitCode, left.stdout]).toEqual([4, expect.stringContaining('OFFSITE_EXCLUDE leaves Wedding out')]);
    expect([...library.expected('deleted')]).toEqual([]);
    const done = good(await home.run(['archive', 'Wedding', '--remote-delete', '--yes']));
    expect(done.stdout).toContain('Deleted in iCloud: 3 items');
    const after = JSON.parse(good(await home.run(['off-site', 'snapshots', '--json'])).stdout);
    expect(JSON.stringify(after).match(/"id"/g)?.length).toBe((JSON.stringify(before).match(/"id"/g)?.length ?? 0) + 1);
    const restored = await home.run(['off-site', 'restore', 'Wedding', '--to', `${home.root}/back`]);
    expect(restored.stdout + restored.stderr).toMatch(/3 files/);
  });
});
