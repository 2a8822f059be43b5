import { Problem } from '../../domain/problem.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';

/** What every channel that speaks HTTP is made from. */
export interface ChannelParts {
  /** A client of its own, without debug lines and test server: addresses are secrets, and messages go where the owner says. */
  readonly http: HttpClient;
  /** Epoch ms. */
  readonly now: () => number;
}

export interface Posting {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes go out as they are. */
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Finds the sentence that explains a refusal in its answer. */
  readonly why?: (answer: unknown) => unknown;
  /** Seconds to wait, where the service says it in its answer instead of `Retry-After`. */
  readonly waitS?: (answer: unknown) => unknown;
}

const MOST_WHY = 200;

/** Posts once: trying again is the outbox's business. Any 2xx is success; Problem `notification-failed` tells the rest. */
export async function send({ http, now }: ChannelParts, posting: Posting): Promise<HttpAnswer> {
  const { url, headers, body, signal } = posting;
  const answer = await http
    .request({
      method: 'POST',
      url,
      headers: { 'User-Agent': 'icloud-photos-sync', ...headers },
      ...(typeof body === 'string' ? { body } : { bytes: body }),
      signal,
      retries: 0,
    })
    .catch((error: unknown) => {
      throw error instanceof Problem ? new Problem('notification-failed', error.message, { cause: error }) : error;
    });
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusal(answer, posting, now());
}

function refusal({ status, headers, text }: HttpAnswer, { why, waitS }: Posting, nowMs: number): Problem {
  const json = parsed(text);
  const said = why?.(json);
  const reason = typeof said === 'string' && said !== '' ? `: ${said.slice(0, MOST_WHY)}` : '';
  const isMoved = status >= 300 && status < 400;
  const message = isMoved ? `It answered ${status}: the address has moved.` : `It answered ${status}${reason.replace(/\.?$/, '.')}`;
  const seconds = waitOf(waitS?.(json)) ?? waitOf(headers['retry-after']);
  return new Problem('notification-failed', message, {
    context: { status },
    ...(seconds === undefined ? {} : { retryAtMs: nowMs + seconds * 1000 }),
  });
}

const LONGEST_WAIT_S = 86_400;

function waitOf(said: unknown): number | undefined {
  const seconds = Number(said);
  return said !== undefined && seconds > 0 ? Math.min(seconds, LONGEST_WAIT_S) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value under a name, whatever was sent. */
export function field(answer: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined),
    answer,
  );
}

export const JSON_BODY = { 'Content-Type': 'application/json' } as const;

/** For services whose messages have no place of their own for a link. */
export function withLink(text: string, link: string | undefined): string {
  return link === undefined ? text : `${text}\n\n${link}`;
}
