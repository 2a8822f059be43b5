import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectNothingLost } from '../support/archive-truth.ts';
import { type Home, newHome, type RunningCli } from '../support/cli.ts';
import { seededChance } from '../support/seeded-chance.ts';

const PHOTOS = Number(process.env.ARCHIVE_KILL_PHOTOS ?? 500);
const KILLS = Number(process.env.ARCHIVE_KILLS ?? 4);
const SEED = Number(process.env.ARCHIVE_SEED ?? 4711);

const isRealFile = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
const copied = ({ library }: Home) =>
  readdirSync(join(library, 'Album')).filter((name) => name.endsWith('.JPG') && isRealFile(join(library, 'Album', name))).length;
const deleted = ({ simulator }: Home) =>
  new Set([...simulator.library.expected('deleted')].map(({ assetRecordName }) => assetRecordName)).size;

/** The program ends by itself, or is killed as soon as it has come so far: photos copied, then photos deleted. */
async function runUntil(home: Home, cli: RunningCli, steps: number): Promise<void> {
  let ended = false;
  void cli.done.then(() => {
    ended = true;
  });
  while (!ended && copied(home) + deleted(home) < steps) await new Promise((next) => setTimeout(next, 2));
  cli.child.kill('SIGKILL');
  await cli.done;
}

describe(`kill -9 while ${PHOTOS} photos are archived and deleted in iCloud`, () => {
  it(`${KILLS} times, seed ${SEED}: nothing is deleted without its copy, and the last call finishes`, async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain', meanBytes: 200 } });
    home.env.METADATA = 'none';
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Album' });
    for (let index = 0; index < PHOTOS; index++)
      library.addToAlbum(library.addAsset({ filename: `IMG_${index}.JPG`, captureMs: Date.UTC(2024, 5, 1) + index * 1000 }), album);
    expect((await home.run(['sync'])).exitCode).toBe(0);
    const chance = seededChance(SEED);
    const moments = Array.from({ length: KILLS }, () => chance.between(1, 2 * PHOTOS - 1)).sort((a, b) => a - b);
    for (const steps of moments) {
      await runUntil(home, home.start(['archive', 'Album', '--remote-delete', '--yes']), steps);
      expectNothingLost(home.library, library, 'Album');
    }
    const { exitCode, stdout, stderr } = await home.run(['archive', 'Album', '--remote-delete', '--yes']);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(deleted(home)).toBe(PHOTOS);
    expect(copied(home)).toBe(PHOTOS);
    expectNothingLost(home.library, library, 'Album');
    expect((await home.run(['verify', '--all'])).exitCode).toBe(0);
  }, 300_000);
});
