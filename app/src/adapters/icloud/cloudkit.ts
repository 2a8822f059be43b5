import Bottleneck from 'bottleneck';
import type { Database } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import { type Endpoints, USER_AGENT } from './endpoints.ts';
import { parseJson } from './idmsa-answers.ts';
import type { LoginPart, LoginRenewal } from './login-renewal.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Session } from './session.ts';
import { ServerError } from './wire.ts';

export interface CloudKitOptions {
  readonly http: HttpClient;
  readonly session: Session;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly renewal: LoginRenewal;
  /** At most so many metadata requests in so many ms; `Infinity` requests = no limit but four at once (decisions.md 20). */
  readonly rate: { readonly requests: number; readonly perMs: number };
  /** How often a failed request is tried again. */
  readonly retries: number;
}

/** One call to the photo database; answers parsed JSON. */
export type CloudKit = (database: Database, path: string, body: object, signal: AbortSignal) => Promise<unknown>;

const AT_ONCE = 4;
const SHORT_PAUSE = /^(TRY_AGAIN_LATER|RETRY_LATER|CAS_OP_LOCK|INTERNAL_ERROR|SERVICE_UNAVAILABLE|ZONE_BUSY|THROTTLED)$/i;
const LOGIN_ENDED = /^(AUTHENTICATION_REQUIRED|NOT_AUTHENTICATED|AUTHENTICATION_FAILED)$/i;

/** A request to one of the account's hosts. `urlOf` is asked at each try, since a login can move the account. */
type Call = (urlOf: () => string | undefined, path: string, body: object, signal: AbortSignal) => Promise<unknown>;

/** The photo database with rate limit, session renewal and error classes (photos.md §14). */
export function createCloudKit(options: CloudKitOptions): CloudKit {
  const { session } = options;
  const call = createCall(options);
  return (database, path, body, signal) => {
    const urlOf = () => {
      const { databaseUrl } = session.state;
      return databaseUrl && `${databaseUrl}/database/1/com.apple.photos.cloud/production/${database}${path}?${query(session, KEYS)}`;
    };
    return call(urlOf, path, body, signal);
  };
}

/** Shared albums of the older kind lie on a host of their own (photos.md §15). `location`: an album's address in place of the host. */
export type SharedStreams = (operation: string, location: string | undefined, body: object, signal: AbortSignal) => Promise<unknown>;

export function createSharedStreams(options: CloudKitOptions): SharedStreams {
  const { session } = options;
  const call = createCall(options);
  return (operation, location, body, signal) => {
    const urlOf = () => {
      const { sharedStreamsUrl, dsid } = session.state;
      const base = location ?? (sharedStreamsUrl && `${sharedStreamsUrl}/${dsid}/sharedstreams/`);
      return base && `${base}${operation}?${query(session, {})}`;
    };
    return call(urlOf, operation, body, signal);
  };
}

const KEYS = { remapEnums: 'true', getCurrentSyncToken: 'true' };

function query({ state: { clientId, dsid } }: Session, keys: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams({
    ...keys,
    clientBuildNumber: '2534Project66',
    clientMasteringNumber: '2534B22',
    clientId,
    ...(dsid ? { dsid } : {}),
  });
}

function createCall(options: CloudKitOptions): Call {
  const { http, endpoints, clock, renewal } = options;
  const limiter = new Bottleneck({
    maxConcurrent: AT_ONCE,
    minTime: Number.isFinite(options.rate.requests) ? options.rate.perMs / options.rate.requests : 0,
  });
  async function send(url: string | undefined, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    if (!url) throw new Problem('session-ended', 'Not signed in.');
    return http.request({
      method: 'POST',
      url,
      headers: {
        Accept: '*/*',
        'Content-Type': 'text/plain',
        'User-Agent': USER_AGENT,
        Origin: endpoints.home,
        Referer: `${endpoints.home}/`,
      },
      body: JSON.stringify(body),
      signal,
      retries: options.retries,
    });
  }

  return async (urlOf, path, body, signal) => {
    const renewed = new Set<LoginPart>();
    let reconnected = false;
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const seen = { login: renewal.seen('login'), keys: renewal.seen('keys') };
      const answer = await limiter.schedule(() => send(urlOf(), body, signal));
      const verdict = judgeAnswer(answer, path, clock.now());
      if (verdict.is === 'answer') return verdict.body;
      if (verdict.is === 'problem') throw verdict.problem;
      if (verdict.is === 'again') {
        if (attempt > options.retries) throw verdict.problem;
        await clock.sleep(verdict.afterMs ?? Math.min(30_000, 500 * 2 ** attempt), signal);
        continue;
      }
      // 421 may be the connection's fault: new ones first, then the cheap login; the trust token is never dropped (authentication.md §8).
      if (answer.status === 421 && !reconnected) {
        reconnected = true;
        http.reset();
        continue;
      }
      const part = verdict.is === 'login-ended' ? 'login' : 'keys';
      if (renewed.has(part)) throw verdict.problem;
      renewed.add(part);
      await renewal.renew(part, seen[part], signal);
    }
  };
}

type Verdict =
  | { readonly is: 'answer'; readonly body: unknown }
  | { readonly is: 'login-ended' | 'keys-missing' | 'problem'; readonly problem: Problem }
  | { readonly is: 'again'; readonly afterMs: number | undefined; readonly problem: Problem };

/** What an answer of the database host means. HTTP 200 is no proof of success: errors stand in the body too (photos.md §14.1). */
export function judgeAnswer({ status, text, headers }: HttpAnswer, path: string, nowMs: number): Verdict {
  const json = parseJson(text);
  const error = ServerError.safeParse(json);
  const code = error.success ? error.data.serverErrorCode : undefined;
  const reason = error.success ? (error.data.reason ?? '') : '';
  const context = { status, path, ...(code ? { code } : {}), ...(reason ? { reason } : {}) };
  const saying = code ? `${code}${reason ? `: ${reason}` : ''}` : `HTTP ${status}`;
  // With Advanced Data Protection the consent of a device ends after about an hour; without it, web access was switched off.
  if (code && /^ACCESS_DENIED$/i.test(code))
    return {
      is: 'keys-missing',
      problem: new Problem('web-access-off', 'iCloud does not open this photo library to the web (ACCESS_DENIED).', { context }),
    };
  if (status === 423)
    return {
      is: 'keys-missing',
      problem: new Problem('approval-needed', 'iCloud asks for the keys to the photos (HTTP 423).', { context }),
    };
  if (/no auth method found/i.test(reason))
    return {
      is: 'problem',
      problem: new Problem(
        'security-key-needed',
        'iCloud does not accept this kind of login (no auth method found): a hardware key protects the account.',
        {
          context,
        },
      ),
    };
  if (code && /^ZONE_NOT_FOUND$/i.test(code))
    return {
      is: 'problem',
      problem: new Problem('photos-not-set-up', 'iCloud knows no photo library of this name for the account (ZONE_NOT_FOUND).', {
        context,
      }),
    };
  if ([401, 403, 421, 450, 500].includes(status) || (code && LOGIN_ENDED.test(code)))
    return {
      is: 'login-ended',
      problem: new Problem(status === 500 ? 'icloud-failed' : 'session-ended', `iCloud ended the login (${saying}).`, { context }),
    };
  if (code && SHORT_PAUSE.test(code)) {
    const afterMs = error.success && error.data.retryAfter !== undefined ? error.data.retryAfter * 1000 : undefined;
    return {
      is: 'again',
      afterMs,
      problem: new Problem(/^THROTTLED$/i.test(code) ? 'rate-limited' : 'icloud-failed', `iCloud could not answer (${saying}).`, {
        context,
      }),
    };
  }
  if (status === 429 || status === 503) {
    const waitMs = (retryAfterMs(headers['retry-after'], nowMs) ?? nowMs) - nowMs;
    return {
      is: 'problem',
      problem: new Problem('rate-limited', `iCloud asks for a pause (HTTP ${status}).`, {
        context: waitMs > 0 ? { ...context, retryAfterS: Math.ceil(waitMs / 1000) } : context,
      }),
    };
  }
  if (status !== 200 || code)
    return { is: 'problem', problem: new Problem('icloud-failed', `iCloud answered with an error (${saying}).`, { context }) };
  if (json === undefined || typeof json !== 'object' || json === null)
    return {
      is: 'again',
      afterMs: undefined,
      problem: new Problem('answer-not-understood', `iCloud's answer to ${path} is no JSON.`, { context }),
    };
  return { is: 'answer', body: json };
}
