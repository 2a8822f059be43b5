import { formatDuration } from '../domain/format.ts';
import { asProblem, Problem } from '../domain/problem.ts';
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
  readonly clock: Clock;
  readonly log: Log;
  readonly codeTimeoutMs: number;
}

/** How far a sign-in may go. `quiet`: no password and no code, because a person was asked already and has not answered (decisions.md 12). */
export interface SignInWish {
  readonly quiet: boolean;
  /** How the code shall come, if one is needed. */
  readonly codeBy: ResendRequest;
}

export const ASK_DEVICES: SignInWish = { quiet: false, codeBy: { method: 'device' } };

/**
 * Makes the login valid by the cheapest way that works: stored cookies, stored tokens, password with trust token, password
 * and code (authentication.md §8). Throws Problem; a pause that Apple asks for ends it at once instead of trying harder.
 */
export async function signIn(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  const { account, log } = parts;
  if (account.hasLogin() && (await account.validate(signal)) === 'signed-in') return log.debug('The stored login is valid.');
  if (account.hasToken() && (await account.login(signal)) === 'signed-in') return log.debug('Logged in with the stored tokens.');
  if (wish.quiet) throw new Problem('code-needed', 'The login has ended, and the code that was asked for has not been entered.');
  const credentials = await parts.credentials();
  if (!credentials) throw new Problem('password-missing', 'The login has ended and no password is at hand.');
  if (account.wasRefused(credentials))
    throw new Problem('password-refused', 'Apple refused this password before, and it has not changed since.');
  const state = await account.signIn(credentials, signal);
  if (state === 'signed-in' && (await account.login(signal)) === 'signed-in') return log.info('Signed in.');
  await passSecondFactor(parts, wish, signal);
  log.info('Signed in. This installation is trusted now; Apple asks for the next code in about 30 days.');
}

/** Waits for a code from any door, has it checked, and asks to be trusted. Wrong codes may be corrected until the time is up. */
async function passSecondFactor(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  const { account, log } = parts;
  const timeUp = new AbortController();
  const done = new AbortController();
  void parts.clock.sleep(parts.codeTimeoutMs, AbortSignal.any([signal, done.signal])).then(
    () => timeUp.abort(new Problem('code-needed', `No code arrived within ${formatDuration(parts.codeTimeoutMs)}.`)),
    () => undefined, // the waiting ended otherwise
  );
  const byDevice = wish.codeBy.method === 'device';
  const pushed = byDevice && (await account.pushCode(signal));
  const phones = await account.phones(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    log.debug('Apple did not list trusted numbers.', { reason: asProblem(error).message });
    return [];
  });
  const inbox = parts.openInbox();
  const doors = await parts.openDoors(phones);
  try {
    if (!byDevice) await resend(parts, phones, wish.codeBy, signal);
    else if (pushed) log.info('Apple wants a sign-in code and shows it on your devices now.');
    else log.info('Apple wants a sign-in code. Ask for one with resend_mfa, or look at your devices.');
    log.info(doors.hint);
    if (phones.length > 1) log.info(`For a text message: resend_mfa sms <id>. Numbers: ${phones.map(phoneLabel).join(', ')}.`);
    const waiting = AbortSignal.any([signal, timeUp.signal]);
    for (;;) {
      const event = await inbox.next(waiting);
      if (event.is === 'resend') await resend(parts, phones, event.request, signal);
      else if (await tryCode(parts, event, signal)) return;
    }
  } finally {
    done.abort();
    inbox.close();
    await doors.close();
  }
}

async function tryCode(
  { account, log }: SignInParts,
  event: { code: string; settle: (verdict: 'accepted' | 'refused') => void },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const verdict = await account.submitCode(event.code, signal);
    if (verdict === 'refused') {
      log.warn('Apple did not accept this code. Check it and enter it again, or ask for a new one.');
      event.settle('refused');
      return false;
    }
    await account.trust(signal);
    // Only the login after it proves that the code and the trust were accepted (authentication.md §6).
    if ((await account.login(signal)) !== 'signed-in')
      throw new Problem('sign-in-refused', 'Apple accepted the code and still does not open the account.');
    event.settle('accepted');
    return true;
  } catch (error) {
    event.settle('refused');
    throw error;
  }
}

/** Logs hide phone numbers, even masked ones; their last digits are what tells them apart. */
function phoneLabel({ id, maskedNumber }: TrustedPhone): string {
  const end = /\d{2}$/.exec(maskedNumber)?.[0];
  return end === undefined ? String(id) : `${id} (ends in ${end})`;
}

/** A resend that fails is no reason to stop waiting: an earlier code may still be typed. */
async function resend(
  { account, log }: SignInParts,
  phones: readonly TrustedPhone[],
  request: ResendRequest,
  signal: AbortSignal,
): Promise<void> {
  const known = phones.map(phoneLabel).join(', ');
  try {
    if (request.method === 'device') {
      const pushed = await account.pushCode(signal);
      return pushed
        ? log.info('Apple shows a new code on your devices.')
        : log.warn('Apple did not send a new code to your devices. Try resend_mfa sms.');
    }
    const phone = request.phoneId === undefined ? phones[0] : phones.find(({ id }) => id === request.phoneId);
    if (!phone && phones.length > 0) return log.warn(`No trusted number has the id ${request.phoneId}. Known: ${known}.`);
    const id = phone?.id ?? request.phoneId;
    if (id === undefined) return log.warn('Apple lists no trusted number. Give its id: resend_mfa sms <id>.');
    await account.sendCode(request.method, id, signal);
    log.info(`Apple sends a code by ${request.method === 'sms' ? 'text message' : 'phone call'} to number ${id}.`);
  } catch (error) {
    signal.throwIfAborted();
    log.warn(`A new code could not be sent. ${asProblem(error).message}${known ? ` Known numbers: ${known}.` : ''}`);
  }
}
