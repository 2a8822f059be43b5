import type { Account } from './account.ts';
import type { WebLogin } from './login-book.ts';

const DAY_MS = 86_400_000;
const PCS_SERVICES = ['Documents', 'Photos', 'Cloudkit', 'Safari', 'Mail', 'Notes', 'News', 'Sharing'];

interface CookieOptions {
  readonly expiresMs?: number | undefined;
  readonly script?: boolean;
}
/** Apple's spelling: no blanks after the semicolons, expiry with dashes or blanks (authentication.md §7.2). */
function cookie(account: Account, name: string, value: string, { expiresMs, script }: CookieOptions = {}): string {
  const domain = account.spec.region === 'china' ? '.icloud.com.cn' : '.icloud.com';
  const expires =
    expiresMs === undefined ? '' : `;Expires=${new Date(expiresMs).toUTCString().replace(/^(\w+, \d+) (\w+) (\d+)/, '$1-$2-$3')}`;
  return `${name}=${value}${expires};Path=/;Domain=${domain};Secure${script === true ? '' : ';HttpOnly'}`;
}

/** The login cookie alone, as a query answer renews it (photos.md §1.3). */
export function freshLoginCookie(account: Account, login: WebLogin): string {
  const value = account.logins.freshWebToken(login, account.spec.retireOldTokens);
  return cookie(account, 'X-APPLE-WEBAUTH-TOKEN', value, { expiresMs: login.extended ? login.expiresMs : undefined });
}

/** Decryption access to one service. With Advanced Data Protection it depends on the device's consent. */
export function serviceCookie(account: Account, service: string, expiresMs?: number): string {
  return cookie(account, `X-APPLE-WEBAUTH-PCS-${service}`, keyValue(account, service), { expiresMs });
}

/** What that cookie has to hold now. */
export function keyValue(account: Account, service: string): string {
  return account.spec.advancedDataProtection ? account.webAccess.cookieValue(service) : `"pcs${service.toLowerCase()}0000=="`;
}

const user = (account: Account, remembered: 0 | 1) => `"v=1:s=${remembered}:d=${account.dsid}"`;

/** The whole set of an account without Advanced Data Protection, with one tombstone among them. */
export function loginCookies(account: Account, login: WebLogin): string[] {
  const nowMs = account.now();
  const expiresMs = login.extended ? login.expiresMs : undefined;
  const make = (name: string, value: string, options: CookieOptions = {}) => cookie(account, name, value, options);
  return [
    make('X-APPLE-WEBAUTH-HSA-TRUST', '"8a7c91e6fctrustSRVX"', { expiresMs: nowMs + 90 * DAY_MS }),
    ...(account.spec.advancedDataProtection || account.spec.keys !== 'with-login' ? [] : PCS_SERVICES).map((service) =>
      serviceCookie(account, service, expiresMs),
    ),
    make('X-APPLE-WEBAUTH-HSA-LOGIN', '', { expiresMs: 1000 }),
    make('X-APPLE-UNIQUE-CLIENT-ID', '"Ab=="', { script: true }),
    make('X-APPLE-WEBAUTH-LOGIN', '"v=1:t=Gw==BST_login0000~~"'),
    make('X-APPLE-WEBAUTH-VALIDATE', '"v=1:t=Gw==BST_validate0000~~"', { script: true }),
    freshLoginCookie(account, login),
    make('X-APPLE-WEBAUTH-USER', user(account, 0), { expiresMs }),
    make('X_APPLE_WEB_KB-ONHCNAXFAIPPFDMR5UZVNO6NIMY', '"v=1:t=Gw==BST_kb0000~~"', { expiresMs: nowMs + 60 * DAY_MS }),
    make('X-APPLE-DS-WEB-SESSION-TOKEN', '"AQEdswebsessiontoken0000="', { expiresMs: nowMs + 30 * DAY_MS }),
  ];
}

/** A second factor is missing: no X-APPLE-WEBAUTH-TOKEN. */
export function challengeCookies(account: Account): string[] {
  const soon = { expiresMs: account.now() + 30 * DAY_MS };
  return [
    cookie(account, 'X-APPLE-UNIQUE-CLIENT-ID', '"Cw=="', { script: true }),
    cookie(account, 'X-APPLE-WEBAUTH-LOGIN', '"v=1:t=Cw==BST_login0000~~"'),
    cookie(account, 'X-APPLE-WEBAUTH-VALIDATE', '"v=1:t=Cw==BST_validate0000~~"', { script: true }),
    cookie(account, 'X-APPLE-WEBAUTH-HSA-LOGIN', '"v=2:t=Cw==BST_hsalogin0000~~"'),
    cookie(account, 'X-APPLE-WEBAUTH-USER', user(account, 1), soon),
    cookie(account, 'X-APPLE-DS-WEB-SESSION-TOKEN', '"AQEdswebsessiontoken0000="', soon),
  ];
}

/** New terms wait: the login is half a login (authentication.md §7.4). */
export function termsCookies(account: Account): string[] {
  return [
    cookie(account, 'X-APPLE-WEBAUTH-HSA-TRUST', '"8a7c91e6fctrustSRVX"', { expiresMs: account.now() + 90 * DAY_MS }),
    cookie(account, 'X-APPLE-UNIQUE-CLIENT-ID', '"Cw=="', { script: true }),
    cookie(account, 'X-APPLE-WEBAUTH-REPAIR', '"repair0000"'),
    cookie(account, 'X-APPLE-WEBAUTH-USER', user(account, 1)),
  ];
}
