import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthPing } from '../../ports/health-ping.ts';
import type { Log } from '../../ports/log.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';

export interface HealthPingOptions {
  /** As the monitor shows it. Whoever knows it can ping, so it is logged without its path. */
  readonly url: string;
  /** A client of its own, without a test server: that would take the pings as well. */
  readonly http: HttpClient;
  readonly log: Log;
  /** The end of the log as text, `tailOf` for a file. */
  readonly logTail: () => Promise<string>;
  /** Removes what a monitor must not get to know. */
  readonly scrub: (text: string) => string;
  /** How long one try may take, 10 s. */
  readonly tryMs?: number;
  /** Least time between two tries that failed at once, 2 s. It is part of the try's time, not on top of it. */
  readonly pauseMs?: number;
}

/** Most bytes of the log that go out with a ping. */
export const LOG_TAIL_BYTES = 102_400;
const TRIES = 3;
const NEWLINE = 0x0a;

type Failure = { readonly reason: string; readonly final: boolean };

/** Pings `<url>/start`, `<url>` and `<url>/fail`, as Healthchecks.io documents them. */
export function createHealthPing({ url, http, log, logTail, scrub, tryMs = 10_000, pauseMs = 2000 }: HealthPingOptions): HealthPing {
  const { host } = new URL(url);
  let queue: Promise<void> = Promise.resolve();
  let pendingStart = new AbortController();
  let mostBytes = LOG_TAIL_BYTES;
  let down = false;

  async function body(): Promise<string> {
    try {
      // Scrubbed whole, then cut: half a secret might not be recognised.
      return lastLines(Buffer.from(scrub(await logTail())), mostBytes);
    } catch (error) {
      // The ping matters more than what it carries.
      log.debug('The end of the log could not be read for the health check.', { reason: reasonOf(error) });
      return '';
    }
  }

  /** One try: undefined when it was taken. */
  async function tryOnce(address: string, text: string | undefined, signal: AbortSignal): Promise<Failure | undefined> {
    try {
      const answer = await http.request({
        method: 'POST',
        url: address,
        headers: { 'User-Agent': 'icloud-photos-sync', ...(text === undefined ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }) },
        ...(text === undefined ? {} : { body: text }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(tryMs)]),
        retries: 0,
      });
      mostBytes = bodyLimit(answer) ?? mostBytes;
      return verdict(answer);
    } catch (error) {
      return { reason: reasonOf(error), final: false };
    }
  }

  async function ping(ending: string, text: string | undefined, signal: AbortSignal): Promise<void> {
    const address = addressOf(url, ending);
    let failure: Failure | undefined;
    for (let tries = 1; tries <= TRIES; tries++) {
      const startedMs = performance.now();
      failure = await tryOnce(address, text, signal);
      if (signal.aborted) return; // The service stops, or the run is over already: says nothing about the monitor.
      if (!failure || failure.final || tries === TRIES) break;
      const leftMs = tryMs - (performance.now() - startedMs);
      await sleep(Math.max(0, Math.min(pauseMs, leftMs)), undefined, { signal });
    }
    note(failure);
  }

  function note(failure: Failure | undefined): void {
    if (failure) {
      // The same text at both levels, so that an outage can be followed in the log.
      const say = down ? log.debug : log.warn;
      say('The health check did not take the ping. Syncing goes on; look at HEALTH_CHECK_URL.', { host, reason: failure.reason });
    } else if (down) log.info('The health check takes pings again.', { host });
    down = failure !== undefined;
  }

  /** One after the other: a start that arrives after its end would look like a run that hangs. */
  function inOrder(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work).catch((error: unknown) => log.debug('A health check ping was given up.', { host, reason: reasonOf(error) }));
    return queue;
  }

  const end = (ending: string, signal: AbortSignal): Promise<void> => {
    pendingStart.abort();
    return inOrder(async () => ping(ending, await body(), signal));
  };

  return {
    start(signal) {
      pendingStart = new AbortController();
      const either = AbortSignal.any([signal, pendingStart.signal]);
      return inOrder(async () => ping('/start', undefined, either));
    },
    success: (signal) => end('', signal),
    fail: (signal) => end('/fail', signal),
  };
}

/** The end of a text file, from the start of a line on; never reads more than that. Empty when there is no such file yet. */
export async function tailOf(path: string, bytes: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size === 0 || bytes <= 0) return '';
    const chunks: Buffer[] = [];
    // One byte more than wanted shows whether the cut falls between two lines.
    for await (const chunk of createReadStream(path, { start: Math.max(0, size - bytes - 1), end: size - 1 })) chunks.push(chunk as Buffer);
    return lastLines(Buffer.concat(chunks), bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Whole lines only: the rest of a line may be a secret that can no longer be told from other text. */
function lastLines(text: Buffer, most: number): string {
  if (text.length <= most) return text.toString('utf8');
  const cut = text.indexOf(NEWLINE, text.length - most - 1) + 1;
  return cut === 0 ? '' : text.subarray(cut).toString('utf8');
}

/** A query belongs behind the ending; a slash that was typed at the end is not doubled. */
function addressOf(url: string, ending: string): string {
  const address = new URL(url);
  address.hash = '';
  if (ending !== '') address.pathname = address.pathname.replace(/\/+$/, '') + ending;
  return address.href;
}

/** Any 2xx is taken. Another 4xx than "not now" or a redirection will be the same at the next try. */
function verdict({ status }: HttpAnswer): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  return { reason: `it answered ${status}`, final: status < 500 && status !== 408 && status !== 429 };
}

/** Healthchecks.io keeps the *first* so many bytes and drops the rest, which is the end of the log: it says how many. */
function bodyLimit({ headers }: HttpAnswer): number | undefined {
  const said = headers['ping-body-limit'];
  const limit = typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : undefined;
  return limit === undefined ? undefined : Math.min(limit, LOG_TAIL_BYTES);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.name === 'TimeoutError' ? 'no answer in time' : error.message;
  return String(error);
}
