import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../support/offsite.ts';
import { good, type HomeWithCopy, newHomeWithCopy } from '../support/offsite-home.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

describe('a library that was lost', () => {
  it.each(['restic', 'borg', 'rclone'])(
    'comes back with %s, state and sign-in too, and the next sync downloads nothing',
    async (engine) => {
      const home = await newHomeWithCopy(
        { OFFSITE_ENGINE: engine },
        { assets: 40, seed: 11, meanBytes: 3000, ...(engine === 'rclone' ? { mix: 'plain' } : {}) },
      );
      expect(await home.run(['sync'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('off-site init') });
      expect(await home.run(['off-site', 'init'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('passphrase') });
      const taken = await home.run(['off-site', 'run']);
      if (taken.exitCode !== 0) throw new Error(taken.stderr);
      expect(taken).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/files? read, .* It holds \d+ files/) });
      const before = hashTree(home.library);
      expect(hashTree(restoredByHand(engine, home))).toEqual(before);

      home.burnDown();
      const codes = home.simulator.requests.count('code');
      const back = await home.run(['off-site', 'restore', '--all']);
      expect(back).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/\d+ files .* came back .* each with the bytes that were stored/),
      });
      expect(hashTree(home.library)).toEqual(before);
      expect(statSync(join(home.library, '.photos-sync')).mode & 0o777).toBe(0o700);
      expect(existsSync(join(home.library, '.photos-sync.restoring'))).toBe(false);

      const downloads = home.simulator.requests.count('download');
      const sync = await home.run(['sync']);
      expect(sync.exitCode).toBe(0);
      expect(home.simulator.requests.count('download')).toBe(downloads);
      expect(home.simulator.requests.count('code')).toBe(codes);
      expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
      good(await home.run(['verify', '--all']));
      const status = await home.run(['status', '--json']);
      expect(JSON.parse(status.stdout)).toMatchObject({ complete: true, offsite: { targets: [{ engine, problem: null }] } });
    },
  );

  it('does not come back over anything that lies there', async () => {
    const home = await newHomeWithCopy();
    await home.initCopy();
    good(await home.run(['sync']));
    expect(await home.run(['off-site', 'restore', '--all'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is not empty'),
    });
    home.burnDown();
    mkdirSync(home.library);
    writeFileSync(join(home.library, 'taxes.pdf'), 'important');
    expect(await home.run(['off-site', 'restore', '--all'])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('taxes.pdf') });
    expect(readFileSync(join(home.library, 'taxes.pdf'), 'utf8')).toBe('important');
  });

  it('is not taken for a library before it is whole: a sync refuses the folder meanwhile', async () => {
    const home = await newHomeWithCopy();
    mkdirSync(join(home.library, '.photos-sync.restoring', '_All-Photos'), { recursive: true });
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('.photos-sync.restoring') });
  });
});

/** With the commands of docs/restore.md alone, into a new folder. */
function restoredByHand(engine: string, { repository, env }: HomeWithCopy): string {
  const into = newFolder();
  const file = env.OFFSITE_PASSPHRASE_FILE ?? '';
  const hand = (variables: Record<string, string>, line: string) =>
    execFileSync('/bin/sh', ['-ec', line], {
      cwd: into,
      env: { PATH: process.env.PATH, HOME: newFolder(), PASSPHRASE: file, INTO: into, ...variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  if (engine === 'restic')
    hand(
      { RESTIC_REPOSITORY: repository, RESTIC_PASSWORD_FILE: file },
      'restic restore latest --tag icloud-photos-sync --target "$INTO" --verify',
    );
  else if (engine === 'borg')
    hand(
      { BORG_REPO: repository, BORG_PASSCOMMAND: `cat ${file}` },
      `borg extract "::$(borg list --glob-archives 'photos-*' --short --last 1)"`,
    );
  else
    hand(
      { RCLONE_CONFIG_PHOTOS_TYPE: 'crypt', RCLONE_CONFIG_PHOTOS_REMOTE: repository },
      'export RCLONE_CONFIG_PHOTOS_PASSWORD=$(rclone obscure - < "$PASSPHRASE"); rclone copy --links photos:current "$INTO"',
    );
  return into;
}

describe('some files', () => {
  it('come back by album, day and name to a folder, each compared', async () => {
    const home = await newHomeWithCopy();
    const { library } = home.simulator;
    const album = library.addAlbum({ name: 'Wedding' });
    library.addToAlbum(library.addAsset({ filename: 'IMG_9001.JPG', captureMs: Date.UTC(2024, 5, 1) }), album);
    await home.initCopy();
    good(await home.run(['sync']));
    const files = hashTree(home.library);
    const wedding = join(newFolder(), 'wedding');
    expect(good(await home.run(['off-site', 'restore', '--album', 'Wedding', '--to', wedding])).stdout).toContain('1 link of the album');
    expect([...hashTree(wedding)]).toEqual([...files].filter(([name]) => name.endsWith('IMG_9001.JPG')));
    expect(existsSync(join(wedding, 'Wedding', 'IMG_9001.JPG'))).toBe(true);
    const [path = ''] = files.keys();
    const one = join(newFolder(), 'one');
    expect(await home.run(['off-site', 'restore', path, '--to', one])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 file '),
    });
    expect(hashTree(one)).toEqual(new Map([[path, files.get(path)]]));
    const day = path.split('/')[2] ?? '';
    const month = join(newFolder(), 'month');
    const answer = await home.run(['off-site', 'restore', '--from', `${day}-01`, '--until', `${day}-31`, '--to', month, '--json']);
    expect(answer.exitCode).toBe(0);
    expect(hashTree(month).has(path)).toBe(true);
    for (const other of hashTree(month).keys()) expect(other).toContain(`/${day}/`);
    expect(await home.run(['off-site', 'restore', 'no/such/file', '--to', join(newFolder(), 'x')])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('off-site snapshots'),
    });
    expect(await home.run(['off-site', 'restore', path, '--to', one])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is not empty'),
    });
  });
});
