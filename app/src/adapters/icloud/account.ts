import { Problem } from '../../domain/problem.ts';
import type { AppleAccount } from '../../ports/apple-account.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Endpoints } from './endpoints.ts';
import { type CodeRoute, createIdmsa } from './idmsa.ts';
import { isRefused, refusalOf, type Session } from './session.ts';
import { createSetup } from './setup.ts';

/** One Apple Account over the web sign-in of icloud.com. */
export function createAccount(http: HttpClient, session: Session, endpoints: Endpoints, now: () => number): AppleAccount {
  const idmsa = createIdmsa(http, session, endpoints, now);
  const setup = createSetup(http, session, endpoints, now);
  let route: CodeRoute = { to: 'device' };
  return {
    hasLogin: () => session.state.databaseUrl !== undefined && session.state.sessionToken !== undefined,
    hasToken: () => session.state.sessionToken !== undefined,
    wasRefused: (credentials) => isRefused(credentials, session.state.refused),
    validate: setup.validate,
    login: setup.accountLogin,
    async signIn(credentials, signal) {
      try {
        const state = await idmsa.signIn(credentials, signal);
        if (session.state.refused) await session.update({ refused: undefined });
        return state;
      } catch (error) {
        if (error instanceof Problem && error.code === 'password-refused') await session.update({ refused: refusalOf(credentials) });
        throw error;
      }
    },
    async pushCode(signal) {
      route = { to: 'device' };
      return idmsa.push(signal);
    },
    phones: idmsa.phones,
    async sendCode(mode, id, signal) {
      await idmsa.sendCode(mode, id, signal);
      route = { to: 'phone', id, mode };
    },
    submitCode: (code, signal) => idmsa.submitCode(code, route, signal),
    trust: idmsa.trust,
    trustToken: () => session.state.trustToken,
    forgetTrust: () => session.update({ trustToken: undefined, sessionToken: undefined }),
  };
}
