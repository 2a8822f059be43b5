import { validateHeaderName, validateHeaderValue } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import type { RemoteRequest } from '../../ports/library-store.ts';
import { type Answer, type Connection, type Origin, openConnection, type Shared, Silence } from './connection.ts';
import { type Pace, takeFrom } from './pace.ts';

/**
 * Downloads go without got (docs/decisions/0012) and without Node's own client, whose garbage costs more than the rest of a
 * download (0038). This half of the client is small on purpose: the download threads load it too.
 */
export interface StreamRequest extends RemoteRequest {
  readonly signal: AbortSignal;
}

export type HttpStream = Answer;

/** Connections for downloads: one for each at a time, kept for the next one to the same host. */
export interface Streams {
  /** Without retries: the caller knows how much has arrived. Throws Problem `no-network` or the signal's reason. */
  open(request: StreamRequest): Promise<HttpStream>;
  /** Closes connections that nobody uses, and the others after their answer. */
  reset(): void;
}

export interface StreamsOptions {
  readonly pace: Pace | undefined;
  /** Tests and demo only: where every request goes instead. */
  readonly testServer: string | undefined;
}

const READ_BYTES = 64 << 10;
/** Apple spreads files over several hosts; each connection is an open file. */
const MOST_KEPT = 32;
/** Less is not worth a timer: what comes too early now is waited for later. */
const SHORTEST_WAIT_MS = 5;

export function createStreams({ pace, testServer }: StreamsOptions): Streams {
  const shared: Shared = { readInto: Buffer.allocUnsafeSlow(READ_BYTES), spare: [] };
  let kept: { readonly key: string; readonly connection: Connection }[] = [];

  function takeKept(key: string): Connection | undefined {
    const index = kept.findLastIndex((one) => one.key === key);
    return kept.splice(index, index < 0 ? 0 : 1)[0]?.connection;
  }

  function connect(key: string, origin: Origin): Connection {
    const mine = kept;
    return openConnection(origin, shared, (connection) => {
      if (mine !== kept) return connection.destroy();
      kept.push({ key, connection });
      if (kept.length > MOST_KEPT) kept.shift()?.connection.destroy();
    });
  }

  /** An answer on a kept connection may never come, because the other side has closed it: then another one is asked. */
  async function ask(origin: Origin, text: string, { idleMs, signal }: StreamRequest): Promise<Answer> {
    const key = `${origin.host} ${origin.port} ${origin.servername}`;
    for (;;) {
      const used = takeKept(key);
      if (used?.isBroken) continue;
      try {
        return await (used ?? connect(key, origin)).request(text, idleMs, signal);
      } catch (error) {
        // Where one has died in silence, so have those that were kept as long.
        if (used && error instanceof Silence) for (let old = takeKept(key); old; old = takeKept(key)) old.destroy();
        if (used === undefined || signal.aborted || error instanceof Silence) throw error;
      }
    }
  }

  return {
    async open(request) {
      const url = new URL(request.url);
      const [origin, text] = [originOf(url, testServer), requestText(url, request.headers)];
      try {
        request.signal.throwIfAborted();
        const answer = await ask(origin, text, request);
        return { ...answer, bytes: paced(answer.bytes, url.host, pace, request.signal) };
      } catch (error) {
        throw networkProblem(error, url.host, request.signal);
      }
    },
    reset() {
      for (const { connection } of kept) connection.destroy();
      kept = [];
    },
  };
}

/** Everything above still sees Apple's real host names when a test server answers, as in `redirectTo`. */
function originOf(url: URL, testServer: string | undefined): Origin {
  const server = testServer === undefined ? url : new URL(testServer);
  const isSecure = server.protocol === 'https:';
  if (testServer === undefined && !isSecure) throw new TypeError('Files are only fetched over https.');
  return {
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (isSecure ? 443 : 80),
    servername: isSecure ? url.hostname : undefined,
  };
}

function requestText({ host, pathname, search }: URL, headers: Readonly<Record<string, string>>): string {
  const lines = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${host}`, 'Connection: keep-alive'];
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function* paced(bytes: Answer['bytes'], host: string, pace: Pace | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const block of bytes) {
      yield block;
      const waitMs = pace ? takeFrom(pace, block.length) : 0;
      if (waitMs >= SHORTEST_WAIT_MS) await sleep(waitMs, undefined, { signal }); // what is not read fills the socket, and the sender slows down
    }
  } catch (error) {
    throw networkProblem(error, host, signal);
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** Keeps the cause, names the host, leaves out the address: it may be signed. */
export function networkProblem(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(code))
    return new Problem(
      'no-network',
      `The certificate of ${host} is not trusted here (${code}). If a proxy re-signs traffic, name its certificate in NODE_EXTRA_CA_CERTS.`,
      { context: { host, code } },
    );
  return new Problem('no-network', `No connection to ${host} (${code}).`, { context: { host, code } });
}
