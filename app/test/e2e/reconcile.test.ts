import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome } from '../support/cli.ts';
import { expectTruth } from '../support/truth.ts';

describe('the weekly full listing', () => {
  it('looks at the disk too: a photo deleted by hand comes back, foreign files are named and stay', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const captureMs = Date.UTC(2024, 4, 5);
    home.simulator.library.addAsset({ filename: 'a.JPG', captureMs, timeZoneOffsetS: 0 });
    home.simulator.library.addAsset({ filename: 'b.JPG', captureMs, timeZoneOffsetS: 0 });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const folder = join(home.library, '_All-Photos/2024/2024-05');
    rmSync(join(folder, 'a.JPG'));
    writeFileSync(join(folder, 'mine.txt'), 'a note');
    const { exitCode, stdout } = await home.run(['sync', '--full']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 file in the photo folders did not come from here and stays untouched');
    expect(stdout).toContain('a.JPG');
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('a note');
    rmSync(join(folder, 'mine.txt'));
    expectTruth(home.library, home.simulator.library);
  });
});
