import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { LoginState } from '../../ports/apple-account.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { type Region, regionOf } from './endpoints.ts';
import { errorCodes, parseJson } from './idmsa-answers.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Session } from './session.ts';
import type { SetupCall } from './setup-call.ts';

/** Only what is used is required (authentication.md §7.1): strict schemas broke other clients whenever Apple added a field. */
const LoginAnswer = z.looseObject({
  dsInfo: z.looseObject({ dsid: z.coerce.string(), isWebAccessAllowed: z.boolean().optional(), locked: z.boolean().optional() }).optional(),
  hsaChallengeRequired: z.boolean().optional(),
  hsaTrustedBrowser: z.boolean().optional(),
  termsUpdateNeeded: z.boolean().optional(),
  domainToUse: z.string().optional(),
  hasError: z.boolean().optional(),
  has_error: z.boolean().optional(),
  webservices: z
    .record(z.string(), z.looseObject({ url: z.string().optional(), status: z.string().optional(), pcsRequired: z.boolean().optional() }))
    .optional(),
});

export interface SetupParts {
  readonly call: SetupCall;
  readonly session: Session;
  readonly now: () => number;
  /** The region that was tried. */
  readonly region: () => Region;
  /** The account lives in the other region: from now on that one is used. */
  readonly move: (actual: Region) => Promise<void>;
}

/** The web login that follows a sign-in: service cookies and the service map (authentication.md §7). */
export function createSetup({ call, session, now, region, move }: SetupParts) {
  async function attempt(path: string, body: string, signal: AbortSignal): Promise<LoginVerdict> {
    const verdict = judgeLogin(await call(path, body, signal), now());
    // Cookies of a refusal count too, tombstones above all.
    await session.update(verdict.is === 'signed-in' ? { ...verdict.login, loggedInAtMs: now() } : {});
    return verdict;
  }
  /** All four fields: without them the login ends after about eight hours (authentication.md §7.1). */
  const login = (signal: AbortSignal) =>
    attempt(
      '/accountLogin',
      JSON.stringify({
        accountCountryCode: session.state.accountCountry ?? 'USA',
        dsWebAuthToken: session.state.sessionToken ?? '',
        extended_login: true,
        trustToken: session.state.trustToken ?? '',
      }),
      signal,
    );
  return {
    /** Cookies only; the body is the word null (authentication.md §7.3). */
    async validate(signal: AbortSignal): Promise<LoginState> {
      const { is } = await attempt('/validate', 'null', signal);
      return is === 'elsewhere' ? 'expired' : is;
    },
    /** A login at the wrong region is repeated at the right one, once (authentication.md §2). */
    async accountLogin(signal: AbortSignal): Promise<LoginState> {
      const first = await login(signal);
      if (first.is !== 'elsewhere') return first.is;
      const actual = regionOf(first.domain);
      if (actual !== undefined && actual !== region()) {
        await move(actual);
        const second = await login(signal);
        if (second.is !== 'elsewhere') return second.is;
      }
      throw new Problem('wrong-region', `This account lives at ${first.domain}.`);
    },
  };
}

interface ServiceMap {
  readonly dsid: string;
  readonly databaseUrl: string;
  readonly sharedStreamsUrl: string | undefined;
  readonly keysRequired: boolean;
}

export type LoginVerdict =
  | { readonly is: 'expired' | 'code-needed' }
  | { readonly is: 'elsewhere'; readonly domain: string }
  | { readonly is: 'signed-in'; readonly login: ServiceMap };

/** Statuses of a login that a dearer step may mend; 403 is a stale routing cookie or a throttle (authentication.md §8). */
const EXPIRED = [400, 401, 403, 421, 450, 500];

/** What an answer of `validate` or `accountLogin` means. Throws Problem for what a dearer step cannot mend. */
export function judgeLogin(answer: HttpAnswer, nowMs: number): LoginVerdict {
  const { status } = answer;
  const json = parseJson(answer.text);
  throwIfPaused(answer, nowMs);
  const parsed = LoginAnswer.safeParse(json);
  const body = parsed.success ? parsed.data : undefined;
  if (body?.domainToUse && !body.dsInfo) return { is: 'elsewhere', domain: body.domainToUse };
  if (EXPIRED.includes(status)) return { is: 'expired' };
  if (status !== 200 || !body)
    throw new Problem('answer-not-understood', `iCloud's answer to the login was not understood (HTTP ${status}).`, {
      context: { status },
    });
  if (body.hasError || body.has_error || errorCodes(json).length > 0) return { is: 'expired' };
  if (body.termsUpdateNeeded) throw new Problem('terms-pending', 'Apple has new terms that this account has not accepted yet.');
  if (body.hsaChallengeRequired === true && body.hsaTrustedBrowser !== true) return { is: 'code-needed' };
  if (!body.dsInfo) return { is: 'expired' };
  if (body.dsInfo.locked === true) throw new Problem('account-locked', 'Apple has locked this account for security.');
  if (body.dsInfo.isWebAccessAllowed === false)
    throw new Problem('web-access-off', 'Access to iCloud data on the web is switched off for this account.');
  const database = body.webservices?.ckdatabasews;
  if (!database?.url || (database.status !== undefined && database.status !== 'active'))
    throw new Problem('photos-not-set-up', 'iCloud offers no photo database for this account.');
  return {
    is: 'signed-in',
    login: {
      dsid: body.dsInfo.dsid,
      databaseUrl: database.url,
      sharedStreamsUrl: body.webservices?.sharedstreams?.url,
      keysRequired: database.pcsRequired === true,
    },
  };
}

/** A pause that Apple asks for ends the attempt: never on to the next, dearer step (authentication.md §4.6). */
export function throwIfPaused({ status, headers }: HttpAnswer, nowMs: number): void {
  if (status !== 429 && !(status > 500)) return;
  const retryAtMs = retryAfterMs(headers['retry-after'], nowMs);
  throw new Problem('rate-limited', `iCloud refuses logins for now (HTTP ${status}).`, {
    context: { status },
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  });
}
