import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { LoginState } from '../../ports/apple-account.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import { type Endpoints, USER_AGENT } from './endpoints.ts';
import { errorCodes, parseJson } from './idmsa-answers.ts';
import type { Session } from './session.ts';

/** Only what is used is required (authentication.md §7.1): strict schemas broke other clients whenever Apple added a field. */
const LoginAnswer = z.looseObject({
  dsInfo: z.looseObject({ dsid: z.coerce.string(), isWebAccessAllowed: z.boolean().optional(), locked: z.boolean().optional() }).optional(),
  hsaChallengeRequired: z.boolean().optional(),
  hsaTrustedBrowser: z.boolean().optional(),
  termsUpdateNeeded: z.boolean().optional(),
  domainToUse: z.string().optional(),
  hasError: z.boolean().optional(),
  has_error: z.boolean().optional(),
  webservices: z.record(z.string(), z.looseObject({ url: z.string().optional(), status: z.string().optional() })).optional(),
});

const QUICK_RETRIES = 2;

/** The web login that follows a sign-in: service cookies and the service map (authentication.md §7). */
export function createSetup(http: HttpClient, session: Session, endpoints: Endpoints, now: () => number) {
  async function call(path: string, body: string, signal: AbortSignal): Promise<LoginState> {
    const headers = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': USER_AGENT,
      Origin: endpoints.home,
      Referer: `${endpoints.home}/`,
    };
    const answer = await http.request({ method: 'POST', url: `${endpoints.setup}${path}`, headers, body, signal, retries: QUICK_RETRIES });
    const state = judgeLogin(answer, now());
    if (state.login) await session.update({ dsid: state.login.dsid, databaseUrl: state.login.databaseUrl, loggedInAtMs: now() });
    else await session.update({});
    return state.is;
  }
  return {
    /** Cookies only; the body is the word null (authentication.md §7.3). */
    validate: (signal: AbortSignal) => call('/validate', 'null', signal),
    /** All four fields: without them the login ends after about eight hours (authentication.md §7.1). */
    accountLogin: (signal: AbortSignal) =>
      call(
        '/accountLogin',
        JSON.stringify({
          accountCountryCode: session.state.accountCountry ?? 'USA',
          dsWebAuthToken: session.state.sessionToken ?? '',
          extended_login: true,
          trustToken: session.state.trustToken ?? '',
        }),
        signal,
      ),
  };
}

/** What an answer of `validate` or `accountLogin` means. Throws Problem for what a dearer step cannot mend. */
export function judgeLogin(answer: HttpAnswer, nowMs: number): { is: LoginState; login?: { dsid: string; databaseUrl: string } } {
  const { status } = answer;
  const json = parseJson(answer.text);
  if (status === 429 || (status >= 500 && status !== 500)) {
    const waitMs = Number(answer.headers['retry-after']) > 0 ? Number(answer.headers['retry-after']) * 1000 : 15 * 60_000;
    throw new Problem('rate-limited', `iCloud refuses logins for now (HTTP ${status}).`, {
      context: { status },
      retryAtMs: nowMs + waitMs,
    });
  }
  const parsed = LoginAnswer.safeParse(json);
  const body = parsed.success ? parsed.data : undefined;
  if (body?.domainToUse && !body.dsInfo) throw new Problem('wrong-region', `This account lives at ${body.domainToUse}.`);
  if (status === 400 || status === 401 || status === 421 || status === 450 || status === 500) return { is: 'expired' };
  if (status !== 200 || !body)
    throw new Problem('answer-not-understood', `iCloud's answer to the login was not understood (HTTP ${status}).`, {
      context: { status },
    });
  if (body.hasError || body.has_error || errorCodes(json).length > 0) return { is: 'expired' };
  if (body.termsUpdateNeeded) throw new Problem('terms-pending', 'Apple has new terms that this account has not accepted yet.');
  if (body.hsaChallengeRequired === true && body.hsaTrustedBrowser !== true) return { is: 'code-needed' };
  if (!body.dsInfo) return { is: 'expired' };
  if (body.dsInfo.isWebAccessAllowed === false)
    throw new Problem('web-access-off', 'Access to iCloud data on the web is switched off for this account.');
  const database = body.webservices?.ckdatabasews;
  if (!database?.url || (database.status !== undefined && database.status !== 'active'))
    throw new Problem('photos-not-set-up', 'iCloud offers no photo database for this account.');
  return { is: 'signed-in', login: { dsid: body.dsInfo.dsid, databaseUrl: database.url } };
}
