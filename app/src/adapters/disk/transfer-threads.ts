import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../domain/problem.ts';
import type { LibraryStore, RemoteFile, RemoteRequest } from '../../ports/library-store.ts';
import { createMailbox } from './mailbox.ts';
import {
  type Ending,
  type FetchOrder,
  failureOf,
  type News,
  type Order,
  type Outcome,
  type ThreadSettings,
  unwrap,
} from './transfer-messages.ts';

/** Threads that move bytes: network, hashing and disk, so that the main thread is free for everything else. */
export interface TransferThreads {
  readonly fetch: LibraryStore['fetch'];
}

interface Job {
  readonly ended: (outcome: Outcome<Ending>) => void;
  readonly file: RemoteFile;
  readonly signal: AbortSignal;
}
interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
  readonly order: (order: Order) => void;
  idle: NodeJS.Timeout | undefined;
}

/** One keeps up with a usual line; two bring a first sync to its end in a sixth less time. Each takes some 20 MB. */
const MOST_THREADS = 2;
/** So many files on their way through each call for another one. */
const MANY = 8;
/** What is made dies young: a small nursery is collected in no time. */
const NURSERY_MB = 4;
const IDLE_MS = 10_000;

/** Threads begin with the first file and end when there has been none for a while. */
export function createTransferThreads(settings: ThreadSettings): TransferThreads {
  const most = Math.min(MOST_THREADS, availableParallelism());
  const threads = new Set<Thread>();
  let last = 0;

  function start(): Thread {
    // The extension of this very file: sources in tests, compiled ones in use.
    const worker = new Worker(new URL(`./transfer-thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: settings,
      name: 'downloads',
      resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
    });
    worker.unref();
    const order = createMailbox<Order>((orders) => worker.postMessage(orders));
    const thread: Thread = { worker, jobs: new Map(), order, idle: undefined };
    threads.add(thread);
    worker.on('message', (news: readonly News[]) => {
      for (const one of news) hear(thread, one);
    });
    const fail = (why: unknown) => {
      threads.delete(thread);
      for (const { ended } of thread.jobs.values()) ended(failureOf(new Problem('internal', 'A download thread ended.', { cause: why })));
      thread.jobs.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => fail(undefined));
    return thread;
  }

  function leastBusy(): Thread {
    const [first] = [...threads].sort((a, b) => a.jobs.size - b.jobs.size);
    return first === undefined || (threads.size < most && first.jobs.size >= MANY) ? start() : first;
  }

  function hear(thread: Thread, news: News): void {
    const job = thread.jobs.get(news.id);
    if (job === undefined) return;
    if (news.is === 'ended') {
      thread.jobs.delete(news.id);
      if (thread.jobs.size === 0) rest(thread);
      job.ended(news.outcome);
      return;
    }
    const answered =
      'refusal' in news ? job.file.refused(news.refusal, job.signal).then(() => undefined) : job.file.request(news.from, job.signal);
    answered
      .then((value: RemoteRequest | undefined) => ({ value }), failureOf)
      .then((answer) => thread.order({ is: 'answer', id: news.id, answer }));
  }

  function rest(thread: Thread): void {
    thread.worker.unref();
    thread.idle = setTimeout(() => {
      threads.delete(thread);
      void thread.worker.terminate();
    }, IDLE_MS).unref();
  }

  /** Resolves when the thread has let go, aborted or not: until then it may still write. */
  async function run(fetch: FetchOrder, file: RemoteFile, signal: AbortSignal): Promise<Ending> {
    signal.throwIfAborted();
    const thread = leastBusy();
    clearTimeout(thread.idle);
    if (thread.jobs.size === 0) thread.worker.ref();
    last += 1;
    const id = last;
    const { promise, resolve } = Promise.withResolvers<Outcome<Ending>>();
    thread.jobs.set(id, { ended: resolve, file, signal });
    thread.order({ is: 'fetch', id, fetch });
    const abort = () => thread.order({ is: 'abort', id });
    signal.addEventListener('abort', abort, { once: true });
    try {
      const outcome = await promise;
      if ('failure' in outcome) signal.throwIfAborted();
      return unwrap(outcome);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    async fetch(key, { size, vacant, arrival }, file, signal) {
      // Asked for beforehand, which saves a question; a refusal counts only if the thread comes to need it.
      const request = await file.request(0, signal).catch(() => undefined);
      const received = await run({ key, size, vacant, arrival, request }, file, signal);
      if (received !== 'occupied') file.accepted();
      return received;
    },
  };
}
