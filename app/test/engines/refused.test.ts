import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import type { BackupRepository } from '../../src/ports/backup-repository.ts';
import {
  contentsOf,
  makeLibrary,
  never,
  newFolder,
  newTarget,
  newTools,
  openEngine,
  pathOf,
  put,
  quiet,
  sourceOf,
} from '../support/offsite.ts';
import { openPlaces, type Places } from '../support/offsite-places.ts';
import { codeOf, newRepository, type Setting } from '../support/offsite-repository.ts';
import { startSilentServer, startSshServer } from '../support/offsite-servers.ts';

/** A port that nobody listens on, and beyond those that the system gives away by itself. */
const NOBODY = 65_535;
const ENGINES: readonly OffsiteEngine[] = ['restic', 'borg', 'rclone'];
let places: Places;
beforeAll(async () => {
  places = await openPlaces();
});
afterAll(() => places?.stop());

describe.each(ENGINES)('%s and its passphrase', (engine) => {
  it('says that it is wrong, and writes nothing', async () => {
    const { repository, root, again } = await newRepository(places, `${engine}-folder`);
    await repository.snapshot(sourceOf(root), quiet, never);
    const wrong = again({ passphrase: async () => 'not this one' });
    expect(await codeOf(wrong.probe(never))).toBe('offsite-wrong-passphrase');
    expect(await codeOf(wrong.snapshot(sourceOf(root), quiet, never))).toBe('offsite-wrong-passphrase');
    expect(await repository.snapshots(never)).toHaveLength(1);
  });

  it('keeps it away from everybody who can look at processes', async () => {
    const { root, again } = await newRepository(places, `${engine}-folder`);
    let seen = '';
    const looking = again(
      {},
      {
        runChild: async (request, signal) => {
          const { runChild } = newTools();
          return runChild(
            {
              ...request,
              onStart(pid) {
                request.onStart?.(pid);
                seen += readFileSync(`/proc/${pid}/cmdline`, 'latin1');
                if (engine !== 'rclone') seen += readFileSync(`/proc/${pid}/environ`, 'latin1');
              },
            },
            signal,
          );
        },
      },
    );
    await looking.snapshot(sourceOf(root), quiet, never);
    expect(seen).not.toBe('');
    expect(seen).not.toContain('correct horse');
  });
});

describe('a server that cannot be used', () => {
  it.each(['restic', 'borg', 'rclone'] as const)(
    'is told apart for %s: refused, silent, unknown key, changed key, unknown user',
    async (engine) => {
      const scheme = engine === 'borg' ? 'ssh' : 'sftp';
      const silent = await startSilentServer();
      onTestFinished(() => silent.stop());

      // One of its own: a newer sshd punishes a machine whose key it refused.
      const ssh = await startSshServer(join(newFolder(), 'ssh'));
      onTestFinished(() => ssh.stop());
      const open = (port: number, knownHosts: string, sshKey = ssh.key, connectTimeoutS = 20) =>
        openEngine(
          engine,
          newTarget(`${scheme}://${ssh.user}@127.0.0.1:${port}/tmp/none`, newFolder(), { sshKey, knownHosts }),
          newTools({ connectTimeoutS }),
        );
      expect(await codeOf(open(NOBODY, ssh.knownHosts).probe(never))).toBe('offsite-unreachable');
      expect(await codeOf(open(silent.port, ssh.knownHosts, ssh.key, 2).probe(never))).toBe('offsite-unreachable');
      expect(await codeOf(open(ssh.port, '').probe(never))).toBe('offsite-host-key');
      const other = await startSshServer(join(newFolder(), 'ssh'));
      onTestFinished(() => other.stop());
      const changed = other.knownHosts.replace(`:${other.port} `, `:${ssh.port} `);
      await expect(open(ssh.port, changed).probe(never)).rejects.toMatchObject({
        code: 'offsite-host-key',
        message: expect.stringContaining(ssh.fingerprint),
      });
      expect(await codeOf(open(ssh.port, ssh.knownHosts, other.key).probe(never))).toBe('offsite-refused');
    },
  );

  it('is noticed over HTTP too', async () => {
    const silent = await startSilentServer();
    onTestFinished(() => silent.stop());
    const open = (port: number) =>
      openEngine('restic', newTarget(`rest:http://127.0.0.1:${port}/none/`, newFolder()), newTools({ connectTimeoutS: 2 }));
    expect(await codeOf(open(NOBODY).probe(never))).toBe('offsite-unreachable');
    expect(await codeOf(open(silent.port).probe(never))).toBe('offsite-unreachable');
  });
});

describe.each(ENGINES)('%s on a full target', (engine) => {
  it('says so, and the next snapshot is good when there is space again', async () => {
    const disk = newFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'off-site-test', disk]);
    onTestFinished(() => void execFileSync('umount', [disk]));
    const repository = openEngine(engine, newTarget(join(disk, 'repository'), newFolder()));
    await repository.init(never);
    const root = newFolder();
    makeLibrary(root, { files: 60, bytes: 150_000, seed: 3 });
    expect(await codeOf(repository.snapshot(sourceOf(root), quiet, never))).toBe('offsite-target-full');
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    const taken = await repository.snapshot(sourceOf(root, { nowMs: Date.now() + 1000 }), quiet, never);
    expect(taken).toMatchObject({ unreadable: [] });
    expect((await repository.snapshots(never)).some(({ id }) => id === taken.id)).toBe(true);
  });
});

describe.each(['restic', 'borg'] as const)('%s and a file that it may not read', (engine) => {
  it('makes the snapshot without it and names it', async () => {
    const { root, again, folder } = await newRepository(places, `${engine}-folder`);
    const blind = asNobody(again);
    chmodSync(join(root, pathOf(4)), 0o600);
    for (const path of [root, dirname(folder), dirname(dirname(folder))]) chmodSync(path, 0o755);
    execFileSync('chmod', ['-R', 'go+rX', root]);
    chmodSync(join(root, pathOf(4)), 0o600);
    execFileSync('chown', ['-R', '65534:65534', folder]);
    const taken = await blind.snapshot(sourceOf(root), quiet, never);
    expect(taken.unreadable.map(({ path }) => path)).toEqual([pathOf(4)]);
    expect((await blind.snapshots(never)).map(({ id }) => id)).toEqual([taken.id]);
  });
});

/** The engine runs as a user who owns nothing here. */
function asNobody(again: Setting['again']): BackupRepository {
  const state = newFolder();
  chmodSync(state, 0o777);
  const { runChild } = newTools();
  return again(
    { stateDir: state },
    {
      runChild: (request, signal) => {
        execFileSync('chown', ['-R', '65534:65534', state]);
        return runChild(
          {
            ...request,
            program: 'setpriv',
            args: ['--reuid', '65534', '--regid', '65534', '--clear-groups', request.program, ...request.args],
          },
          signal,
        );
      },
    },
  );
}

describe('names that are hard on patterns', () => {
  const ODD = [
    'a [b] (c).JPG',
    '-rf.JPG',
    'star*.JPG',
    'what?.JPG',
    'back\\slash.JPG',
    '{curly}.JPG',
    '$HOME.JPG',
    '#1.JPG',
    ' leading.JPG',
    'ümlaut.JPG',
    "quote's.JPG",
  ];
  it.each(ENGINES)('come back one by one with %s', async (engine) => {
    const { repository, root } = await newRepository(places, `${engine}-folder`, { files: 2 });
    const paths = ODD.map((name) => `_All-Photos/2024/2024-05/${name}`);
    for (const path of paths) put(root, path, path);
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    const wanted = paths.filter((_, index) => index % 2 === 0);
    const back = join(newFolder(), 'back');
    expect(await repository.restore(id, wanted, back, quiet, never)).toEqual({ failed: [] });
    expect(Object.keys(contentsOf(back)).sort()).toEqual([...wanted].sort());
    for (const path of wanted) expect(readFileSync(join(back, path), 'utf8')).toBe(path);
  });
});
