import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CookieJar } from 'tough-cookie';
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../../src/adapters/http/http-client.ts';
import { createHealthPing, type HealthPingOptions } from '../../../src/adapters/notify/health-ping.ts';
import type { Log, LogFields } from '../../../src/ports/log.ts';

export interface Ping {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Reply = (response: ServerResponse, ping: Ping) => void;
export const ok: Reply = (response) => void response.end('OK');
export const answer =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response.writeHead(status, headers).end();
export const hang: Reply = () => {};

export async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A real receiver that answers by script, the last reply for ever, and a ping that talks to it. */
export async function receiver(replies: readonly Reply[] = [ok], options: Partial<HealthPingOptions> = {}) {
  const pings: Ping[] = [];
  const lines: { level: keyof Log; message: string; fields: LogFields | undefined }[] = [];
  const note = (level: keyof Log) => (message: string, fields?: LogFields) => void lines.push({ level, message, fields });
  const log: Log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const arrived = new EventTarget();
  const { server, origin } = await listen((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const ping = { method: request.method, path: request.url, headers: request.headers, body };
      const reply = replies[Math.min(pings.length, replies.length - 1)] ?? ok;
      pings.push(ping);
      reply(response, ping);
      arrived.dispatchEvent(new Event('ping'));
    });
  });
  const http = createHttpClient({ jar: new CookieJar(), log, sockets: 2, testServer: undefined });
  onTestFinished(() => http.reset());
  const url = options.url?.startsWith('/') ? `${origin}${options.url}` : (options.url ?? `${origin}/ping/some-uuid`);
  const ping = createHealthPing({
    http,
    log,
    logTail: async () => 'the log\n',
    scrub: (text) => text,
    tryMs: 2000,
    pauseMs: 0,
    ...options,
    url,
  });
  const nextPing = () => new Promise<void>((resolve) => arrived.addEventListener('ping', () => resolve(), { once: true }));
  const told = () => lines.filter(({ level }) => level !== 'debug').map(({ level, fields }) => [level, fields?.reason]);
  return { ping, pings, lines, told, nextPing, server, origin };
}
