import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { printed } from '../support/cli.ts';
import { newFolder } from '../support/offsite.ts';
import { good, newHomeWithCopy } from '../support/offsite-home.ts';
import { startSshServer } from '../support/offsite-servers.ts';
import { quickenKey } from '../support/restic-key.ts';
import { hashTree } from '../support/tree.ts';

describe('the service', () => {
  it('takes a snapshot after a good sync, says so in status, and none when nothing changed', async () => {
    const home = await newHomeWithCopy({ OFFSITE_EVERY_DAYS: '0' });
    await home.initCopy();
    const daemon = home.start(['daemon']);
    await printed(daemon, 'It holds');
    const status = JSON.parse((await home.run(['status', '--json'])).stdout);
    expect(status.offsite.targets).toMatchObject([
      { name: '1', engine: 'restic', repository: home.repository, snapshots: 1, problem: null },
    ]);
    expect(status.offsite.targets[0].files).toBeGreaterThan(40);
    const shown = (await home.run(['status'])).stdout;
    expect(shown).toMatch(/Off-site copy 1 \(restic, .*\): last snapshot .* old\./);
    expect(shown).toMatch(/Next: snapshot with the first good sync from 20\S+ \S+ on, check 20.*, drill 20\d\d-\d\d-01 .*, tidying up 20/);
    good(await home.run(['sync']));
    await printed(daemon, 'Nothing changed since the last snapshot');
    expect((await home.run(['off-site', 'snapshots', '--json'])).stdout.match(/"id"/g)).toHaveLength(1);
    expect(await home.run(['off-site', 'drill'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/20 random files came back exactly; all \d+ files of the catalog are listed/),
    });
    expect(await home.run(['off-site', 'check', '--all'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Sound') });
    good(await home.run(['off-site', 'prune']));
    daemon.child.kill('SIGTERM');
    expect(await daemon.done).toMatchObject({ exitCode: 0 });
    expect(daemon.output()).not.toContain('correct horse');
  });
});

describe('the passphrase', () => {
  it('is the same however it is given, and the one that a person would type', async () => {
    const folder = newFolder();
    const fileOf = (name: string, content: string) => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    const none = { OFFSITE_PASSPHRASE_FILE: undefined };
    const home = await newHomeWithCopy({ OFFSITE_PASSPHRASE_FILE: fileOf('windows', 'correct horse\r\n') });
    const { stdout } = good(await home.run(['off-site', 'init']));
    expect(stdout).toContain('somewhere else than on this machine');
    const env = { PATH: process.env.PATH, HOME: folder, RESTIC_REPOSITORY: home.repository, RESTIC_PASSWORD: 'correct horse' };
    expect(execFileSync('restic', ['cat', 'config'], { env, encoding: 'utf8' })).toContain('"id"');
    quickenKey(home.repository, 'correct horse');
    const ways: Record<string, string | undefined>[] = [
      { OFFSITE_PASSPHRASE_FILE: fileOf('bare', 'correct horse') },
      { ...none, OFFSITE_PASSPHRASE_COMMAND: "printf 'correct horse\\r\\n'" },
      { OFFSITE_PASSPHRASE_FILE: fileOf('part', 'correct \r\n'), OFFSITE_PASSPHRASE_PART2_COMMAND: 'echo horse' },
    ];
    for (const way of ways) good(await home.run(['off-site', 'snapshots'], way));
    expect(await home.run(['off-site', 'snapshots'], { OFFSITE_PASSPHRASE_FILE: fileOf('blank', 'correct horse \n') })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Correct OFFSITE_PASSPHRASE'),
    });
    expect((await home.run(['off-site', 'status'])).stdout.match(/somewhere else than on this machine/g)).toHaveLength(1);
  });
});

describe('two copies, one of them dead', () => {
  it('the other one is good, and both are shown', async () => {
    const second = join(newFolder(), 'second');
    const home = await newHomeWithCopy({
      OFFSITE_NAME: 'gone',
      OFFSITE_REPOSITORY: 'sftp://nobody@127.0.0.1:9//x',
      OFFSITE_2_REPOSITORY: second,
      OFFSITE_2_PASSPHRASE: 'another one',
    });
    good(await home.run(['off-site', 'init', '--target', '2']));
    const sync = await home.run(['sync']);
    expect(sync.stdout + sync.stderr).toMatch(/Off-site gone: 127\.0\.0\.1 port 9 cannot be reached/);
    expect(sync.exitCode).toBe(1);
    expect(JSON.parse((await home.run(['off-site', 'status', '--json'])).stdout).targets).toMatchObject([
      { name: 'gone', lastSnapshot: null, problem: { code: 'offsite-unreachable' } },
      { name: '2', snapshots: 1, problem: null },
    ]);
  });
});

describe('damage on the other side', () => {
  it('makes the drill and the check fail loudly, and stays said until one of them is good again', async () => {
    const home = await newHomeWithCopy({ OFFSITE_DRILL_FILES: '1000', OFFSITE_ENGINE: 'borg' });
    await home.initCopy();
    good(await home.run(['sync']));
    const [segment = ''] = filesIn(join(home.repository, 'data')).sort((one, other) => statSync(other).size - statSync(one).size);
    const bytes = readFileSync(segment);
    const intact = Buffer.from(bytes);
    bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 64);
    writeFileSync(segment, bytes);
    const drill = await home.run(['off-site', 'drill']);
    expect(drill.exitCode).toBe(1);
    expect(drill.stderr).toMatch(/drill .* failed|damage/i);
    expect(await home.run(['off-site', 'check', '--all'])).toMatchObject({ exitCode: 1 });
    expect(JSON.parse((await home.run(['off-site', 'status', '--json'])).stdout).targets[0].problem.code).toBe('offsite-damaged');
    writeFileSync(segment, intact);
    good(await home.run(['off-site', 'check', '--all']));
    good(await home.run(['off-site', 'drill']));
    expect(JSON.parse((await home.run(['off-site', 'status', '--json'])).stdout).targets[0].problem).toBeNull();
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('another repository at the same place', () => {
  it('is refused until it is adopted', async () => {
    const home = await newHomeWithCopy();
    await home.initCopy();
    good(await home.run(['sync']));
    rmSync(home.repository, { recursive: true });
    expect(await home.run(['off-site', 'run'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('There is no restic repository'),
    });
    const other = await newHomeWithCopy({ OFFSITE_REPOSITORY: home.repository });
    expect(await other.run(['off-site', 'init'])).toMatchObject({ exitCode: 0 });
    expect(await home.run(['off-site', 'run'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('not the one that was used so far'),
    });
    good(await home.run(['off-site', 'init', '--adopt']));
    good(await home.run(['off-site', 'run']));
  });
});

describe('a file that rots', () => {
  it('comes back from off-site when iCloud no longer has it', async () => {
    const home = await newHomeWithCopy({ MAX_DELETIONS: '0' });
    const [lost] = home.simulator.library.expected();
    if (!lost) throw new Error('The library is empty.');
    await home.initCopy();
    const sync = await home.run(['sync']);
    if (sync.exitCode !== 0) throw new Error(sync.stdout + sync.stderr);
    const before = hashTree(home.library);
    home.simulator.library.purgeAsset(lost.assetRecordName);
    expect((await home.run(['sync'])).exitCode).toBe(5); // held
    expect(await home.run(['hold', 'keep'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 item stays') });
    const [path = ''] = [...before].find(([, sha256]) => sha256 === lost.sha256) ?? [];
    rot(join(home.library, path));
    expect(hashTree(home.library)).not.toEqual(before);
    const verify = await home.run(['verify', '--all', '--repair']);
    expect(verify.stdout).toContain('1 file brought back from the off-site copy');
    expect(hashTree(home.library)).toEqual(before);
  });
});

/** Other bytes under the same size and time, as a bad disk leaves them. */
function rot(file: string): void {
  const bytes = readFileSync(file);
  const { atime, mtime } = statSync(file);
  bytes[0] = (bytes[0] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
}

describe('a server over ssh that is not known yet', () => {
  it('is shown with its key, and used after that key was accepted', async () => {
    const server = await startSshServer(join(newFolder(), 'ssh'));
    onTestFinished(() => server.stop());
    const target = join(newFolder(), 'repository');
    const home = await newHomeWithCopy({
      OFFSITE_REPOSITORY: `sftp://${server.user}@127.0.0.1:${server.port}/${target}`,
      OFFSITE_SSH_KEY: server.key,
    });
    expect(await home.run(['off-site', 'init'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(server.fingerprint) });
    expect(await home.run(['off-site', 'init', '--host-key', 'SHA256:another'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(server.fingerprint),
    });
    expect(await home.run(['off-site', 'init', '--host-key', server.fingerprint])).toMatchObject({ exitCode: 0 });
    good(await home.run(['sync']));
  });
});
