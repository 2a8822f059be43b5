import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EngineTools } from '../../src/adapters/offsite/engine-target.ts';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import { Problem } from '../../src/domain/problem.ts';
import { makeLibrary, never, newFolder, newTools, PASSPHRASE, pathOf, quiet, sourceOf } from '../support/offsite.ts';
import { openPlaces, type Places } from '../support/offsite-places.ts';
import { codeOf, newRepository } from '../support/offsite-repository.ts';

const ENGINES: readonly OffsiteEngine[] = ['restic', 'borg', 'rclone'];
let places: Places;
beforeAll(async () => {
  places = await openPlaces();
});
afterAll(() => places?.stop());

/** Bytes in the library, and how many of them an engine has stored when it is cut short. */
const LIBRARY = { files: 200, bytes: 200_000 };
const SOME_BYTES = 300_000;
/** With this line a snapshot of LIBRARY would take longer than a test may. */
const SLOW = { uploadKib: 100 };

/** The engine's own work, but it cannot come to its end: `act` follows as soon as some bytes lie in `folder`. */
function cutShort(folder: string, act: (pid: number) => void): Pick<EngineTools, 'runChild'> {
  const { runChild } = newTools();
  return {
    async runChild(request, signal) {
      const writes = request.args.some((arg) => ['backup', 'create', 'sync'].includes(arg));
      if (!writes) return await runChild(request, signal);
      const enough = bytesIn(folder) + SOME_BYTES;
      let watch: NodeJS.Timeout | undefined;
      const onStart = (pid: number) => {
        request.onStart?.(pid);
        watch = setInterval(() => {
          if (bytesIn(folder) < enough) return;
          clearInterval(watch);
          act(pid);
        }, 20);
      };
      const args = request.program === 'borg' ? withoutEnd(request.args) : request.args;
      try {
        return await runChild({ ...request, args, onStart }, signal);
      } finally {
        clearInterval(watch);
      }
    },
  };
}

/** Borg does not limit what goes to a folder. The last thing that it is to read here is a pipe that nobody writes into. */
function withoutEnd(args: readonly string[]): string[] {
  const pipe = join(newFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  return [...args.flatMap((arg) => (arg === 'create' ? [arg, '--read-special'] : [arg])), pipe];
}

/** Files and folders come and go while an engine writes; what cannot be looked at counts nothing. */
function bytesIn(path: string): number {
  const stats = unlessGone((): Stats => statSync(path));
  if (!stats?.isDirectory()) return stats?.size ?? 0;
  return (unlessGone(() => readdirSync(path)) ?? []).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

describe.each(ENGINES)('%s that was killed in the middle', (engine) => {
  it('takes the next snapshot, and can still tidy up', async () => {
    const { root, folder, again } = await newRepository(places, `${engine}-folder`, LIBRARY);
    const dying = again(
      SLOW,
      cutShort(folder, (pid) => process.kill(pid, 'SIGKILL')),
    );
    expect(await codeOf(dying.snapshot(sourceOf(root), quiet, never))).not.toBe('fine');
    const next = again();
    expect(await next.snapshots(never)).toEqual([]);
    const taken = await next.snapshot(sourceOf(root), quiet, never);
    expect(await codeOf(next.prune(never))).toBe('fine');
    expect(await next.check({ kind: 'all' }, root, never)).toEqual({ sound: true, findings: [] });
    const back = join(newFolder(), 'back');
    expect(await next.restore(taken.id, [pathOf(7)], back, quiet, never)).toEqual({ failed: [] });
    expect(readFileSync(join(back, pathOf(7)))).toEqual(readFileSync(join(root, pathOf(7))));
  });

  it('ends long before it is done when it is asked to, and leaves nothing that looks like a snapshot', async () => {
    const { root, folder, again } = await newRepository(places, `${engine}-folder`, LIBRARY);
    const stop = new AbortController();
    const stopped = again(
      SLOW,
      cutShort(folder, () => stop.abort(new Problem('interrupted', 'Stopped.'))),
    );
    expect(await codeOf(stopped.snapshot(sourceOf(root), quiet, stop.signal))).toBe('interrupted');
    expect(await again().snapshots(never)).toEqual([]);
  });
});

describe('the lock of another machine', () => {
  it('is respected by restic: busy, and nothing of it is touched', async () => {
    const { repository, root, folder, again } = await newRepository(places, 'restic-folder');
    const { id } = await repository.snapshot(sourceOf(root), quiet, never);
    await holdLock(folder, newFolder());
    expect(await codeOf(repository.forget([id], never))).toBe('offsite-locked');
    expect(await codeOf(again().prune(never))).toBe('offsite-locked');
    expect((await again().snapshot(sourceOf(root), quiet, never)).id).not.toBe(id);
  });
});

/** Somebody else's restic, at work in the repository until the test is over. */
async function holdLock(repository: string, home: string): Promise<void> {
  const many = newFolder();
  makeLibrary(many, { files: 40, bytes: 300_000, seed: 99 });
  const child: ChildProcess = spawn('restic', ['backup', '--limit-upload', '20', '--host', 'elsewhere', many], {
    env: { PATH: process.env.PATH, RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: PASSPHRASE, HOME: home },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  while (readdirSync(join(repository, 'locks')).length === 0) await pause(20);
}
