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

/**
 * One Apple Account and everything remembered about it. Every call persists what it learned before it returns, so that a
 * kill never costs a code. Throws Problem; a 429 or 503 is `rate-limited` and must end the attempt, never fall through to
 * the next step.
 */
export interface AppleAccount {
  /** Cookies of an earlier login are there. */
  hasLogin(): boolean;
  /** A session token is there: `login` can be tried without the password. */
  hasToken(): boolean;
  /** This very password was refused before and has not changed since. */
  wasRefused(credentials: Credentials): boolean;
  /** Asks whether the stored cookies still count. */
  validate(signal: AbortSignal): Promise<LoginState>;
  /** Turns the session token into service cookies and the service map. */
  login(signal: AbortSignal): Promise<LoginState>;
  /** SRP. `password-refused` is remembered by a salted hash. */
  signIn(credentials: Credentials, signal: AbortSignal): Promise<'signed-in' | 'code-needed'>;
  /** Asks Apple to show a code on the trusted devices. False when it would not; a code may be on its way all the same. */
  pushCode(signal: AbortSignal): Promise<boolean>;
  phones(signal: AbortSignal): Promise<readonly TrustedPhone[]>;
  sendCode(method: 'sms' | 'voice', phoneId: number, signal: AbortSignal): Promise<void>;
  /** Submits a code to where it was sent last. */
  submitCode(code: string, signal: AbortSignal): Promise<'accepted' | 'refused'>;
  /** Asks to be trusted, so that the next sign-in needs no code. */
  trust(signal: AbortSignal): Promise<void>;
  trustToken(): string | undefined;
  /** Forgets the trust token and the tokens that depend on it: the next sign-in asks for a code. */
  forgetTrust(): Promise<void>;
}
