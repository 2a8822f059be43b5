import { randomBytes } from 'node:crypto';

const DAY_MS = 86_400_000;
/** A login without `extended_login` ends after about eight hours (authentication.md §7.1). */
const SHORT_LOGIN_MS = 8 * 3_600_000;

/** How far a session token's owner got: password only, code accepted, browser trusted. */
export type SignInLevel = 'password' | 'verified' | 'trusted';

interface SessionToken {
  readonly level: SignInLevel;
  /** The trust token it hangs on, for level 'trusted'. */
  readonly trustToken: string | undefined;
  readonly expiresMs: number;
}

/** One browser that is signed in: the value of its X-APPLE-WEBAUTH-TOKEN cookies and what they allow. */
export interface WebLogin {
  readonly level: SignInLevel;
  readonly expiresMs: number;
  readonly extended: boolean;
  /** Newest last. */
  readonly tokens: string[];
}

const opaque = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '').replaceAll('/', '-');

/** Tokens and cookies that were handed out, with their ends on the simulator's clock. */
export class LoginBook {
  readonly #now: () => number;
  readonly #trustDays: () => number;
  readonly #trustTokens = new Map<string, number>();
  readonly #sessionTokens = new Map<string, SessionToken>();
  readonly #webTokens = new Map<string, WebLogin>();

  constructor(now: () => number, trustDays: () => number) {
    this.#now = now;
    this.#trustDays = trustDays;
  }

  issueTrustToken(): string {
    const token = `HSARMTKNSRVX${opaque(96)}SRVX`;
    this.#trustTokens.set(token, this.#now() + this.#trustDays() * DAY_MS);
    return token;
  }

  trusts(token: unknown): token is string {
    return typeof token === 'string' && (this.#trustTokens.get(token) ?? 0) > this.#now();
  }

  issueSessionToken(level: SignInLevel, trustToken?: string): string {
    const token = `${opaque(120)}==`;
    this.#sessionTokens.set(token, { level, trustToken, expiresMs: this.#now() + this.#trustDays() * DAY_MS });
    return token;
  }

  /** The level a session token is worth now, or why it is worth nothing. */
  levelOf(token: string): SignInLevel | 'unknown' | 'expired' {
    const found = this.#sessionTokens.get(token);
    if (found === undefined) return 'unknown';
    if (found.expiresMs <= this.#now()) return 'expired';
    return found.level === 'trusted' && !this.trusts(found.trustToken) ? 'password' : found.level;
  }

  openLogin(level: SignInLevel, extended: boolean): WebLogin {
    const lifeMs = extended ? this.#trustDays() * DAY_MS : SHORT_LOGIN_MS;
    const login: WebLogin = { level, extended, expiresMs: this.#now() + lifeMs, tokens: [] };
    this.freshWebToken(login, false);
    return login;
  }

  /** The value of a new X-APPLE-WEBAUTH-TOKEN cookie, quotes included. */
  freshWebToken(login: WebLogin, retireOld: boolean): string {
    const token = `"v=2:t=Gw==BST_IAAAAAAABLwIAAAAA${opaque(60)}~~"`;
    login.tokens.push(token);
    this.#webTokens.set(token, login);
    // Requests under way still carry the token before this one.
    if (retireOld) for (const old of login.tokens.splice(0, login.tokens.length - 2)) this.#webTokens.delete(old);
    return token;
  }

  loginOf(webToken: string | undefined): WebLogin | undefined {
    const login = webToken === undefined ? undefined : this.#webTokens.get(webToken);
    return login !== undefined && login.expiresMs > this.#now() ? login : undefined;
  }

  revokeTrust(): void {
    this.#trustTokens.clear();
  }

  expireSessionTokens(): void {
    this.#sessionTokens.clear();
  }

  expireCookies(): void {
    this.#webTokens.clear();
  }
}
