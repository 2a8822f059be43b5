import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { posix } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { bootId, describeLease, type Lease, readLease, removeLease, writeLease } from './lease.ts';

export interface LockOptions {
  /** `<file>.lock` and `<file>.lease` are made; the folder must exist. */
  readonly file: string;
  /** The command that wants it, as the owner typed it: shown to whoever finds it locked. */
  readonly name: string;
  /** Take a lease of another machine that no longer beats, after watching it. Never one that beats. */
  readonly force: boolean;
  readonly now?: () => number;
  readonly signal: AbortSignal;
  readonly beatMs?: number;
  /** A lease without a beat for so long is dead. */
  readonly deadAfterMs?: number;
}

export interface Lock {
  release(): Promise<void>;
  /** Aborted with a Problem when somebody else has taken the lock, or when we could not say for too long that we live. */
  readonly lost: AbortSignal;
}

const BEAT_MS = 15_000;
const DEAD_AFTER_MS = 60_000;
/** SQLITE_BUSY and SQLITE_LOCKED, without their extended part. */
const REFUSED = new Set([5, 6]);

/** One run at a time (decisions.md 7). Throws Problem `library-locked` with who holds it. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  const { file } = options;
  return onDisk(posix.dirname(file), `lock ${posix.basename(file)}`, async () => {
    const kernelLock = await openKernelLock(file);
    try {
      await respectLease(options);
      return await hold(options, kernelLock);
    } catch (error) {
      kernelLock.close();
      throw error;
    }
  });
}

/** An exclusive transaction that is never ended: the kernel gives it up with the process, however that dies. */
async function openKernelLock(file: string): Promise<DatabaseSync> {
  const path = `${file}.lock`;
  // Exclusive, so that an existing file is not opened: closing any handle of it would drop a lock that this process holds on it (POSIX).
  await open(path, 'wx', 0o600).then(
    (made) => made.close(),
    (error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    },
  );
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    if (REFUSED.has(((error as { errcode?: number }).errcode ?? 0) & 0xff)) throw lockedBy(await readLease(`${file}.lease`), error);
    throw new Problem('disk-error', `Could not lock ${path}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** The kernel has agreed; on a network share that may mean only that it asked nobody. */
async function respectLease({
  file,
  force,
  now = Date.now,
  signal,
  beatMs = BEAT_MS,
  deadAfterMs = DEAD_AFTER_MS,
}: LockOptions): Promise<void> {
  const path = `${file}.lease`;
  const lease = await readLease(path);
  if (lease === undefined || now() - lease.beatAt > deadAfterMs) return;
  // Same start of the same machine: its kernel knows that the holder is gone (a `kill -9` leaves its lease behind).
  if (lease.bootId !== undefined && lease.bootId === (await bootId())) return;
  if (!force) throw lockedBy(lease);
  await sleep(beatMs + Math.min(beatMs, 5_000), undefined, { signal });
  const later = await readLease(path);
  if (later !== undefined && (later.instance !== lease.instance || later.beatAt !== lease.beatAt)) throw lockedBy(later);
}

async function hold(
  { file, name, now = Date.now, beatMs = BEAT_MS, deadAfterMs = DEAD_AFTER_MS }: LockOptions,
  kernelLock: DatabaseSync,
): Promise<Lock> {
  const path = `${file}.lease`;
  const startedAt = now();
  const mine: Omit<Lease, 'beatAt'> = {
    instance: randomUUID(),
    host: hostname(),
    bootId: await bootId(),
    pid: process.pid,
    command: name,
    startedAt,
  };
  await writeLease(path, { ...mine, beatAt: startedAt });
  const lost = new AbortController();
  let lastBeat = startedAt;

  async function beat(): Promise<void> {
    try {
      const found = await readLease(path);
      if (found?.instance !== mine.instance)
        return stop(found ? lockedBy(found) : new Problem('volume-missing', `The lock file ${path} has vanished`));
      const beatAt = now();
      await writeLease(path, { ...mine, beatAt });
      lastBeat = beatAt;
    } catch (error) {
      // A full or hiccuping disk is no reason to stop at once; but after a while others may rightly take us for dead.
      if (now() - lastBeat > deadAfterMs) stop(new Problem('disk-error', `The lock file ${path} could not be renewed`, { cause: error }));
    }
  }
  function stop(reason: Problem): void {
    clearInterval(timer);
    lost.abort(reason);
  }

  let beating = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, beatMs).unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await beating;
      try {
        await removeLease(path, mine.instance);
      } finally {
        if (kernelLock.isOpen) kernelLock.close();
      }
    },
  };
}

function lockedBy(lease: Lease | undefined, cause?: unknown): Problem {
  return new Problem('library-locked', `Another run holds this library${lease ? `: ${describeLease(lease)}` : ''}`, { cause });
}
