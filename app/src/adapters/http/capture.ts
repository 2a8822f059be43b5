import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { type Alias, createAlias, redactBody, redactHeaders, redactUrl } from './capture-redaction.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';

export interface CaptureOptions {
  /** `network.har`; older ones become `network.1.har`, `network.2.har`. */
  readonly file: string;
  readonly maxBytes?: number;
  /** The current file and its predecessors together. */
  readonly maxFiles?: number;
  readonly version: string;
  readonly now: () => number;
  /** Called once when it cannot be written; a capture that fails must not stop a backup. */
  readonly onFailure: (error: unknown) => void;
}

const FOOT = '\n]}}\n';

/**
 * The same client, with its metadata requests written down as an HTTP archive (HAR 1.2) that any browser opens: what was asked
 * and answered in structure and time, without cookies, tokens, names or addresses of photos. Bytes of photos never pass here.
 */
export function capturing(http: HttpClient, options: CaptureOptions): HttpClient {
  const alias = createAlias(randomBytes(16).toString('hex'));
  let failed = false;
  const note = (request: HttpRequest, answer: HttpAnswer | undefined, startedMs: number): void => {
    try {
      append(options, JSON.stringify(entryOf(request, answer, startedMs, options.now(), alias)));
    } catch (error) {
      if (!failed) options.onFailure(error);
      failed = true;
    }
  };
  return {
    ...http,
    async request(request) {
      const startedMs = options.now();
      try {
        const answer = await http.request(request);
        note(request, answer, startedMs);
        return answer;
      } catch (error) {
        note(request, undefined, startedMs);
        throw error;
      }
    },
  };
}

/** Status 0 stands for a request that got no answer, as browsers write it. */
function entryOf(request: HttpRequest, answer: HttpAnswer | undefined, startedMs: number, endedMs: number, alias: Alias): object {
  const { url, query } = redactUrl(request.url);
  const sent = request.body === undefined ? undefined : redactBody(request.body, alias);
  const got = answer === undefined ? '' : redactBody(answer.text, alias);
  return {
    startedDateTime: new Date(startedMs).toISOString(),
    time: endedMs - startedMs,
    request: {
      method: request.method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: redactHeaders(request.headers),
      queryString: query,
      ...(sent === undefined ? {} : { postData: { mimeType: 'application/json', text: sent } }),
      headersSize: -1,
      bodySize: request.body === undefined ? 0 : Buffer.byteLength(request.body),
    },
    response: {
      status: answer?.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: redactHeaders(answer?.headers ?? {}),
      content: { size: Buffer.byteLength(answer?.text ?? ''), mimeType: 'application/json', text: got },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: endedMs - startedMs, receive: 0 },
  };
}

/** The file is whole JSON after every entry: the end is written over each time. */
function append({ file, maxBytes = 10_000_000, maxFiles = 3, version }: CaptureOptions, entry: string): void {
  if (existsSync(file) && statSync(file).size + entry.length > maxBytes) rotate(file, maxFiles);
  const isNew = !existsSync(file);
  const fd = openSync(file, isNew ? 'wx+' : 'r+', 0o600);
  try {
    const head = `{"log":{"version":"1.2","creator":{"name":"icloud-photos-sync","version":${JSON.stringify(version)}},"entries":[\n`;
    if (isNew) return void writeSync(fd, `${head}${entry}${FOOT}`);
    const { size } = fstatSync(fd);
    const end = Buffer.alloc(FOOT.length);
    readSync(fd, end, 0, end.length, Math.max(0, size - FOOT.length));
    // Cut short by a crash: begin anew rather than go on with what nobody could read.
    if (end.toString() !== FOOT) {
      ftruncateSync(fd, 0);
      return void writeSync(fd, `${head}${entry}${FOOT}`, 0);
    }
    writeSync(fd, `,\n${entry}${FOOT}`, size - FOOT.length);
  } finally {
    closeSync(fd);
  }
}

/** `network.har` → `network.1.har` → `network.2.har`. */
function rotate(file: string, maxFiles: number): void {
  const nameOf = (age: number): string => (age === 0 ? file : file.replace(/(\.har)?$/, `.${age}.har`));
  rmSync(nameOf(maxFiles - 1), { force: true });
  for (let age = maxFiles - 2; age >= 0; age--) if (existsSync(nameOf(age))) renameSync(nameOf(age), nameOf(age + 1));
}
