import { randomBytes, randomInt } from 'node:crypto';
import type { AccountSpec } from './account-spec.ts';
import { LoginBook } from './login-book.ts';
import { WebAccess } from './web-access.ts';

const HOUR_MS = 3_600_000;

/** The account as it is now: what its owner's devices show, what the servers hold against it, and counters for tests. */
export class Account {
  /** Can be changed while running, also field by field: `account.spec = { ...account.spec, password: 'new' }`. */
  spec: AccountSpec;
  readonly now: () => number;
  readonly logins: LoginBook;
  readonly webAccess: WebAccess;
  readonly dsid = '12345678901';
  /** SRP runs that reached /signin/complete. */
  signIns = 0;
  wrongProofs = 0;
  /** Wrong proofs since the last right one. */
  wrongInARow = 0;
  /** Sign-ins without the proof of work that was asked for. */
  missingProofsOfWork = 0;
  pushes = 0;
  smsSent = 0;
  locked = false;
  /** The forced numbers of `forceLeadingZero` were sent once. */
  forcedNumbersShown = false;
  #salt: Buffer | undefined;
  #deviceCode: string | undefined;
  readonly #smsCodes = new Map<number, string>();
  readonly #sentAt: number[] = [];
  readonly #wrongCodesAt: number[] = [];
  readonly #listeners: ((code: string) => void)[] = [];

  constructor(spec: AccountSpec, now: () => number) {
    this.spec = spec;
    this.now = now;
    this.webAccess = new WebAccess(now, () => this.spec.devicesUnreachable);
    this.logins = new LoginBook(now, () => this.spec.trustDays);
  }

  get appleId(): string {
    return this.spec.appleId;
  }

  get password(): string {
    return this.spec.password;
  }

  /** 16 bytes, the same for every attempt. */
  get salt(): Buffer {
    if (this.#salt === undefined) {
      this.#salt = randomBytes(16);
      // A salt that happens to start with zero is a case of its own: only on request.
      this.#salt[0] = this.spec.forceLeadingZero === 'salt' ? 0 : (this.#salt[0] ?? 0) | 0x80;
    }
    return this.#salt;
  }

  /** The code that the trusted devices show now, if any. */
  currentCode(): string | undefined {
    return this.#deviceCode;
  }

  /** The last code sent to this number. */
  smsCode(phoneId: number): string | undefined {
    return this.#smsCodes.get(phoneId);
  }

  onCode(listener: (code: string) => void): void {
    this.#listeners.push(listener);
  }

  /** "Sign out of all browsers": the next sign-in needs a code; logins of today go on. */
  revokeTrust(): void {
    this.logins.revokeTrust();
  }

  /** The web cookies stop working; the stored tokens still make new ones. */
  expireSession(): void {
    this.logins.expireCookies();
  }

  /** Cookies and session tokens stop working: only a new sign-in helps, without a code while the trust token lives. */
  expireTokens(): void {
    this.logins.expireCookies();
    this.logins.expireSessionTokens();
  }

  /** Apple moves the account: its old host answers 421, a new login names the new one (photos.md §14.3). */
  moveToPartition(partition: number): void {
    this.spec = { ...this.spec, partition };
  }

  setPassword(password: string): void {
    this.spec = { ...this.spec, password };
    this.#salt = undefined;
    this.expireTokens();
    this.revokeTrust();
  }

  /** A new push replaces the code before it (authentication.md §5.2). */
  showDeviceCode(): string {
    this.pushes += 1;
    this.#deviceCode = this.#arrive();
    return this.#deviceCode;
  }

  sendSms(phoneId: number): string {
    this.smsSent += 1;
    const code = this.#arrive();
    this.#smsCodes.set(phoneId, code);
    return code;
  }

  codeUsed(): void {
    this.#deviceCode = undefined;
    this.#smsCodes.clear();
    this.#sentAt.length = 0;
    this.#wrongCodesAt.length = 0;
  }

  noteWrongCode(): void {
    this.#wrongCodesAt.push(this.now());
  }

  get tooManyCodesSent(): boolean {
    return this.#withinHour(this.#sentAt) >= this.spec.codeSendLimit;
  }

  get tooManyWrongCodes(): boolean {
    return this.#withinHour(this.#wrongCodesAt) >= this.spec.codeTryLimit;
  }

  #withinHour(times: readonly number[]): number {
    return times.filter((at) => at > this.now() - HOUR_MS).length;
  }

  #arrive(): string {
    this.#sentAt.push(this.now());
    // Often with a leading zero: a code handled as a number breaks (authentication.md §12.7).
    const code = String(randomInt(2) === 0 ? randomInt(100_000) : randomInt(1_000_000)).padStart(6, '0');
    for (const listener of this.#listeners) listener(code);
    return code;
  }
}
