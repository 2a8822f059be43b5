import type { Content } from '../library/content.ts';

/** A file, or a range of it, as an answer's body; bytes are [start, end). */
export interface FileBody {
  readonly content: Content;
  readonly start: number;
  readonly end: number;
}

export type HeaderValues = Record<string, string | string[]>;

/** What a handler says; how it reaches the wire (delay, cut, corruption) is decided after it. */
export interface Answer {
  readonly status: number;
  readonly headers?: HeaderValues;
  /** An object goes out as JSON. */
  readonly body?: string | object;
  readonly file?: FileBody;
}

/** One request, parsed once. */
export interface Call {
  /** Lower case, without port. */
  readonly host: string;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Parsed JSON, or the text if it is not JSON, or undefined if empty. */
  readonly body: unknown;
}

/** A request once it is known what it is for. */
export interface Route {
  /** The kind under which it is counted and faults find it. */
  readonly kind: string;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** The first value of a header, by lower-case name. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A property of a value that came from outside; undefined if there is none. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function textProperty(value: unknown, name: string): string | undefined {
  const found = property(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function listProperty(value: unknown, name: string): readonly unknown[] {
  const found = property(value, name);
  return Array.isArray(found) ? found : [];
}

let lastCookies = { text: '', cookies: parseCookies('') };

/** Cookies of a request. A client sends the same thousand characters with every download, so they are read once in a row. */
export function cookiesOf(call: Call): ReadonlyMap<string, string> {
  const text = header(call, 'cookie') ?? '';
  if (text !== lastCookies.text) lastCookies = { text, cookies: parseCookies(text) };
  return lastCookies.cookies;
}

/** Quotes belong to the value (authentication.md §7.2), so they stay. */
function parseCookies(text: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) cookies.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return cookies;
}
