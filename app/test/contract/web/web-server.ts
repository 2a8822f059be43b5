import { type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { CodeDesk, CodeVerdict, ResendRequest } from '../../../src/ports/code-desk.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { GateSettings } from '../../../src/web/gate.ts';
import { openWeb, type WebOptions } from '../../../src/web/server.ts';

export const PASSWORD = 'open: sesame/é';
export const TOKEN = 'token-0123456789';
export const NO_LOGIN: GateSettings = { password: undefined, token: undefined, allowedHosts: [], trustedProxies: [] };
export const WITH_LOGIN: GateSettings = { ...NO_LOGIN, password: PASSWORD, token: TOKEN };

export const basic = (password: string, user = 'me') => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
export const bearer = (token: string) => `Bearer ${token}`;

/** A desk that remembers what was handed in. */
export function fakeDesk(waiting = true) {
  const codes: string[] = [];
  const resends: ResendRequest[] = [];
  const state = { waiting, verdict: async (): Promise<CodeVerdict> => 'accepted' };
  const desk: CodeDesk = {
    awaiting: () => state.waiting,
    submit(code) {
      codes.push(code);
      return state.verdict();
    },
    resend(wish) {
      if (state.waiting) resends.push(wish);
      return state.waiting;
    },
  };
  return { desk, codes, resends, state };
}

/** A log that is one array of lines. */
export function fakeLog() {
  const lines: string[] = [];
  const line =
    (level: string): Log['info'] =>
    (message, fields) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  return { log, lines };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | readonly string[];
}

/** A real listener on a loopback address, and a client that may lie about its Host. */
export async function startWeb(options: Partial<WebOptions> & { waiting?: boolean } = {}) {
  const desk = fakeDesk(options.waiting);
  const { log, lines } = fakeLog();
  const web = await openWeb({ port: 0, host: '127.0.0.1', basePath: '', desk: desk.desk, gate: NO_LOGIN, log, ...options });
  if (web === undefined) throw new Error(`The port did not open: ${lines.join('; ')}`);
  onTestFinished(() => web.close());
  const ask = (path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> =>
    new Promise((done, fail) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: web.port,
          path,
          method,
          // Node would send the body of a DELETE without saying how long it is.
          headers: {
            Host: `localhost:${web.port}`,
            ...(method === 'DELETE' && typeof body === 'string' ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          // A stream of events has no end: its first words are the answer.
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            response.once('data', (chunk: string) => {
              done({ status: response.statusCode ?? 0, headers: response.headers, body: chunk });
              response.destroy();
            });
            return;
          }
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: bodyOf(response, text) }));
          response.on('error', fail);
        },
      );
      call.on('error', fail);
      for (const chunk of typeof body === 'string' ? [body] : (body ?? [])) call.write(chunk);
      call.end();
    });
  const post = (path: string, headers: Ask['headers'] = {}) => ask(path, { method: 'POST', headers });
  const postForm = (path: string, body: string, headers: Ask['headers'] = {}) =>
    ask(path, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
  return { ...desk, lines, ask, post, postForm, port: web.port, close: web.close };
}

function bodyOf({ headers }: IncomingMessage, text: string): unknown {
  return text !== '' && headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text;
}
