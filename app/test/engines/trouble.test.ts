import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EngineTarget, EngineTools } from '../../src/adapters/offsite/engine-target.ts';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import type { ProblemCode } from '../../src/domain/problem.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { BackupRepository } from '../../src/ports/backup-repository.ts';
import { freePort } from '../support/cli.ts';
import {
  contentsOf,
  makeLibrary,
  never,
  newFolder,
  newTarget,
  newTools,
  openEngine,
  PASSPHRASE,
  pathOf,
  put,
  quiet,
  sourceOf,
} from '../support/offsite.ts';
import { openPlaces, type Place, type Places } from '../support/offsite-places.ts';
import { startSilentServer, startSshServer } from '../support/offsite-servers.ts';

const ENGINES: readonly OffsiteEngine[] = ['restic', 'borg', 'rclone'];
let places: Places;
beforeAll(async () => {
  places = await openPlaces();
});
afterAll(() => places?.stop());

function placeOf(name: string): Place {
  const place = places.all.find((one) => one.name === name);
  if (!place) throw new Error(`No place ${name}`);
  return place;
}

interface Setting {
  readonly repository: BackupRepository;
  readonly root: string;
  /** Where the repository's own files lie. */
  readonly folder: string;
  again(more?: Partial<EngineTarget>, tools?: Partial<EngineTools>): BackupRepository;
}

let counter = 0;

/** A repository with one library, ready for its first snapshot. */
async function newRepository(placeName: string, files = 20, bytes = 4000, more: Partial<EngineTarget> = {}): Promise<Setting> {
  const place = placeOf(placeName);
  const name = `r${++counter}`;
  const at = place.at(name);
  mkdirSync(dirname(place.folder(name)), { recursive: true });
  const state = newFolder();
  const again = (changes: Partial<EngineTarget> = {}, tools: Partial<EngineTools> = {}) =>
    openEngine(place.engine, newTarget(at.repository, state, { ...at, ...more, ...changes }), newTools(tools));
  const repository = again();
  await repository.init(never);
  const root = newFolder();
  makeLibrary(root, { files, bytes, seed: counter });
  return { repository, root, folder: place.folder(name), again };
}

async function codeOf(work: Promise<unknown>): Promise<ProblemCode | 'fine'> {
  try {
    await work;
    return 'fine';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe.each(ENGINES)('%s and its passphrase', (engine) => {
  it('says that it is wrong, and writes nothing', async () => {
    const { repository, root, again } = await newRepository(`${engine}-folder`);
    await repository.snapshot(sourceOf(root), quiet, never);
    const wrong = again({ passphrase: async () => 'not this one' });
    expect(await codeOf(wrong.probe(never))).toBe('offsite-wrong-passphrase');
    expect(await codeOf(wrong.snapshot(sourceOf(root), quiet, never))).toBe('offsite-wrong-passphrase');
    expect(await repository.snapshots(never)).toHaveLength(1);
  });

  it('keeps it away from everybody who can look at processes', async () => {
    const { root, again } = await newRepository(`${engine}-folder`, 300, 30_000);
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
      expect(await codeOf(open(await freePort(), ssh.knownHosts).probe(never))).toBe('offsite-unreachable');
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
    expect(await codeOf(open(await freePort()).probe(never))).toBe('offsite-unreachable');
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

/** What is asked of an engine, but `act` follows as soon as the snapshot has put something into `folder`. */
function cutShort(folder: string, act: (pid: number) => void): Pick<EngineTools, 'runChild'> {
  const { runChild } = newTools();
  return {
    async runChild(request, signal) {
      const writes = request.args.some((arg) => ['backup', 'create', 'sync'].includes(arg));
      if (!writes) return await runChild(request, signal);
      const before = bytesIn(folder);
      let watch: NodeJS.Timeout | undefined;
      const onStart = (pid: number) => {
        request.onStart?.(pid);
        watch = setInterval(() => {
          if (bytesIn(folder) < before + 1_000_000) return;
          clearInterval(watch);
          act(pid);
        }, 2);
      };
      try {
        return await runChild({ ...request, onStart }, signal);
      } finally {
        clearInterval(watch);
      }
    },
  };
}

/** Files come and go while an engine writes; what cannot be looked at counts nothing. */
function bytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names.reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

describe.each(ENGINES)('%s that was killed in the middle', (engine) => {
  it('takes the next snapshot, and can still tidy up', async () => {
    const { root, folder, again } = await newRepository(`${engine}-folder`, 800, 200_000);
    const dying = again(
      {},
      cutShort(folder, (pid) => process.kill(pid, 'SIGKILL')),
    );
    expect(await codeOf(dying.snapshot(sourceOf(root), quiet, never))).not.toBe('fine');
    const next = again();
    const taken = await next.snapshot(sourceOf(root), quiet, never);
    expect(await codeOf(next.prune(never))).toBe('fine');
    expect(await next.check({ kind: 'all' }, root, never)).toEqual({ sound: true, findings: [] });
    const back = join(newFolder(), 'back');
    expect(await next.restore(taken.id, [pathOf(7)], back, quiet, never)).toEqual({ failed: [] });
    expect(readFileSync(join(back, pathOf(7)))).toEqual(readFileSync(join(root, pathOf(7))));
  });

  it('ends within seconds when it is asked to', async () => {
    const { root, folder, again } = await newRepository(`${engine}-folder`, 800, 200_000);
    const stop = new AbortController();
    const stopped = again(
      {},
      cutShort(folder, () => stop.abort(new Problem('interrupted', 'Stopped.'))),
    );
    const started = performance.now();
    expect(await codeOf(stopped.snapshot(sourceOf(root), quiet, stop.signal))).toBe('interrupted');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('the lock of another machine', () => {
  it('is respected by restic: busy, and nothing of it is touched', async () => {
    const { repository, root, folder, again } = await newRepository('restic-folder');
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    await holdLock(folder, newFolder());
    expect(await codeOf(repository.forget([id], never))).toBe('offsite-locked');
    expect(await codeOf(again().prune(never))).toBe('offsite-locked');
    expect((await again().snapshot(sourceOf(root), quiet, never)).id).not.toBe(id);
  });
});

/** Somebody else's restic, at work in the repository until told to end. */
async function holdLock(repository: string, home: string): Promise<void> {
  const many = newFolder();
  makeLibrary(many, { files: 200, bytes: 60_000, seed: 99 });
  const child: ChildProcess = spawn('restic', ['backup', '--limit-upload', '200', '--host', 'elsewhere', many], {
    env: { PATH: process.env.PATH, RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: PASSPHRASE, HOME: home },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  while (readdirSync(join(repository, 'locks')).length === 0) await new Promise((next) => setTimeout(next, 50));
}

describe.each(ENGINES)('%s with flipped bytes in what it stored', (engine) => {
  it('finds the damage when it reads the data, and the restore names the file', async () => {
    const { repository, root, folder } = await newRepository(`${engine}-folder`, 12, 60_000);
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    flip(largestFile(folder));
    expect(await repository.check({ kind: 'all' }, root, never)).toMatchObject({
      sound: false,
      findings: expect.arrayContaining([expect.any(String)]),
    });
    const back = join(newFolder(), 'back');
    const { failed } = await repository.restore(id, 'all', back, quiet, never);
    expect(failed.length).toBeGreaterThan(0);
    const [original, returned] = [contentsOf(root), contentsOf(back)];
    const same = Object.keys(returned).filter((path) => returned[path] === original[path]);
    expect(same.length).toBeGreaterThanOrEqual(5); // the others come back
    expect(failed.some(({ path }) => path !== '' && original[path] !== returned[path])).toBe(true);
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  for (let place = middle; place < middle + 16; place++) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}

function largestFile(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return files.reduce((largest, file) => (statSync(file).size > statSync(largest).size ? file : largest), files[0] ?? '');
}

describe('forgetting', () => {
  it.each(['restic-folder', 'borg-folder', 'borg-ssh'])('%s removes what is named and nothing else', async (place) => {
    const { repository, root, again } = await newRepository(place);
    const taken: string[] = [];
    for (const index of [0, 1, 2]) {
      put(root, pathOf(index), `version ${index}`);
      taken.push((await repository.snapshot(sourceOf(root, { nowMs: Date.now() + index * 1000 }), quiet, never)).id);
    }
    const stranger = again({ libraryId: '99999999-2222-4333-8444-555555555555' });
    const { id: foreign } = await stranger.snapshot(sourceOf(root), quiet, never);
    expect((await repository.snapshots(never)).map(({ id }) => id)).toEqual(taken);
    await repository.forget(taken.slice(0, 2), never);
    expect((await repository.snapshots(never)).map(({ id }) => id)).toEqual(taken.slice(2));
    expect((await stranger.snapshots(never)).map(({ id }) => id)).toEqual([foreign]);
    expect(await repository.check({ kind: 'all' }, root, never)).toMatchObject({ sound: true });
  });

  it('does not claim success on a server that only lets us add', async () => {
    const { repository, root } = await newRepository('restic-rest');
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    expect(await codeOf(repository.forget([id], never))).toBe('offsite-retention-refused');
    expect(await repository.snapshots(never)).toHaveLength(1);
  });

  it('of a mirror removes folders of older versions, never the mirror', async () => {
    const { repository, root } = await newRepository('rclone-folder');
    await repository.snapshot(sourceOf(root), quiet, never);
    put(root, pathOf(1), 'a new version of it');
    rmSync(join(root, pathOf(2)));
    await repository.snapshot(sourceOf(root), quiet, never);
    const [replaced, current] = await repository.snapshots(never);
    expect([replaced?.kind, current?.kind]).toEqual(['replaced', 'whole']);
    const back = join(newFolder(), 'back');
    await repository.restore(replaced?.id ?? '', 'all', back, quiet, never);
    expect(Object.keys(contentsOf(back)).sort()).toEqual([pathOf(1), pathOf(2)].sort());
    await repository.forget([replaced?.id ?? ''], never);
    expect((await repository.snapshots(never)).map(({ kind }) => kind)).toEqual(['whole']);
  });
});

describe.each(['restic', 'borg'] as const)('%s and a file that it may not read', (engine) => {
  it('makes the snapshot without it and names it', async () => {
    const { root, again, folder } = await newRepository(`${engine}-folder`);
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
    const { repository, root } = await newRepository(`${engine}-folder`, 2);
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

describe('an unchanged library', () => {
  it.each(['restic', 'borg', 'rclone'] as const)('is not read again by %s, and of 10 changed files only those are', async (engine) => {
    const { repository, root } = await newRepository(`${engine}-folder`, 400, 2000);
    // Borg reads again whatever is as new as the newest file it saw.
    put(root, pathOf(0), 'the newest');
    await new Promise((next) => setTimeout(next, 50));
    put(root, pathOf(0), 'the newest again');
    await repository.snapshot(sourceOf(root), quiet, never);
    const second = await repository.snapshot(sourceOf(root, { nowMs: Date.now() + 1000 }), quiet, never);
    expect(second.readFiles).toBeLessThanOrEqual(engine === 'borg' ? 1 : 0);
    for (let index = 10; index < 20; index++) put(root, pathOf(index), `changed ${index}`);
    const third = await repository.snapshot(sourceOf(root, { nowMs: Date.now() + 2000 }), quiet, never);
    expect(third.readFiles).toBeGreaterThanOrEqual(10);
    expect(third.readFiles).toBeLessThanOrEqual(engine === 'borg' ? 11 : 10);
    expect(third.files).toBeGreaterThanOrEqual(400);
  });
});
