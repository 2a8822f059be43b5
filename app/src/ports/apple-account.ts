import type { AttemptKind, Permission } from '../domain/sign-in-budget.ts';

export interface Credentials {
  /** Lower case, as it is sent and hashed (authentication.md §4.4). */
  readonly appleId: string;
  readonly password: string;
}

export interface TrustedPhone {
  readonly id: number;
  /** As Apple masks it, for instance `+49 ••••• •••••07`. */
  readonly maskedNumber: string;
}

/** `expired`: try the next, dearer step of the ladder (authentication.md §8). */
export type LoginState = 'signed-in' | 'code-needed' | 'expired';

/** What became of a request for a code. `too-many`: Apple sends none for now. `refused`: it would not, by this way. */
export type CodeSent = 'sent' | 'refused' | 'too-many';

/** How codes may come on this account. */
export interface CodeWays {
  readonly phones: readonly TrustedPhone[];
  /** Apple's own page would use its new way (authentication.md, appendix A); the ordinary request works for it too. */
  readonly bridge: boolean;
}

/** `consent-needed`: Advanced Data Protection is on and no device has allowed the web to read (authentication.md §9). */
export type WebAccess = 'open' | 'consent-needed';

/** `not-yet`: a device is handing the keys over. `approval`: a person must allow it on a device first. */
export type KeyDelivery = 'there' | 'not-yet' | 'approval';

/**
 * One Apple Account and everything remembered about it. Every call persists what it learned before it returns, so that a
 * kill never costs a code. Throws Problem; a 429 or 503 is `rate-limited`, must end the attempt, and is remembered: until
 * it is over every call that would reach Apple's sign-in throws it again without sending anything.
 */
export interface AppleAccount {
  /** Cookies of an earlier login are there. */
  hasLogin(): boolean;
  /** A session token is there: `login` can be tried without the password. */
  hasToken(): boolean;
  /** This very password was refused before and has not changed since. */
  wasRefused(credentials: Credentials): boolean;
  /** Whether the attempts so far allow one more (domain/sign-in-budget.ts). */
  mayTry(kind: AttemptKind, byPerson: boolean): Permission;
  /** Asks whether the stored cookies still count. */
  validate(signal: AbortSignal): Promise<LoginState>;
  /** Turns the session token into service cookies and the service map. */
  login(signal: AbortSignal): Promise<LoginState>;
  /** SRP. `password-refused` is remembered by a salted hash. */
  signIn(credentials: Credentials, signal: AbortSignal): Promise<'signed-in' | 'code-needed'>;
  /** Asks Apple to show a code on the trusted devices. */
  pushCode(signal: AbortSignal): Promise<CodeSent>;
  codeWays(signal: AbortSignal): Promise<CodeWays>;
  sendCode(method: 'sms' | 'voice', phoneId: number, signal: AbortSignal): Promise<CodeSent>;
  /** Submits a code to where it was sent last. Throws `codes-locked` when Apple takes no more of them. */
  submitCode(code: string, signal: AbortSignal): Promise<'accepted' | 'refused'>;
  /** Asks to be trusted, so that the next sign-in needs no code. */
  trust(signal: AbortSignal): Promise<void>;
  trustToken(): string | undefined;
  /** Since when this installation is trusted, and the date that Apple's own cookie carries. */
  trustDates(): { readonly trustedAtMs: number | undefined; readonly cookieEndsMs: number | undefined };
  /** Forgets the trust token and the tokens that depend on it: the next sign-in asks for a code. */
  forgetTrust(): Promise<void>;
  /** The login came without the keys to the photos: they have to be fetched. */
  lacksKeys(): boolean;
  /** Whether the web may read the photos now. Throws `web-access-off`. */
  webAccess(signal: AbortSignal): Promise<WebAccess>;
  /** Makes the devices ask their owner for consent. False: none could be asked. */
  askConsent(signal: AbortSignal): Promise<boolean>;
  /** Fetches the keys. `first`: on behalf of a person, once per consent. */
  fetchKeys(first: boolean, signal: AbortSignal): Promise<KeyDelivery>;
}
