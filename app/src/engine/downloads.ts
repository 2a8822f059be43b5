import { asProblem, Problem, type ProblemCode } from '../domain/problem.ts';
import { adaptThreads, nextTry, startThreads, type ThreadEvent } from '../domain/threads.ts';
import type { TodoItem } from '../ports/catalog.ts';
import type { Log } from '../ports/log.ts';
import { Disagreement, type Fetched, type FetchParts, fetchItem } from './fetch-item.ts';

export interface DownloadParts extends FetchParts {
  readonly log: Log;
  /** Most downloads at once; undefined = adaptive up to 32. */
  readonly threads: number | undefined;
  readonly onDone: (item: TodoItem, fetched: Fetched) => void;
  readonly onFailed: (item: TodoItem, code: ProblemCode, message: string) => void;
}

export interface Downloads {
  /** New items are on the list. */
  wake(): void;
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
  const stopping = new AbortController();
  const both = AbortSignal.any([signal, stopping.signal]);
  const running = new Set<Promise<void>>();
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
    threads = adaptThreads(threads, event);
  };

  async function run(): Promise<void> {
    for (;;) {
      both.throwIfAborted();
      const heard = rung;
      if (queue.length < threads.limit) await refill();
      while (running.size < threads.limit && queue.length > 0) start(queue.shift() as TodoItem);
      if (heard !== rung || (running.size < threads.limit && queue.length > 0)) continue;
      if (running.size === 0 && !more) return;
      await Promise.race([...running, new Promise<void>((resolve) => (answer = resolve))]);
    }
  }

  /** The next items of the list, with an address for each. */
  async function refill(): Promise<void> {
    const items = catalog.todo(cursor, BATCH);
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
    const work: Promise<void> = sameBytes.then(() => handle(item)).catch(stopEverything);
    busy.set(item.rendition.checksum, work);
    running.add(work);
    void work.finally(() => {
      running.delete(work);
      if (busy.get(item.rendition.checksum) === work) busy.delete(item.rendition.checksum);
    });
  }

  async function handle(item: TodoItem): Promise<void> {
    try {
      const fetched = await withTries(item);
      failuresInARow = 0;
      adapt('done');
      parts.onDone(item, fetched);
    } catch (error) {
      both.throwIfAborted();
      const problem = asProblem(error);
      if (stopsAll(problem)) throw problem;
      failuresInARow = problem.code === 'no-network' ? failuresInARow + 1 : 0;
      if (failuresInARow >= HOPELESS) throw problem;
      const sha256 = error instanceof Disagreement ? error.sha256 : item.disagreedSha256;
      const code: ProblemCode = problem.remedy === 'skip-item' ? problem.code : 'transfer-failed';
      const message = problem.message.includes(item.path) ? problem.message : `${item.path}: ${problem.message}`;
      catalog.failed(item, { code, message, nextTryMs: nextTry(clock.now(), item.attempts + 1), disagreedSha256: sha256 });
      log.debug('not stored', { path: item.path, code: problem.code, reason: problem.message });
      parts.onFailed(item, code, message);
    } finally {
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
    throw stopping.signal.reason ?? error;
  });
  done.catch(() => undefined); // awaited by `finish` or `stop`
  return {
    wake: () => ring(),
    finish() {
      more = false;
      ring();
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
