import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Call, Route } from './answer.ts';
import type { ActiveFaults } from './faults.ts';
import { type Line, Pacer } from './line.ts';
import type { WritableRequestLog } from './request-log.ts';
import { resetConnection, sendAnswer } from './send-answer.ts';
import { SIDE_DOOR } from './side-door.ts';

export interface ListenerOptions {
  readonly port: number;
  readonly host: string;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly line: Line;
  readonly route: (host: string, method: string, path: string) => Route;
  readonly log: WritableRequestLog;
  readonly faults: ActiveFaults;
}

/** Larger request bodies than this are not part of the protocol. */
const BODY_LIMIT = 8_000_000;

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > BODY_LIMIT) reject(new Error('request body too large'));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function serve(request: IncomingMessage, response: ServerResponse, options: ListenerOptions, pacer: Pacer): Promise<void> {
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  const target = request.url ?? '/';
  const method = request.method ?? 'GET';
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  const { kind, handle } = options.route(host, method, path);
  const forPeople = kind === SIDE_DOOR;
  if (!forPeople) options.log.add(kind);
  const body = method === 'GET' && request.headers['content-length'] === undefined ? undefined : parseBody(await readBody(request));
  const query = new URLSearchParams(queryAt < 0 ? '' : target.slice(queryAt + 1));
  const call: Call = { host, method, path, query, target, headers: request.headers, body };
  const effect = forPeople ? undefined : options.faults.strike(kind, () => new URL(target, `https://${host}`), body);
  if (effect === 'hang') return;
  if (effect === 'reset') {
    resetConnection(request.socket);
    return;
  }
  if (options.line.latencyMs > 0) await pause(options.line.latencyMs);
  if (typeof effect === 'object' && 'delayMs' in effect) await pause(effect.delayMs);
  if (typeof effect === 'object' && 'first' in effect) await effect.first();
  if (typeof effect === 'object' && 'status' in effect) sendAnswer(response, effect, undefined, pacer);
  else sendAnswer(response, await handle(call), effect, pacer);
}

/** One listener for all hosts: the service is chosen by the Host header. */
export async function listen(options: ListenerOptions): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const pacer = new Pacer(options.line);
  const onRequest: RequestListener = (request, response) => {
    serve(request, response, options, pacer).catch((error: unknown) => {
      // A defect of the simulator itself must be seen for what it is, not be taken for one of Apple's answers.
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`simulator defect: ${error instanceof Error ? error.stack : String(error)}`);
    });
  };
  const server: Server = options.tls === undefined ? createServer(onRequest) : createTlsServer({ ...options.tls }, onRequest);
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const hostPart = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    address: `${options.tls === undefined ? 'http' : 'https'}://${hostPart}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
