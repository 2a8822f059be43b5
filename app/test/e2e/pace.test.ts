import { execFileSync } from 'node:child_process';
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newHome } from '../support/cli.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

describe('a file that never arrives', () => {
  it('keeps nobody waiting, is named by status, and is tried again at once after retry', async () => {
    const home = await newHome({ library: { assets: 12, seed: 3, mix: 'plain', meanBytes: 500 } });
    const [victim] = [...home.simulator.library.expected('visible')];
    const mark = (victim?.fileChecksum ?? '').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    const stop = home.simulator.faults.add({
      on: 'download',
      times: Number.POSITIVE_INFINITY,
      match: (url) => mark !== '' && url.pathname.includes(mark),
      effect: { status: 404 },
    });
    expect((await home.run(['sync'])).exitCode).toBe(4);
    const { stdout } = await home.run(['status']);
    expect(stdout).toMatch(/1 file: .*Next try: \d{4}-/);
    stop();
    expect((await home.run(['retry'])).stdout).toContain('tries 1 file again');
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect((await home.run(['retry', '--json'])).stdout).toContain('"files":0');
  });
});

describe('BANDWIDTH_LIMIT', () => {
  it('holds all downloads together to the rate', async () => {
    const home = await newHome({ library: { assets: 20, seed: 4, mix: 'plain', meanBytes: 50_000 } });
    await home.run(['token']);
    const begun = Date.now();
    const { exitCode, stdout } = await home.run(['sync', '--json'], { BANDWIDTH_LIMIT: '250k' });
    const { counts } = JSON.parse(stdout) as { counts: { downloadedBytes: number } };
    expect(exitCode).toBe(0);
    expect((Date.now() - begun) / 1000).toBeGreaterThan(counts.downloadedBytes / 250_000 - 0.5);
  });
});

describe('a volume that is getting full', () => {
  it('ends the downloads before it is, says how much is missing, and goes on when there is room', async () => {
    const volume = mkdtempSync(join(tmpdir(), 'small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'photos-test', volume]);
    onTestFinished(() => void execFileSync('umount', ['-l', volume]));
    const home = await newHome({ library: { assets: 40, seed: 5, mix: 'plain', meanBytes: 500_000 } });
    const env = { DATA_DIR: join(volume), MIN_FREE_SPACE: '8M', METADATA: 'none' };
    const { exitCode, stderr } = await home.run(['sync'], env);
    expect(stderr).toContain('MIN_FREE_SPACE');
    expect(stderr).toMatch(/are missing/);
    expect(exitCode).toBe(1);
    const { bavail, bsize } = statfsSync(volume);
    expect(bavail * bsize).toBeGreaterThan(7e6);
    execFileSync('mount', ['-o', 'remount,size=100m', volume]);
    expect((await home.run(['sync'], env)).exitCode).toBe(0);
  });
});
