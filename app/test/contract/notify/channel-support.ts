import type { IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../../src/adapters/http/http-client.ts';
import type { ChannelParts } from '../../../src/adapters/notify/send-http.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { Log } from '../../../src/ports/log.ts';
import { listen } from './receiver.ts';

export interface Delivery {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly json: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export const NOW = Date.UTC(2026, 10, 20, 1, 4);

/** A code is wanted: what most people will ever see. */
export const CODE: Message = {
  kind: 'problem',
  urgency: 'high',
  topic: 'need',
  title: 'Apple wants a code',
  text: 'The sync stopped at sign-in. Everything stored so far is safe. „Grüße“ *not bold* <b>',
  link: 'http://nas.local:8080/',
  atMs: NOW,
};
export const GOOD: Message = { ...CODE, kind: 'recovered', urgency: 'low', title: 'Signed in again', link: undefined };

/** A real server in the place of a messaging service; answers by script, the last answer for ever. */
export async function inbox(answers: readonly Answer[] = [{ status: 200 }]) {
  const deliveries: Delivery[] = [];
  const lines: string[] = [];
  const note = (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
  const { origin } = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, headers, body } = answers[Math.min(deliveries.length, answers.length - 1)] ?? { status: 200 };
      const bytes = Buffer.concat(chunks);
      deliveries.push({ method: request.method, path: request.url, headers: request.headers, bytes, json: parsed(bytes) });
      response.writeHead(status, headers).end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const http = createHttpClient({ log, sockets: 2, testServer: undefined });
  onTestFinished(() => http.reset());
  const parts: ChannelParts = { http, now: () => NOW };
  return { origin, deliveries, parts, lines };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
