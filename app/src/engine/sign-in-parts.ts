import { Problem, type ProblemCode } from '../domain/problem.ts';
import type { AttemptKind } from '../domain/sign-in-budget.ts';
import type { AppleAccount, Credentials, TrustedPhone } from '../ports/apple-account.ts';
import type { Clock } from '../ports/clock.ts';
import type { ResendRequest } from '../ports/code-desk.ts';
import type { Log } from '../ports/log.ts';
import type { CodeInbox } from './code-desk.ts';

/** The ways a person can bring a code, opened. */
export interface CodeDoors {
  /** What to type, said after the request for the code. */
  readonly hint: string;
  close(): Promise<void>;
}

export interface SignInParts {
  readonly account: AppleAccount;
  /** Asked for only when the password is needed; undefined when there is none. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly openInbox: () => CodeInbox;
  /** Opens the ways a person can bring a code (terminal, HTTP) and answers how to close them. */
  readonly openDoors: (phones: readonly TrustedPhone[]) => Promise<CodeDoors>;
  /** A device asks its owner to let the web read the photos; answers what to do when the waiting is over. */
  readonly onApprovalAwaited: () => () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a person has for a code or an approval. */
  readonly codeTimeoutMs: number;
}

/** How far a sign-in may go. */
export interface SignInWish {
  /** Somebody asked for it just now: may go over the budget once, never over Apple's own pause. */
  readonly byPerson: boolean;
  /** What a person was asked for and has not done yet: until then neither password nor code nor approval is tried (decisions.md 12). */
  readonly held: { readonly code: ProblemCode; readonly message: string } | undefined;
  /** How the code shall come, if one is needed. */
  readonly codeBy: ResendRequest;
}

export const ASK_DEVICES: SignInWish = { byPerson: true, held: undefined, codeBy: { method: 'device' } };

/** Needs that another password proof cannot mend, and might worsen. */
const HOLDS_PASSWORD: ReadonlySet<ProblemCode> = new Set([
  'code-needed',
  'too-many-codes',
  'codes-locked',
  'account-locked',
  'account-federated',
  'sign-in-refused',
  'security-key-needed',
]);

export function holdsPassword(code: ProblemCode): boolean {
  return HOLDS_PASSWORD.has(code);
}

/** Whether a need keeps a scheduled run from signing in or from asking a device again. */
export function holdsSignIn(code: ProblemCode): boolean {
  return HOLDS_PASSWORD.has(code) || code === 'approval-needed';
}

/** Throws when the attempts so far do not allow one more: Apple's pause as `rate-limited` or `too-many-codes`, ours as `sign-in-budget`. */
export function permit(account: AppleAccount, kind: AttemptKind, byPerson: boolean): void {
  const permission = account.mayTry(kind, byPerson);
  if (permission.may) return;
  const { untilMs, because } = permission;
  const when = new Date(untilMs).toLocaleString('sv').slice(0, 16);
  const options = { retryAtMs: untilMs };
  if (because === 'budget')
    throw new Problem(
      'sign-in-budget',
      `There were many ${kind === 'sign-in' ? 'sign-ins' : 'codes'} lately; the next is tried after ${when}.`,
      options,
    );
  if (kind === 'sign-in') throw new Problem('rate-limited', `Apple asked for a pause. Nothing is sent before ${when}.`, options);
  throw new Problem('too-many-codes', `Apple sends no more codes for now. None is asked for before ${when}.`, options);
}
