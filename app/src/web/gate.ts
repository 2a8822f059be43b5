import { hostName, isAllowedHost, isLocalhost, isLoopback, isSameOrigin } from './hosts.ts';
import { checkLogin, type Login } from './login.ts';

export interface GateSettings extends Login {
  /** Further host names under which browsers may come; `*.example.com` stands for every name below it. */
  readonly allowedHosts: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed when attempts are counted. */
  readonly trustedProxies: readonly string[];
}

/**
 * Who may use a route. `login`: only with a login. `open`: without one from this machine. `page`: without one from this
 * machine as long as none is set. `unknown`: nothing is served there.
 *
 * Why `page` exists: somebody who has just started the container must be able to see what it waits for and bring the code
 * from inside it, without setting anything. Whoever has set a password wants to be asked for it, on this machine too, where
 * other people and programs may live. What changes the service is never open without a login.
 */
export type Access = 'login' | 'open' | 'page' | 'unknown';

/** `owner`: with the right login. `this-machine`: let in without one. */
export type Caller = 'owner' | 'this-machine';

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
  /** The request carries a Forwarded, X-Forwarded-* or X-Real-IP header: it came through a proxy. */
  readonly forwarded: boolean;
}

export type Verdict =
  | { readonly allow: true; readonly caller: Caller }
  | { readonly allow: false; readonly status: 401 | 403 | 421; readonly because: Refusal; readonly message: string };

export type Refusal = 'host' | 'cross-origin' | 'wrong-login' | 'login-needed' | 'no-login-set';

const REFUSALS: Readonly<Record<Refusal, { readonly status: 401 | 403 | 421; readonly message: string }>> = {
  host: { status: 421, message: 'This host name is not allowed. If it is yours, add it to WEB_ALLOWED_HOSTS.' },
  'cross-origin': { status: 403, message: 'Requests from pages of other sites are refused.' },
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

  const login = checkLogin(facts.authorization, settings);
  if (login === 'right') return { allow: true, caller: 'owner' };
  if (login === 'wrong') return refuse('wrong-login');

  // The address alone proves nothing: a reverse proxy on this machine connects from here, too.
  const fromThisMachine = isLoopback(facts.remoteAddress) && isLocalhost(name) && !facts.forwarded;
  const noneSet = settings.password === undefined && settings.token === undefined;
  if (fromThisMachine && isFreeHere(facts.access, noneSet)) return { allow: true, caller: 'this-machine' };
  return refuse(noneSet ? 'no-login-set' : 'login-needed');
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
