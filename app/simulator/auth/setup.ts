import type { Route } from '../http/answer.ts';
import { type Answer, type Call, cookiesOf, header, property, textProperty } from '../http/answer.ts';
import type { Account } from './account.ts';
import { loginBody, REQUEST_INFO } from './login-body.ts';
import type { WebLogin } from './login-book.ts';
import { challengeCookies, loginCookies, termsCookies } from './login-cookies.ts';

import { enableConsent, requestPcs, webAccessState } from './web-access-calls.ts';

type Handler = (call: Call, account: Account) => Answer;
const JSON_TYPE = { 'Content-Type': 'application/json; charset=UTF-8', 'x-apple-user-partition': '32' };
const failure = (status: number, error: string): Answer => ({ status, headers: JSON_TYPE, body: { success: false, error } });

/** The answer to a good login: who, which services, and the cookies (authentication.md §7.1, §7.2). */
function signedIn(account: Account, login: WebLogin): Answer {
  const trusted = login.level === 'trusted';
  if (account.spec.terms === 'pending') {
    const body = { ...loginBody(account, trusted, login.extended), termsUpdateNeeded: true };
    return { status: 200, headers: { ...JSON_TYPE, 'Set-Cookie': termsCookies(account) }, body };
  }
  return {
    status: 200,
    headers: { ...JSON_TYPE, 'Set-Cookie': loginCookies(account, login) },
    body: loginBody(account, trusted, login.extended),
  };
}

const accountLogin: Handler = (call, account) => {
  const mainland = call.host.endsWith('.cn');
  if (mainland !== (account.spec.region === 'china'))
    return { status: account.spec.regionAnswer, headers: JSON_TYPE, body: { domainToUse: mainland ? 'iCloud.com' : 'iCloud.com.cn' } };
  const token = textProperty(call.body, 'dsWebAuthToken');
  if (token === undefined || property(call.body, 'trustToken') === null) return failure(400, 'Missing apple_id field');
  const level = account.logins.levelOf(token);
  if (level === 'unknown') return failure(400, 'Invalid Session Token');
  if (level === 'expired') return failure(421, 'Missing X-APPLE-WEBAUTH-TOKEN cookie');
  const extended = property(call.body, 'extended_login') === true;
  const reached = account.logins.trusts(property(call.body, 'trustToken')) ? 'trusted' : level;
  if (reached === 'password') {
    const body = { ...loginBody(account, false, extended), hsaChallengeRequired: true };
    return { status: 200, headers: { ...JSON_TYPE, 'Set-Cookie': challengeCookies(account) }, body };
  }
  return signedIn(account, account.logins.openLogin(reached, extended));
};

const validate: Handler = (call, account) => {
  const login = account.logins.loginOf(cookiesOf(call).get('X-APPLE-WEBAUTH-TOKEN'));
  if (login !== undefined) return signedIn(account, login);
  const error = 'Missing X-APPLE-WEBAUTH-TOKEN cookie';
  return { status: 421, headers: JSON_TYPE, body: { success: false, trustTokens: [], requestInfo: REQUEST_INFO, error } };
};

const logout: Handler = (call, account) => {
  if (account.logins.loginOf(cookiesOf(call).get('X-APPLE-WEBAUTH-TOKEN')) === undefined)
    return failure(421, 'Missing X-APPLE-WEBAUTH-TOKEN cookie');
  account.logins.expireCookies();
  if (property(call.body, 'trustBrowser') !== true) account.logins.revokeTrust();
  return { status: 200, headers: JSON_TYPE, body: { success: true } };
};

const HANDLERS: Readonly<Record<string, readonly [kind: string, handler: Handler]>> = {
  'POST /setup/ws/1/accountLogin': ['account-login', accountLogin],
  'POST /setup/ws/1/validate': ['validate', validate],
  'POST /setup/ws/1/requestWebAccessState': ['web-access-state', webAccessState],
  'POST /setup/ws/1/enableDeviceConsentForPCS': ['enable-consent', enableConsent],
  'POST /setup/ws/1/requestPCS': ['request-pcs', requestPcs],
  'POST /setup/ws/1/logout': ['logout', logout],
};

/** setup.icloud.com: turns tokens into cookies and a service map. */
export function setupRoutes(account: Account): (method: string, path: string) => Route {
  return (method, path) => {
    const [kind, handler] = HANDLERS[`${method} ${path}`] ?? ['unknown', () => failure(404, `simulator: no ${method} ${path}`)];
    const handle = (call: Call) => {
      const origin = header(call, 'origin') ?? '';
      const fromHome = /^https:\/\/www\.icloud\.com(\.cn)?$/.test(origin);
      return account.spec.strictHeaders && !fromHome
        ? failure(403, `simulator: Origin "${origin}" is not the home page`)
        : handler(call, account);
    };
    return { kind, handle };
  };
}
