import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import got from 'got';
import type { CookieJar } from 'tough-cookie';
import { Problem } from '../../domain/problem.ts';
import type { Log } from '../../ports/log.ts';
import { type NodeRequest, redirectTo } from './test-server.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** How often a 408, 429, 502, 503, 504 or a network failure is tried again here. `Retry-After` up to a minute is honoured. */
  readonly retries: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of the connection without reading on. */
  cancel(): void;
}

/** The one door to the network: time-outs, retries, cookies and test redirection live here. Throws Problem `no-network` or the signal's reason. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Without retries: the caller knows how much has arrived. `idleMs`: no bytes for that long ends it. */
  stream(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly idleMs: number;
    readonly signal: AbortSignal;
  }): Promise<HttpStream>;
  /** Closes pooled connections; the next request opens new ones (authentication.md §8: a 421 may be the connection's fault). */
  reset(): void;
}

export interface HttpClientOptions {
  /** None: no cookie is kept or sent. */
  readonly jar?: CookieJar;
  readonly log: Log;
  /** Connections at once to one host. */
  readonly sockets: number;
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
  const client = got.extend({
    ...(options.jar ? { cookieJar: options.jar } : {}),
    // A cookie that breaks the rules is dropped by browsers too.
    ignoreInvalidCookies: true,
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    ...(options.testServer === undefined ? {} : { request: redirectTo(options.testServer, () => agents) }),
  });
  // Downloads go without got: it costs a millisecond and much garbage a file, and its retries are of no use here (docs/decisions).
  const open: NodeRequest = options.testServer === undefined ? httpsRequest : redirectTo(options.testServer, () => agents);
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
    async stream({ url, headers, idleMs, signal }) {
      const { host } = new URL(url);
      try {
        const response = await answerTo(open(new URL(url), { headers, agent: agents.https, signal }), idleMs);
        return {
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: chunks(response, host, signal),
          cancel: () => void response.resume(), // a refusal is short: reading it to its end keeps the connection
        };
      } catch (error) {
        throw networkProblem(error, host, signal);
      }
    },
    reset() {
      const old = agents;
      agents = newAgents(options.sockets);
      old.http.destroy();
      old.https.destroy();
    },
  };
}

function newAgents(sockets: number): { http: HttpAgent; https: HttpsAgent } {
  const shape = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets };
  return { http: new HttpAgent(shape), https: new HttpsAgent(shape) };
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

function apiOptions({ method, headers, body, signal, retries }: HttpRequest) {
  return {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    signal,
    // Not as text: got 16.1 writes text, waits a tick and ends the request only then; an answer that is quicker makes it give up.
    ...(body === undefined ? {} : { body: [Buffer.from(body)] }),
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

/** The head of the answer. Ends with ETIMEDOUT when the connection stays silent for that long, then or later. */
function answerTo(request: ClientRequest, idleMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    if (Number.isFinite(idleMs)) {
      const silence = Object.assign(new Error('No bytes came for too long.'), { code: 'ETIMEDOUT' });
      request.setTimeout(idleMs, () => request.destroy(silence));
    }
    request.end();
  });
}

async function* chunks(response: IncomingMessage, host: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw networkProblem(error, host, signal);
  }
}

/** Keeps the cause, names the host, leaves out the address: it may be signed. */
function networkProblem(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(code))
    return new Problem(
      'no-network',
      `The certificate of ${host} is not trusted here (${code}). If a proxy re-signs traffic, name its certificate in NODE_EXTRA_CA_CERTS.`,
      { context: { host, code } },
    );
  return new Problem('no-network', `No connection to ${host} (${code}).`, { context: { host, code } });
}

/** Node's own list, NODE_EXTRA_CA_CERTS and the system's store: a home network's own authority works without a setting. */
export function trustSystemCertificates(): void {
  const system = getCACertificates('system');
  if (system.length > 0) setDefaultCACertificates([...new Set([...getCACertificates('default'), ...system])]);
}
