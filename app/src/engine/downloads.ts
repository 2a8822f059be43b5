import type { FreeSpaceRule } from '../domain/free-space.ts';
import { asProblem, Problem, type ProblemCode } from '../domain/problem.ts';
import type { FileInFlight } from '../domain/service-state.ts';
import { adaptThreads, startThreads, type ThreadEvent } from '../domain/threads.ts';
import { nextTry, type TodoWish } from '../domain/todo-wish.ts';
import type { PutOff, TodoItem } from '../ports/catalog.ts';
import type { Log } from '../ports/log.ts';
import { Disagreement, type Fetched, type FetchParts, fetchItem } from './fetch-item.ts';
import { createStoredRecorder } from './record-stored.ts';
import { createSpaceGuard } from './space-guard.ts';

export interface DownloadParts extends FetchParts {
  readonly log: Log;
  /** Most downloads at once; undefined = adaptive up to 32. */
  readonly threads: number | undefined;
  /** Which entries are tried; everything unless given. */
  readonly wish?: TodoWish | undefined;
  /** What of the volume stays free; undefined = the usual. */
  readonly keepFree?: FreeSpaceRule;
  readonly onDone: (item: TodoItem, fetched: Fetched) => void;
  readonly onFailed: (item: TodoItem, code: ProblemCode, message: string) => void;
  /** Entries that failed before and were not due now. */
  readonly onPutOff?: (group: PutOff) => void;
}

export interface Downloads {
  /** New items are on the list. */
  wake(): void;
  /** What is on its way, what began first first. */
  inFlight(): readonly FileInFlight[];
  /** Nothing more will be added: resolves when every item was tried; rejects with the problem that stopped all of them. */
  finish(): Promise<void>;
  /** Lets go of everything at once and waits until nothing writes any more. */
  stop(): Promise<void>;
}

const BATCH = 100;
const TRIES = 3;
/** So many items in a row without a connection: the network is gone, not an item. */
const HOPELESS = 12;
const PAUSE_MS = 10_000;

/**
 * Works the to-do list off, several items at once, oldest first. An item that fails keeps its place on the list with reason
 * and next try, and the rest goes on; a full disk or a lost login stops all.
 */
export function startDownloads(parts: DownloadParts, signal: AbortSignal): Downloads {
  const { catalog, clock, log } = parts;
  const startedMs = clock.now();
  const wish = { is: parts.wish ?? 'everything', nowMs: startedMs } as const;
  const recorder = createStoredRecorder(catalog, parts.store);
  const space = createSpaceGuard({ store: parts.store, catalog, keepFree: parts.keepFree });
  const recording = new Set<Promise<void>>();
  const stopping = new AbortController();
  const both = AbortSignal.any([signal, stopping.signal]);
  const running = new Set<Promise<void>>();
  const inFlight = new Set<FileInFlight>();
  const busy = new Map<string, Promise<void>>();
  let threads = startThreads(parts.threads);
  let queue: TodoItem[] = [];
  let cursor = 0;
  let more = true;
  let failuresInARow = 0;
  let pausedUntilMs = 0;
  /** Counts what should make the loop look again, so that no call is lost while it is busy elsewhere. */
  let rung = 0;
  let answer = () => {};
  const ring = () => {
    rung += 1;
    answer();
  };
  both.addEventListener('abort', ring, { once: true });

  const adapt = (event: ThreadEvent) => {
    threads = adaptThreads(threads, event, clock.now());
  };

  async function run(): Promise<void> {
    for (;;) {
      both.throwIfAborted();
      const heard = rung;
      if (queue.length < threads.limit) await refill();
      while (running.size < threads.limit && queue.length > 0) start(queue.shift() as TodoItem);
      if (heard !== rung || (running.size < threads.limit && queue.length > 0)) continue;
      if (running.size === 0 && !more) break;
      await Promise.race([...running, new Promise<void>((resolve) => (answer = resolve))]);
    }
    recorder.flush();
    await Promise.all(recording);
    both.throwIfAborted();
    for (const group of catalog.putOff(startedMs)) parts.onPutOff?.(group);
  }

  /** The next items of the list, with an address for each. */
  async function refill(): Promise<void> {
    const items = catalog.todo(cursor, BATCH, wish);
    const last = items.at(-1);
    if (!last) return;
    cursor = last.seq;
    try {
      await parts.addresses.prepare(items, both);
    } catch (error) {
      both.throwIfAborted();
      const problem = asProblem(error);
      if (stopsAll(problem)) throw problem;
      log.debug('Addresses could not be looked up in advance.', { reason: problem.message }); // each item asks again for itself
    }
    queue = queue.concat(items);
  }

  function start(item: TodoItem): void {
    // Two items with the same bytes: the second waits, then copies from the first.
    const sameBytes = busy.get(item.rendition.checksum) ?? Promise.resolve();
    const work = sameBytes.then(() => handle(item));
    const placed: Promise<void> = work.then(() => undefined, stopEverything).finally(() => running.delete(placed));
    running.add(placed);
    // The next download begins when this file is in place; whoever wants the same bytes waits until the catalog knows them.
    const known: Promise<void> = work
      .then((fetched) => fetched && record(item, fetched))
      .catch(stopEverything)
      .finally(() => {
        recording.delete(known);
        if (busy.get(item.rendition.checksum) === known) busy.delete(item.rendition.checksum);
      });
    busy.set(item.rendition.checksum, known);
    recording.add(known);
  }

  async function record(item: TodoItem, fetched: Fetched): Promise<void> {
    if (fetched.as) await recorder.record(item, fetched.as);
    parts.onDone(item, fetched);
  }

  /** Undefined: it failed, and the list says why. */
  async function handle(item: TodoItem): Promise<Fetched | undefined> {
    const release = await space.admit(item.rendition.size);
    const file = { path: item.path, bytes: item.rendition.size, sinceMs: clock.now() };
    inFlight.add(file);
    try {
      const fetched = await withTries(item);
      failuresInARow = 0;
      adapt('done');
      return fetched;
    } catch (error) {
      both.throwIfAborted();
      const problem = asProblem(error);
      if (stopsAll(problem)) throw problem;
      failuresInARow = problem.code === 'no-network' ? failuresInARow + 1 : 0;
      if (failuresInARow >= HOPELESS) throw problem;
      const sha256 = error instanceof Disagreement ? error.sha256 : item.disagreedSha256;
      const code: ProblemCode = problem.remedy === 'skip-item' ? problem.code : 'transfer-failed';
      const message = problem.message.includes(item.path) ? problem.message : `${item.path}: ${problem.message}`;
      const nowMs = clock.now();
      catalog.failed(item, { code, message, nowMs, nextTryMs: nextTry(nowMs, item.attempts + 1), disagreedSha256: sha256 });
      log.debug('not stored', { path: item.path, code: problem.code, reason: problem.message });
      parts.onFailed(item, code, message);
      return undefined;
    } finally {
      inFlight.delete(file);
      release();
      parts.addresses.forget(item);
    }
  }

  /** Short faults are waited out here; what has arrived is kept, so each try continues where the last one ended. */
  async function withTries(item: TodoItem): Promise<Fetched> {
    for (let attempt = 1; ; attempt++) {
      if (pausedUntilMs > clock.now()) await clock.sleep(pausedUntilMs - clock.now(), both);
      try {
        return await fetchItem(parts, item, both);
      } catch (error) {
        both.throwIfAborted();
        const problem = asProblem(error);
        if (problem.context.status !== undefined) parts.addresses.forget(item); // refused, so perhaps expired (410)
        const isPassing = ['transfer-failed', 'no-network', 'rate-limited'].includes(problem.code);
        if (!isPassing || attempt >= TRIES) throw error;
        if (problem.code === 'rate-limited') pause(problem);
        if (problem.code !== 'transfer-failed' || problem.context.status === undefined) adapt('pushed-back');
        if (problem.code === 'no-network') await clock.sleep(1000 * attempt, both);
      }
    }
  }

  /** One worker was told to wait: all wait (photos.md §12.2). */
  function pause(problem: Problem): void {
    const seconds = Number(problem.context.retryAfterS);
    pausedUntilMs = Math.max(pausedUntilMs, clock.now() + (seconds > 0 ? Math.min(seconds, 600) * 1000 : PAUSE_MS));
    log.debug('iCloud asks for a pause.', { untilMs: pausedUntilMs });
  }

  function stopEverything(error: unknown): void {
    if (!stopping.signal.aborted) stopping.abort(error);
  }

  const done = run().catch(async (error) => {
    stopEverything(error);
    await Promise.allSettled(running);
    recorder.flush(); // what is in place is told before the end
    await Promise.allSettled(recording);
    throw stopping.signal.reason ?? error;
  });
  done.catch(() => undefined); // awaited by `finish` or `stop`
  return {
    wake: () => ring(),
    inFlight: () => [...inFlight],
    finish() {
      more = false;
      ring();
      void space.forecast().then(
        (shortage) => shortage && log.warn(`The library will not fit: ${shortage}`),
        () => undefined, // whoever writes next will hear of it
      );
      return done;
    },
    async stop() {
      stopEverything(new Problem('interrupted', 'Downloads were stopped.'));
      ring();
      await done.catch(() => undefined);
    },
  };
}

/** What no other item can get past either. */
function stopsAll(problem: Problem): boolean {
  return ['fix', 'person'].includes(problem.remedy) || problem.code === 'session-ended';
}
