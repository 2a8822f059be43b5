import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootId, type Lease } from '../../../src/adapters/disk/lease.ts';
import { type Lock, type LockOptions, takeLock } from '../../../src/adapters/disk/lock.ts';
import { exists, mountTmpfs, never, problemOf, tempFolder } from './support.ts';

const HOLDER = fileURLToPath(new URL('./lock-holder.ts', import.meta.url));

async function take(file: string, options: Partial<LockOptions> = {}): Promise<Lock> {
  const lock = await takeLock({ file, name: 'verify', force: false, signal: never, ...options });
  onTestFinished(() => lock.release().catch(() => {}));
  return lock;
}

/** Starts another process that wants the lock; resolves with what it says first. */
async function other(file: string): Promise<{ process: ChildProcessWithoutNullStreams; said: string; next: () => Promise<string> }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', HOLDER, file]);
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  return { process: child, said: await next(), next };
}

const leaseOf = (file: string): Lease => JSON.parse(readFileSync(`${file}.lease`, 'utf8'));
const lockFile = () => join(tempFolder(), 'library');

function leaseOfAnotherMachine(file: string, ageMs: number): Lease {
  const beatAt = Date.now() - ageMs;
  const lease = {
    instance: 'theirs',
    host: 'old-nas',
    bootId: 'another-boot',
    pid: 7,
    command: 'daemon',
    startedAt: Date.UTC(2026, 10, 20),
    beatAt,
  };
  writeFileSync(`${file}.lease`, JSON.stringify(lease));
  return lease;
}

async function aborted(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await once(signal, 'abort');
  return signal.reason;
}

describe('the library lock', () => {
  it('is refused to another process, with who holds it and since when', async () => {
    const file = lockFile();
    const holder = await other(file);
    expect(holder.said).toBe('held');
    const problem = await problemOf(take(file));
    expect(problem).toMatchObject({ code: 'library-locked', remedy: 'fix' });
    expect(problem.message).toMatch(
      new RegExp(`^Another run holds this library: "sync --from-a-test" \\(process ${holder.process.pid} on .+\\) since 20`),
    );
    expect(await problemOf(take(file, { force: true }))).toMatchObject({ code: 'library-locked' });
  });

  it('is free for the next one after it was given back', async () => {
    const file = lockFile();
    const holder = await other(file);
    holder.process.stdin.end();
    expect(await holder.next()).toBe('released');
    const lock = await take(file);
    expect(leaseOf(file)).toMatchObject({ pid: process.pid, command: 'verify', bootId: await bootId() });
    expect([statSync(`${file}.lock`), statSync(`${file}.lease`)].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
    await lock.release();
    expect(exists(`${file}.lease`)).toBe(false);
    expect((await other(file)).said).toBe('held');
  });

  it('is taken over at once from a process that was killed', async () => {
    const file = lockFile();
    const holder = await other(file);
    holder.process.kill('SIGKILL');
    await once(holder.process, 'exit');
    expect(leaseOf(file).pid).toBe(holder.process.pid);
    const lock = await take(file);
    expect(leaseOf(file).pid).toBe(process.pid);
    expect(lock.lost.aborted).toBe(false);
  });

  it('stays held although the same process asks a second time', async () => {
    const file = lockFile();
    await take(file);
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await problemOf(take(file))).toMatchObject({ code: 'library-locked' });
    expect((await other(file)).said).toMatch(/^refused library-locked: .*"verify"/);
  });

  it('may be given back twice', async () => {
    const file = lockFile();
    const lock = await take(file);
    await lock.release();
    const next = await take(file);
    await lock.release();
    expect(exists(`${file}.lease`)).toBe(true);
    await next.release();
  });

  it('says what is wrong with a folder that cannot be locked', async () => {
    expect(await problemOf(take(join(tempFolder(), 'missing/library')))).toMatchObject({ code: 'volume-missing' });
    const file = lockFile();
    writeFileSync(`${file}.lock`, 'this is no database, and long enough for its header to be looked at');
    expect(await problemOf(take(file))).toMatchObject({ code: 'disk-error' });
  });
});

describe('a lease of a machine that the kernel does not know', () => {
  it('keeps the library while it beats', async () => {
    const file = lockFile();
    const lease = leaseOfAnotherMachine(file, 1000);
    const problem = await problemOf(take(file));
    expect(problem.message).toBe('Another run holds this library: "daemon" (process 7 on old-nas) since 2026-11-20T00:00:00Z');
    expect(leaseOf(file)).toEqual(lease);
    expect((await problemOf(take(file))).code).toBe('library-locked');
  });

  it('is dead after a minute', async () => {
    const file = lockFile();
    leaseOfAnotherMachine(file, 61_000);
    await take(file);
    expect(leaseOf(file).command).toBe('verify');
  });

  it('that does not beat is taken by force, after watching it', async () => {
    const file = lockFile();
    leaseOfAnotherMachine(file, 1000);
    const started = performance.now();
    await take(file, { force: true, beatMs: 40 });
    expect(performance.now() - started).toBeGreaterThan(75);
    expect(leaseOf(file).command).toBe('verify');
  });

  it('that beats is not taken even by force', async () => {
    const file = lockFile();
    leaseOfAnotherMachine(file, 1000);
    const beating = setInterval(() => leaseOfAnotherMachine(file, 0), 10);
    onTestFinished(() => clearInterval(beating));
    expect(await problemOf(take(file, { force: true, beatMs: 100 }))).toMatchObject({ code: 'library-locked' });
  });

  it('is not watched any longer when the owner loses patience', async () => {
    const file = lockFile();
    leaseOfAnotherMachine(file, 1000);
    await expect(take(file, { force: true, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(leaseOf(file).host).toBe('old-nas');
  });

  it('that is torn or empty counts as none', async () => {
    const file = lockFile();
    writeFileSync(`${file}.lease`, '{"instance":');
    await take(file);
    expect(leaseOf(file).command).toBe('verify');
  });
});

describe('holding the lock', () => {
  it('shows a sign of life again and again', async () => {
    const file = lockFile();
    await take(file, { beatMs: 5 });
    const first = leaseOf(file).beatAt;
    await expect.poll(() => leaseOf(file).beatAt).toBeGreaterThan(first);
  });

  it('ends when another machine has taken it', async () => {
    const file = lockFile();
    const lock = await take(file, { beatMs: 5 });
    const theirs = leaseOfAnotherMachine(file, 0);
    // A beat that had already looked may write once more: the other machine would do the same.
    const insist = setInterval(() => leaseOfAnotherMachine(file, 0), 3);
    onTestFinished(() => clearInterval(insist));
    expect(await aborted(lock.lost)).toMatchObject({ code: 'library-locked' });
    clearInterval(insist);
    await lock.release();
    expect(leaseOf(file).instance).toBe(theirs.instance);
  });

  it('ends when the lease vanishes with its volume', async () => {
    const file = lockFile();
    const lock = await take(file, { beatMs: 5 });
    const remove = setInterval(() => rmSync(`${file}.lease`, { force: true }), 3);
    onTestFinished(() => clearInterval(remove));
    expect(await aborted(lock.lost)).toMatchObject({ code: 'volume-missing' });
  });

  it('outlives a disk that hiccups, but not one that stays silent until others must take us for dead', async () => {
    const root = mountTmpfs('size=1m,nr_inodes=20');
    const file = join(root, 'library');
    let clock = Date.now();
    let looks = 0;
    const now = () => {
      looks += 1;
      return clock;
    };
    const lock = await take(file, { beatMs: 5, now });
    let fillers = 0;
    const fill = setInterval(() => {
      while (fillers < 100 && attempt(() => writeFileSync(join(root, `filler-${fillers}`), ''))) fillers += 1;
    }, 2);
    onTestFinished(() => clearInterval(fill));
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 20);
    expect(lock.lost.aborted).toBe(false);
    clock += 60_001;
    expect(await aborted(lock.lost)).toMatchObject({ code: 'disk-error', cause: { code: 'ENOSPC' } });
  });
});

function attempt(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
