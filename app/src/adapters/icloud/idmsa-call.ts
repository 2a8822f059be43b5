import { Problem } from '../../domain/problem.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import type { Endpoints } from './endpoints.ts';
import { type Puzzle, puzzleIn, solve } from './hashcash.ts';
import { harvest, idmsaHeaders } from './idmsa-headers.ts';
import type { Session } from './session.ts';

export interface IdmsaRequest {
  readonly body?: unknown;
  /** Default: JSON. */
  readonly accept?: string;
}

/** One request to the sign-in host. Every answer, refusals included, renews the stored transaction before it is looked at. */
export type IdmsaCall = (method: 'GET' | 'POST' | 'PUT', path: string, signal: AbortSignal, request?: IdmsaRequest) => Promise<HttpAnswer>;

const QUICK_RETRIES = 2;

export function createIdmsaCall(http: HttpClient, session: Session, endpoints: Endpoints, now: () => number): IdmsaCall {
  let puzzle: Puzzle | undefined;
  return async (method, path, signal, { body, accept } = {}) => {
    const proof = puzzle && path.startsWith('/signin/complete') ? { 'X-APPLE-HC': solve(puzzle, now()) } : {};
    const answer = await http.request({
      method,
      url: `${endpoints.auth}${path}`,
      headers: { ...idmsaHeaders(session.state, endpoints.home, path), ...proof, ...(accept ? { Accept: accept } : {}) },
      signal,
      retries: QUICK_RETRIES,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    puzzle = puzzleIn(answer.headers);
    await session.update(harvest(answer.headers));
    return { ...answer, status: realStatus(answer) };
  };
}

/** Apple sometimes hides a refusal behind a 200 and tells the real status in a header (authentication.md §3.2). */
function realStatus({ status, headers }: HttpAnswer): number {
  const real = Number(headers['x-apple-i-rscd']);
  return status === 200 && [401, 403, 409, 412].includes(real) ? real : status;
}

export function notUnderstood(what: string, answer: HttpAnswer): Problem {
  return new Problem('answer-not-understood', `Apple's answer to ${what} was not understood (HTTP ${answer.status}).`, {
    context: { status: answer.status },
  });
}
