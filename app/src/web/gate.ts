import { hostName, isAllowedHost, isLocalhost, isLoopback, isSameOrigin } from './hosts.ts';
import { checkLogin, type Login } from './login.ts';

export interface GateSettings extends Login {
  /** Further host names under which browsers may come; `*.example.com` stands for every name below it. */
  readonly allowedHosts: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed when attempts are counted. */
  readonly trustedProxies: readonly string[];
  /** Nothing can be changed over the port, whoever asks. */
  readonly readOnly?: boolean;
}

/**
 * Who may use a route. `login`: only with a login. `open`: without one from this machine. `page`: without one from this
 * machine as long as none is set. `public`: everybody whose host name is allowed; it shows nothing of the owner's.
 * `unknown`: nothing is served there.
 *
 * Why `page` exists: somebody who has just started the container must be able to see what it waits for and bring the code
 * from inside it, without setting anything. Whoever has set a password wants to be asked for it, on this machine too, where
 * other people and programs may live. What changes the service is never open without a login.
 */
export type Access = 'login' | 'open' | 'page' | 'public' | 'unknown';

/** `owner`: with the right login. `this-machine`: let in without one. `anybody`: sees what is public. */
export type Caller = 'owner' | 'this-machine' | 'anybody';

/** What the decision depends on, and nothing else. */
export interface RequestFacts {
  readonly access: Access;
  readonly method: string;
  /** Peer of the connection, never taken from a header. */
  readonly remoteAddress: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly authorization: string | undefined;
  /** The request brings the cookie of a session that is still open. */
  readonly session?: boolean;
  /** The request carries a Forwarded, X-Forwarded-* or X-Real-IP header: it came through a proxy. */
  readonly forwarded: boolean;
}

export type Verdict =
  | { readonly allow: true; readonly caller: Caller }
  | { readonly allow: false; readonly status: 401 | 403 | 421; readonly because: Refusal; readonly message: string };

export type Refusal = 'host' | 'cross-origin' | 'wrong-login' | 'login-needed' | 'no-login-set' | 'read-only';

const REFUSALS: Readonly<Record<Refusal, { readonly status: 401 | 403 | 421; readonly message: string }>> = {
  host: { status: 421, message: 'This host name is not allowed. If it is yours, add it to WEB_ALLOWED_HOSTS.' },
  'cross-origin': { status: 403, message: 'Requests from pages of other sites are refused.' },
  'read-only': { status: 403, message: 'This page is read-only (WEB_READ_ONLY). Commands in a shell still work.' },
  'wrong-login': { status: 401, message: 'The password or token is wrong.' },
  'login-needed': { status: 401, message: 'Log in with the password in WEB_PASSWORD (any user name) or the token in WEB_TOKEN.' },
  'no-login-set': {
    status: 403,
    message:
      'This is open only with a login, and none is set. Set WEB_PASSWORD (or WEB_PASSWORD_FILE) and start again. On the machine itself a code can be handed in with: docker exec photos-sync enter_mfa <the 6 digits>',
  },
};

/**
 * Who may come in (docs/http.md). From anywhere with a login; without one only this machine, and only to routes that are
 * open. Routes decide nothing themselves.
 */
export function judgeRequest(facts: RequestFacts, settings: GateSettings): Verdict {
  const name = hostName(facts.host);
  if (name === undefined || !isAllowedHost(name, settings.allowedHosts)) return refuse('host');
  // Before the login: a browser adds a remembered password to requests that other sites make it send.
  if (changesSomething(facts.method) && !isFromHere(facts)) return refuse('cross-origin');

  const login = loginOf(facts, settings);
  if (login === 'foreign') return refuse('cross-origin');
  if (login === 'wrong') return refuse('wrong-login');
  const caller = login === 'right' ? 'owner' : callerWithout(facts, name, settings);
  if (caller === undefined) return refuse(isLoginSet(settings) ? 'login-needed' : 'no-login-set');
  if (settings.readOnly && facts.access !== 'public' && changesSomething(facts.method)) return refuse('read-only');
  return { allow: true, caller };
}

function isLoginSet({ password, token }: GateSettings): boolean {
  return password !== undefined || token !== undefined;
}

/** A session counts for changes only if the browser itself says that a page of this very host asks: no other program holds such a cookie. */
function loginOf(facts: RequestFacts, settings: GateSettings): 'right' | 'wrong' | 'none' | 'foreign' {
  const login = checkLogin(facts.authorization, settings);
  if (login !== 'none' || facts.session !== true || !isLoginSet(settings)) return login;
  const isSure = facts.origin !== undefined || facts.secFetchSite?.trim().toLowerCase() === 'same-origin';
  return isSure || !changesSomething(facts.method) ? 'right' : 'foreign';
}

/** Who comes without a login, or undefined for those who may not. */
function callerWithout(facts: RequestFacts, name: string, settings: GateSettings): Caller | undefined {
  // The address alone proves nothing: a reverse proxy on this machine connects from here, too.
  const fromThisMachine = isLoopback(facts.remoteAddress) && isLocalhost(name) && !facts.forwarded;
  if (fromThisMachine && isFreeHere(facts.access, !isLoginSet(settings))) return 'this-machine';
  return facts.access === 'public' ? 'anybody' : undefined;
}

function isFreeHere(access: Access, noneSet: boolean): boolean {
  return access === 'page' ? noneSet : access !== 'login';
}

function refuse(because: Refusal): Verdict {
  return { allow: false, because, ...REFUSALS[because] };
}

function changesSomething(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Programs such as curl send neither header; browsers cannot leave both out. */
function isFromHere({ origin, secFetchSite, host }: RequestFacts): boolean {
  if (secFetchSite?.trim().toLowerCase() === 'cross-site') return false;
  return origin === undefined || isSameOrigin(origin, host ?? '');
}
