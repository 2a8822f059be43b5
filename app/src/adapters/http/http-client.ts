import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import got from 'got';
import type { CookieJar } from 'tough-cookie';
import type { Log } from '../../ports/log.ts';
import type { Pace } from './pace.ts';
import { createStreams, type HttpStream, networkProblem, type StreamRequest } from './stream.ts';
import { redirectTo } from './test-server.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Instead of `body`, for what is no text. */
  readonly bytes?: Uint8Array;
  readonly signal: AbortSignal;
  /** How often a 408, 429, 502, 503, 504 or a network failure is tried again here. `Retry-After` up to a minute is honoured. */
  readonly retries: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The one door to the network: time-outs, retries, cookies and test redirection live here. Throws Problem `no-network` or the signal's reason. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  stream(request: StreamRequest): Promise<HttpStream>;
  /** Closes pooled connections; the next request opens new ones (authentication.md §8: a 421 may be the connection's fault). */
  reset(): void;
}

export interface HttpClientOptions {
  /** None: no cookie is kept or sent. */
  readonly jar?: CookieJar;
  readonly log: Log;
  /** Connections at once to one host, streams apart. */
  readonly sockets: number;
  /** Slows `stream` down to a rate; undefined = no limit. */
  readonly pace?: Pace | undefined;
  /** Tests and demo only: every request goes to this address instead, with the real host's name in `Host` and in TLS. */
  readonly testServer: string | undefined;
}

const RETRIED_STATUS = [408, 429, 502, 503, 504];
const RETRIED_ERRORS = [
  'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
  'ETIMEDOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
];
const LONGEST_WAIT_MS = 60_000;
const LONGEST_BACKOFF_MS = 30_000;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { log } = options;
  let agents = newAgents(options.sockets);
  const streams = createStreams({ pace: options.pace, testServer: options.testServer });
  const client = got.extend({
    ...(options.jar ? { cookieJar: options.jar } : {}),
    // A cookie that breaks the rules is dropped by browsers too.
    ignoreInvalidCookies: true,
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    ...(options.testServer === undefined ? {} : { request: redirectTo(options.testServer, () => agents) }),
  });
  return {
    async request(request) {
      const startedMs = performance.now();
      const { host, pathname } = new URL(request.url);
      try {
        const response = await connecting(request, () =>
          client(request.url, { ...apiOptions(request), agent: agents, responseType: 'text' }),
        );
        log.debug('request', {
          method: request.method,
          host,
          path: pathname,
          status: response.statusCode,
          ms: Math.round(performance.now() - startedMs),
        });
        return { status: response.statusCode, headers: response.headers, text: response.body };
      } catch (error) {
        throw networkProblem(error, host, request.signal);
      }
    },
    stream: streams.open,
    reset() {
      const old = agents;
      agents = newAgents(options.sockets);
      old.http.destroy();
      old.https.destroy();
      streams.reset();
    },
  };
}

/**
 * Tries a connection that failed again. Not left to got: with a body in pieces (see below) its own retry of a refused
 * connection ends at once in `ERR_SOCKET_CLOSED_BEFORE_CONNECTION`, seen with got 16.1 on 2026-11-20.
 */
async function connecting<T>({ retries, signal }: HttpRequest, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const isPassing = error instanceof Error && 'code' in error && RETRIED_ERRORS.includes(String(error.code));
      if (signal.aborted || !isPassing || tries > retries) throw error;
      await sleep(Math.min(1000 * 2 ** (tries - 1), LONGEST_BACKOFF_MS), undefined, { signal });
    }
  }
}

function newAgents(sockets: number) {
  const shape = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets };
  return { http: new HttpAgent(shape), https: new HttpsAgent(shape) };
}

function apiOptions({ method, headers, body, bytes, signal, retries }: HttpRequest) {
  const sent = body === undefined ? bytes : Buffer.from(body);
  return {
    method,
    headers: sent === undefined ? headers : { ...headers, 'content-length': String(sent.byteLength) },
    signal,
    // Not as text: got 16.1 writes text, waits a tick and ends the request only then; an answer that is quicker makes it give up.
    ...(sent === undefined ? {} : { body: [sent] }),
    timeout: { lookup: 10_000, connect: 15_000, secureConnect: 15_000, response: 120_000, request: 180_000 },
    retry: {
      limit: retries,
      methods: ['GET', 'POST', 'PUT'],
      statusCodes: RETRIED_STATUS,
      errorCodes: [], // `connecting` does those
      maxRetryAfter: LONGEST_WAIT_MS,
      backoffLimit: LONGEST_BACKOFF_MS,
    },
  };
}
