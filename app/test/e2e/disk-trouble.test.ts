import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newHome, printed } from '../support/cli.ts';
import { countContents, expectedContents, hashTree, sketchTree } from '../support/tree.ts';

const small = { assets: 12, seed: 1, mix: 'plain', meanBytes: 20_000 } as const;

/** A volume of its own. Mounting needs root; without it this fails rather than claim that it was tested. */
function mount(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'photos-volume-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'photos-test', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe('a library folder that cannot be used', () => {
  it('that is not empty and not ours is refused, with what was found there', async () => {
    const home = await newHome({ library: small });
    mkdirSync(join(home.library, 'Holiday'), { recursive: true });
    writeFileSync(join(home.library, 'wedding.jpg'), 'precious');
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('wedding.jpg');
    expect(stderr).toContain('Choose an empty folder for DATA_DIR');
    expect(sketchTree(home.library)).toEqual(['wedding.jpg']);
    expect(readdirSync(home.library).sort()).toEqual(['Holiday', 'wedding.jpg']);
  });

  it('whose volume is not mounted is not written to', async () => {
    const home = await newHome({ library: small });
    const config = join(home.library, '..', 'config');
    home.env.CONFIG_DIR = config;
    expect((await home.run(['sync'])).exitCode).toBe(0);
    renameSync(home.library, `${home.library}-unmounted`);
    mkdirSync(home.library);
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Mount the volume');
    expect(readdirSync(home.library)).toEqual([]);
    rmSync(home.library, { recursive: true });
    renameSync(`${home.library}-unmounted`, home.library);
    home.simulator.requests.reset();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(0);
  });

  it('whose volume took the state along is not mistaken for a first run', async () => {
    const home = await newHome({ library: small });
    expect((await home.run(['sync'])).exitCode).toBe(0);
    renameSync(home.library, `${home.library}-unmounted`);
    mkdirSync(home.library);
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Is its volume mounted?');
    expect(stderr).toContain('known-libraries.json');
    expect(readdirSync(home.library)).toEqual([]);
  });

  it('that belongs to another installation is refused', async () => {
    const home = await newHome({ library: small });
    expect((await home.run(['sync'], { CONFIG_DIR: join(home.library, '..', 'one') })).exitCode).toBe(0);
    expect((await home.run(['sync'], { DATA_DIR: `${home.library}2`, CONFIG_DIR: join(home.library, '..', 'two') })).exitCode).toBe(0);
    const { exitCode, stderr } = await home.run(['sync'], { CONFIG_DIR: join(home.library, '..', 'two') });
    expect(exitCode).toBe(5);
    expect(stderr).toContain(home.library);
  });

  it('that is read-only is named', async () => {
    const volume = mount('size=20m');
    const home = await newHome({ library: small });
    execFileSync('mount', ['-o', 'remount,ro', volume]);
    const { exitCode, stderr } = await home.run(['sync'], { DATA_DIR: join(volume, 'library') });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('write permission');
    expect(home.simulator.requests.total()).toBe(0);
  });

  it('that fills up stops the run, loses nothing, and goes on when there is room', async () => {
    const volume = mount('size=700k');
    const home = await newHome({ library: { ...small, assets: 60 } });
    home.env.DATA_DIR = join(volume, 'library');
    home.env.CONFIG_DIR = join(home.library, '..', 'config');
    const full = await home.run(['sync']);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain('Free some space on the library volume');
    const stored = hashTree(home.env.DATA_DIR);
    const expected = expectedContents(home.simulator.library);
    expect(stored.size).toBeGreaterThan(0);
    for (const hash of stored.values()) expect(expected.has(hash)).toBe(true);
    execFileSync('mount', ['-o', 'remount,size=20m', volume]);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.env.DATA_DIR).values())).toEqual(expected);
  });

  it("that holds somebody's file where a photo belongs keeps that file and names it", async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    await home.run(['sync']);
    const path = '_All-Photos/2024/2024-06/IMG_1.JPG';
    mkdirSync(join(home.library, '_All-Photos/2024/2024-06'), { recursive: true });
    writeFileSync(join(home.library, path), 'my own');
    home.simulator.library.addAsset({ filename: 'IMG_1.JPG', captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`${path} cannot be stored: another file lies there`);
    expect(hashTree(home.library).size).toBe(1);
    rmSync(join(home.library, path));
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });
});

describe('two runs on one library', () => {
  it('the second is refused and changes nothing', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const first = home.start(['sync']);
    await printed(first, 'Apple wants a sign-in code');
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Another command is waiting for a sign-in code here.');
    await home.post(`/mfa?code=${home.simulator.account.currentCode()}`);
    expect((await first.done).exitCode).toBe(0);
  });

  it('a killed run leaves no lock behind', async () => {
    const home = await newHome({ library: small });
    home.enterCodes = false;
    const first = home.start(['sync']);
    await printed(first, 'Apple wants a sign-in code');
    first.child.kill('SIGKILL');
    await first.done;
    home.enterCodes = true;
    expect((await home.run(['sync'])).exitCode).toBe(0);
  });
});
