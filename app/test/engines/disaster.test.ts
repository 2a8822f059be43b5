import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Home, newHome } from '../support/cli.ts';
import { newFolder } from '../support/offsite.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const LIBRARY = { library: { assets: 40, seed: 11, meanBytes: 3000 } };

/** An installation with an off-site copy in a folder of this machine. */
async function newHomeWithCopy(env: Record<string, string> = {}): Promise<Home & { readonly repository: string; readonly root: string }> {
  const home = await newHome(LIBRARY);
  const root = dirname(home.library);
  const repository = join(newFolder(), 'repository');
  const passphrase = join(newFolder(), 'passphrase');
  writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  Object.assign(home.env, { OFFSITE_REPOSITORY: repository, OFFSITE_PASSPHRASE_FILE: passphrase, ...env });
  return { ...home, repository, root };
}

/** What a fire leaves: the repository, the settings, and nothing else. */
function burnDown({ root }: { readonly root: string }): void {
  for (const name of ['library', 'state', 'config']) rmSync(join(root, name), { recursive: true, force: true });
}

describe('a library that was lost', () => {
  it.each(['restic', 'borg', 'rclone'])('comes back with %s, state and sign-in too, and the next sync downloads nothing', async (engine) => {
    const home = await newHomeWithCopy({ OFFSITE_ENGINE: engine });
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('off-site init') });
    expect(await home.run(['off-site', 'init'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('passphrase') });
    const taken = await home.run(['off-site', 'run']);
    if (taken.exitCode !== 0) throw new Error(taken.stderr);
    expect(taken).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/files? read, .* It holds \d+ files/) });
    const before = hashTree(home.library);

    burnDown(home);
    const codes = home.simulator.requests.count('code');
    const back = await home.run(['off-site', 'restore', '--all']);
    expect(back).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\d+ files .* came back .* each with the bytes that were stored/) });
    expect(hashTree(home.library)).toEqual(before);
    expect(statSync(join(home.library, '.photos-sync')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(home.library, '.photos-sync.restoring'))).toBe(false);

    const downloads = home.simulator.requests.count('download');
    const sync = await home.run(['sync']);
    expect(sync.exitCode).toBe(0);
    expect(home.simulator.requests.count('download')).toBe(downloads);
    expect(home.simulator.requests.count('code')).toBe(codes);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
    expect(await home.run(['verify', '--all'])).toMatchObject({ exitCode: 0 });
    const status = await home.run(['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ complete: true, offsite: { targets: [{ engine, problem: null }] } });
  });
});
