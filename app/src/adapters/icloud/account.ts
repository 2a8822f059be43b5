import { Problem } from '../../domain/problem.ts';
import { type Attempts, appleBlock, mayTry, noteAttempt, noteBlock, noteCodeBlock, noteLogin } from '../../domain/sign-in-budget.ts';
import type { AppleAccount, CodeSent, LoginState } from '../../ports/apple-account.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Endpoints, Region } from './endpoints.ts';
import { createIdmsa } from './idmsa.ts';
import { createIdmsaCall } from './idmsa-call.ts';
import { type CodeRoute, createIdmsaCodes } from './idmsa-codes.ts';
import { createPhotoKeys } from './photo-keys.ts';
import { isRefused, refusalOf, type Session } from './session.ts';
import { createSetup } from './setup.ts';
import { createSetupCall } from './setup-call.ts';

export interface AccountParts {
  readonly http: HttpClient;
  readonly session: Session;
  readonly endpoints: Endpoints;
  readonly now: () => number;
  readonly region: () => Region;
  /** The account lives in the other region; `endpoints` follow. */
  readonly move: (actual: Region) => Promise<void>;
}

/** One Apple Account over the web sign-in of icloud.com. */
export function createAccount(parts: AccountParts): AppleAccount {
  const { http, session, endpoints, now } = parts;
  const call = createIdmsaCall(http, session, endpoints, now);
  const idmsa = createIdmsa(call, session, now);
  const codes = createIdmsaCodes(call, session, now, idmsa.repair);
  const setupCall = createSetupCall(http, endpoints);
  const setup = createSetup({ ...parts, call: setupCall });
  const keys = createPhotoKeys(setupCall, session, endpoints, now);
  let route: CodeRoute = { to: 'device' };

  const note = (change: (attempts: Attempts) => Attempts) => session.update({ attempts: change(session.state.attempts) });

  /** Nothing is sent while Apple's pause lasts; a new pause is remembered before anybody hears of it. */
  async function careful<T>(work: () => Promise<T>): Promise<T> {
    const untilMs = appleBlock(session.state.attempts, now());
    if (untilMs !== undefined) throw new Problem('rate-limited', pauseText('Apple asked for a pause', untilMs), { retryAtMs: untilMs });
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'rate-limited') throw error;
      await note((attempts) => noteBlock(attempts, error.retryAtMs, now()));
      const retryAtMs = session.state.attempts.blockedUntilMs ?? now();
      throw new Problem('rate-limited', pauseText(error.message.replace(/\.$/, ''), retryAtMs), {
        cause: error,
        context: error.context,
        retryAtMs,
      });
    }
  }

  async function loggedIn(state: LoginState): Promise<LoginState> {
    const { blocksInARow, codesBlockedUntilMs } = session.state.attempts;
    if (state === 'signed-in' && (blocksInARow > 0 || codesBlockedUntilMs !== undefined)) await note(noteLogin);
    return state;
  }

  async function asked(kind: 'push' | 'text', send: () => Promise<CodeSent>): Promise<CodeSent> {
    await note((attempts) => noteAttempt(attempts, kind, now()));
    const sent = await careful(send);
    if (sent === 'too-many') await note((attempts) => noteCodeBlock(attempts, now()));
    return sent;
  }

  return {
    hasLogin: () => session.state.databaseUrl !== undefined && session.state.sessionToken !== undefined,
    hasToken: () => session.state.sessionToken !== undefined,
    wasRefused: (credentials) => isRefused(credentials, session.state.refused),
    mayTry: (kind, byPerson) => mayTry(session.state.attempts, kind, now(), byPerson),
    validate: async (signal) => loggedIn(await careful(() => setup.validate(signal))),
    login: async (signal) => loggedIn(await careful(() => setup.accountLogin(signal))),
    async signIn(credentials, signal) {
      try {
        const onProof = () => note((attempts) => noteAttempt(attempts, 'sign-in', now()));
        const state = await careful(() => idmsa.signIn(credentials, onProof, signal));
        if (session.state.refused) await session.update({ refused: undefined });
        return state;
      } catch (error) {
        if (error instanceof Problem && error.code === 'password-refused') await session.update({ refused: refusalOf(credentials) });
        throw error;
      }
    },
    pushCode(signal) {
      route = { to: 'device' };
      return asked('push', () => codes.push(signal));
    },
    codeWays: (signal) => careful(() => codes.ways(signal)),
    async sendCode(mode, id, signal) {
      const sent = await asked('text', () => codes.send(mode, id, signal));
      if (sent === 'sent') route = { to: 'phone', id, mode };
      return sent;
    },
    async submitCode(code, signal) {
      try {
        return await careful(() => codes.submit(code, route, signal));
      } catch (error) {
        if (error instanceof Problem && error.code === 'codes-locked') await note((attempts) => noteCodeBlock(attempts, now()));
        throw error;
      }
    },
    trust: (signal) => careful(() => idmsa.trust(signal)),
    trustToken: () => session.state.trustToken,
    trustDates: () => ({
      trustedAtMs: session.state.trustToken === undefined ? undefined : session.state.trustedAtMs,
      cookieEndsMs: trustCookieEndsMs(session, endpoints),
    }),
    forgetTrust: () => session.update({ trustToken: undefined, sessionToken: undefined, trustedAtMs: undefined }),
    lacksKeys: keys.lacksKeys,
    webAccess: (signal) => careful(() => keys.webAccess(signal)),
    askConsent: (signal) => careful(() => keys.askConsent(signal)),
    fetchKeys: (first, signal) => careful(() => keys.fetchKeys(first, signal)),
  };
}

/** Local time, as the owner's clock shows it. */
function pauseText(what: string, untilMs: number): string {
  return `${what}. Nothing is sent before ${new Date(untilMs).toLocaleString('sv').slice(0, 16)}.`;
}

/** For display only: the cookie is dated 90 days ahead, Apple asks after 30 (authentication.md §6). */
function trustCookieEndsMs(session: Session, endpoints: Endpoints): number | undefined {
  const cookie = session.jar.getCookiesSync(endpoints.setup, { expire: false }).find(({ key }) => key === 'X-APPLE-WEBAUTH-HSA-TRUST');
  return cookie?.expires instanceof Date ? cookie.expires.getTime() : undefined;
}
