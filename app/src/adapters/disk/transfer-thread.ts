import { parentPort, workerData } from 'node:worker_threads';
import type { Arrival, Received, RemoteFile, RemoteRequest } from '../../ports/library-store.ts';
import { trustSystemCertificates } from '../http/certificates.ts';
import { openRemote } from '../http/open-remote.ts';
import { createStreams } from '../http/stream.ts';
import { quickCalls } from './disk-calls.ts';
import { createLibraryStore } from './library-store.ts';
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
import { createWholeFiles } from './write-whole-file.ts';

/** A download thread: brings bytes from the network into the incoming folder and from there to their names (docs/decisions/0028). */
const settings = workerData as ThreadSettings;
if (settings.testServer === undefined) trustSystemCertificates();
const http = { stream: createStreams(settings).open };
const store = createLibraryStore({ ...settings, calls: quickCalls, settlesLater: true });
const files = createWholeFiles({ ...settings, calls: quickCalls });
const tell = createMailbox<News>((news) => parentPort?.postMessage(news));
const jobs = new Map<number, AbortController>();
const questions = new Map<number, (answer: Outcome<RemoteRequest | undefined>) => void>();

/** One question at a time belongs to a job: what the main thread knows of addresses and the login stays there. */
async function ask(news: Extract<News, { is: 'question' }>): Promise<RemoteRequest | undefined> {
  const { promise, resolve } = Promise.withResolvers<Outcome<RemoteRequest | undefined>>();
  questions.set(news.id, resolve);
  tell(news);
  return unwrap(await promise);
}

async function fetchOne(id: number, order: FetchOrder, signal: AbortSignal): Promise<Ending> {
  if (order.vacant !== undefined && (await store.sizeOf(order.vacant)) !== undefined) return 'occupied';
  let { request } = order;
  const file: RemoteFile = {
    async request(from) {
      const given = from === 0 ? request : undefined;
      request = undefined;
      const asked = given ?? (await ask({ is: 'question', id, from }));
      if (asked === undefined) throw new Error('No request came for a file.');
      return asked;
    },
    refused: async (refusal) => void (await ask({ is: 'question', id, refusal })),
    accepted: () => undefined,
  };
  const received = await store.receive(order.key, order, (from) => openRemote(http, file, from, signal), signal);
  return { ...received, placed: order.arrival !== undefined && (await arrive(received, order.size, order.arrival)) };
}

/** What comes out as expected takes its name here; what needs a decision does not. */
async function arrive(received: Received, size: number, { path, modifiedAtMs, checksum, beside }: Arrival): Promise<boolean> {
  if (received.size !== size || received.checksum !== checksum) return false;
  try {
    for (const { path: sidecar, text } of beside) if ((await files.writeNew(sidecar, Buffer.from(text, 'utf8'))) === 'there') return false;
  } catch {
    return false; // the main thread writes it once more, and knows what to do about it
  }
  await store.place(received, { path, modifiedAtMs, replaces: undefined });
  return true;
}

function begin(id: number, work: (signal: AbortSignal) => Promise<Ending>): void {
  const controller = new AbortController();
  jobs.set(id, controller);
  work(controller.signal)
    .then((value) => ({ value }), failureOf)
    .then((outcome) => {
      jobs.delete(id);
      tell({ is: 'ended', id, outcome });
    });
}

function follow(order: Order): void {
  const { id } = order;
  if (order.is === 'fetch') begin(id, (signal) => fetchOne(id, order.fetch, signal));
  else if (order.is === 'answer') {
    const answered = questions.get(id);
    questions.delete(id);
    answered?.(order.answer);
  } else {
    jobs.get(id)?.abort();
    questions.get(id)?.(failureOf(new Error('Stopped.')));
    questions.delete(id);
  }
}

parentPort?.on('message', (orders: readonly Order[]) => {
  for (const order of orders) follow(order);
});
