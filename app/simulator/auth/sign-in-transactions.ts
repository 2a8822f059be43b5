import { randomBytes, randomUUID } from 'node:crypto';

export interface SrpAttempt {
  readonly accountName: string;
  readonly clientPublic: bigint;
  readonly serverPublic: bigint;
  readonly privateValue: bigint;
  /** Forced numbers that no careful client lets through. */
  readonly mustNotBeUsed: boolean;
  readonly expiresMs: number;
  used: boolean;
}

export interface SentCode {
  readonly code: string;
  readonly atMs: number;
}

/** One sign-in at idmsa, from /signin/init to /2sv/trust. */
export interface Transaction {
  readonly sessionId: string;
  scnt: string;
  state: 'started' | 'repair-needed' | 'code-needed' | 'verified' | 'signed-in';
  deviceCode?: SentCode;
  readonly phoneCodes: Map<number, SentCode>;
  /** The challenge that a proof of work has to solve. */
  puzzle?: string;
  /** The code was right, and a notice stands before the rest. */
  verifiedByCode?: boolean;
}

/** `c` works once and for five minutes (authentication.md §13.1). */
export const ATTEMPT_LIFE_MS = 300_000;

/** Sign-ins under way, found by `scnt` (which changes with every answer) or by `c`. */
export class Transactions {
  readonly #byScnt = new Map<string, Transaction>();
  readonly #attempts = new Map<string, SrpAttempt>();

  open(): Transaction {
    const transaction: Transaction = {
      sessionId: randomBytes(24).toString('hex').toUpperCase(),
      scnt: '',
      state: 'started',
      phoneCodes: new Map(),
    };
    this.rotate(transaction);
    return transaction;
  }

  find(scnt: string | undefined): Transaction | undefined {
    return scnt === undefined ? undefined : this.#byScnt.get(scnt);
  }

  /** Every answer brings a new `scnt`; the old one is stale at once. */
  rotate(transaction: Transaction): string {
    this.#byScnt.delete(transaction.scnt);
    transaction.scnt = `AAAA-${randomBytes(40).toString('base64url')}`;
    this.#byScnt.set(transaction.scnt, transaction);
    return transaction.scnt;
  }

  addAttempt(attempt: SrpAttempt): string {
    const c = `d-${randomBytes(2).readUInt16BE() % 1000}-${randomUUID()}:MSA`;
    this.#attempts.set(c, attempt);
    return c;
  }

  attempt(c: string | undefined): SrpAttempt | undefined {
    return c === undefined ? undefined : this.#attempts.get(c);
  }
}
