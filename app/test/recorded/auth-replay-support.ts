import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../src/adapters/http/http-client.ts';
import { createAccount } from '../../src/adapters/icloud/account.ts';
import { endpointsOf, type Region } from '../../src/adapters/icloud/endpoints.ts';
import { openSession, type Session, type SessionState } from '../../src/adapters/icloud/session.ts';
import type { AppleAccount } from '../../src/ports/apple-account.ts';

interface Recording {
  readonly request: { readonly method: string; readonly url: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly headers: Record<string, string | string[]>; readonly body: unknown };
}

/** A client whose network is a row of recorded answers. */
export interface Replay {
  readonly account: AppleAccount;
  readonly session: Session;
  /** What was sent, in order. */
  readonly sent: readonly HttpRequest[];
  /** Answers not yet given. */
  left(): readonly string[];
}

export const NOW_MS = Date.UTC(2026, 10, 20, 12);
export const CREDENTIALS = { appleId: 'jdoe@example.com', password: 'not-the-real-one' };

/** An auth state that lists no numbers: some accounts of 2026 (authentication.md §5.1). Nobody has recorded one. */
export const NO_NUMBERS = 'no-numbers';
/** Behind a name: its headers and body count, its address does not. */
export const ANYWHERE = '@anywhere';

/** Plays the named recordings to a fresh client; each must be asked for by the address and method it was recorded at. */
export async function replay(folder: string, names: readonly string[], before: Partial<SessionState> = {}): Promise<Replay> {
  const dir = mkdtempSync(join(tmpdir(), 'photos-replay-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const session = await openSession(join(dir, 'session.json'), CREDENTIALS.appleId);
  await session.update(before);
  const queue = [...names];
  const sent: HttpRequest[] = [];
  let init: HttpAnswer | undefined;
  const http: HttpClient = {
    async request(request) {
      sent.push(request);
      // An exchange whose numbers begin with a zero byte is thrown away: one in a hundred asks for the first step again.
      if (request.url.endsWith('/signin/init') && init && !queue[0]?.startsWith('signin-init')) return init;
      const name = queue.shift();
      if (name === undefined) throw new Error(`nothing was recorded for ${request.method} ${request.url}`);
      if (name === NO_NUMBERS) return { status: 200, headers: { scnt: 'scnt-0' }, text: '{"authenticationType":"hsa2"}' };
      const recording = JSON.parse(readFileSync(join(folder, `${name.replace(ANYWHERE, '')}.json`), 'utf8')) as Recording;
      const [wanted, got] = [addressOf(recording.request.url), addressOf(request.url)];
      if (!name.endsWith(ANYWHERE) && (recording.request.method !== request.method || wanted !== got))
        throw new Error(`${name} was recorded at ${recording.request.method} ${wanted}, but ${request.method} ${got} was sent`);
      const answer = answerOf(recording, session, request.url);
      if (request.url.endsWith('/signin/init')) init = answer;
      return answer;
    },
    stream: () => Promise.reject(new Error('no bytes here')),
    reset: () => undefined,
  };
  const region = (): Region => session.state.movedRegion?.actual ?? 'world';
  const account = createAccount({
    http,
    session,
    endpoints: endpointsOf(region),
    now: () => NOW_MS,
    region,
    move: (actual) => session.update({ movedRegion: { configured: 'world', actual } }),
  });
  return { account, session, sent, left: () => queue };
}

/** The path; the hosts of the two regions count as one. */
const addressOf = (url: string) => new URL(url).pathname;

function answerOf({ response }: Recording, session: Session, url: string): HttpAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (name.toLowerCase() !== 'set-cookie') headers[name.toLowerCase()] = String(value);
    else for (const line of [value].flat()) session.jar.setCookieSync(line, url, { ignoreError: true });
  }
  const { body } = response;
  return { status: response.status, headers, text: body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body) };
}
