import { formatDuration } from '../domain/format.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { CodeSent, TrustedPhone } from '../ports/apple-account.ts';
import type { ResendRequest } from '../ports/code-desk.ts';
import type { CodeEvent } from './code-desk.ts';
import { permit, type SignInParts, type SignInWish } from './sign-in-parts.ts';

/** Waits for a code from any door, has it checked, and asks to be trusted. Wrong codes may be corrected until the time is up. */
export async function passSecondFactor(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  const { account, log } = parts;
  const timeUp = new AbortController();
  const done = new AbortController();
  /** The last request for a code was refused because there were too many. */
  let tooMany = false;
  void parts.clock.sleep(parts.codeTimeoutMs, AbortSignal.any([signal, done.signal])).then(
    () =>
      timeUp.abort(tooMany ? tooManyCodes() : new Problem('code-needed', `No code arrived within ${formatDuration(parts.codeTimeoutMs)}.`)),
    () => undefined, // the waiting ended otherwise
  );
  const byDevice = wish.codeBy.method === 'device';
  if (byDevice) permit(account, 'push', wish.byPerson);
  const pushed = byDevice ? await account.pushCode(signal) : undefined;
  tooMany = pushed === 'too-many';
  const { phones, bridge } = await account.codeWays(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    log.debug('Apple did not list trusted numbers.', { reason: asProblem(error).message });
    return { phones: [], bridge: false };
  });
  if (bridge) log.debug("Apple's page would use its bridge here; the ordinary request for a code works as well.");
  const inbox = parts.openInbox();
  const doors = await parts.openDoors(phones);
  try {
    if (pushed === undefined) tooMany = (await resend(parts, phones, wish.codeBy, signal)) === 'too-many';
    else log[pushed === 'sent' ? 'info' : 'warn'](PUSHED[pushed]);
    log.info(doors.hint);
    if (phones.length > 1) log.info(`For a text message: resend_mfa sms <id>. Numbers: ${phones.map(phoneLabel).join(', ')}.`);
    const waiting = AbortSignal.any([signal, timeUp.signal]);
    for (;;) {
      const event = await inbox.next(waiting);
      if (event.is === 'resend') tooMany = (await resend(parts, phones, event.request, signal)) === 'too-many';
      else if (await tryCode(parts, event, signal)) return;
    }
  } finally {
    done.abort();
    inbox.close();
    await doors.close();
  }
}

const PUSHED: Record<CodeSent, string> = {
  sent: 'Apple wants a sign-in code and shows it on your devices now.',
  refused: 'Apple wants a sign-in code. Ask for one with resend_mfa, or look at your devices.',
  'too-many':
    'Apple wants a sign-in code, but sends no more of them for now. If the last one is still at hand, enter it; otherwise wait an hour.',
};

const tooManyCodes = () => new Problem('too-many-codes', 'Apple sends no more codes for now, because too many were asked for.');

async function tryCode(
  { account, log }: SignInParts,
  event: Extract<CodeEvent, { readonly is: 'code' }>,
  signal: AbortSignal,
): Promise<boolean> {
  let verdict: 'accepted' | 'refused';
  try {
    verdict = await account.submitCode(event.code, signal);
  } catch (error) {
    event.settle('refused');
    const problem = asProblem(error);
    if (signal.aborted || problem.code !== 'no-network') throw error;
    log.warn(`The code did not reach Apple: ${problem.message} Enter it again.`); // the sign-in at Apple is still open
    return false;
  }
  if (verdict === 'refused') {
    log.warn('Apple did not accept this code. Check it and enter it again, or ask for a new one.');
    event.settle('refused');
    return false;
  }
  try {
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
): Promise<CodeSent | undefined> {
  const known = phones.map(phoneLabel).join(', ');
  const others = known ? ` Known numbers: ${known}.` : '';
  try {
    if (request.method === 'device') {
      permit(account, 'push', true);
      const sent = await account.pushCode(signal);
      if (sent === 'sent') log.info('Apple shows a new code on your devices.');
      else if (sent === 'too-many') log.warn(`${tooManyCodes().message} If the last one is still at hand, enter it.`);
      else log.warn('Apple did not send a new code to your devices. Try resend_mfa sms.');
      return sent;
    }
    const phone = request.phoneId === undefined ? phones[0] : phones.find(({ id }) => id === request.phoneId);
    if (!phone && phones.length > 0) {
      log.warn(`No trusted number has the id ${request.phoneId}. Known: ${known}.`);
      return undefined;
    }
    const id = phone?.id ?? request.phoneId;
    if (id === undefined) {
      log.warn('Apple lists no trusted number. Give its id: resend_mfa sms <id>.');
      return undefined;
    }
    permit(account, 'text', true);
    const sent = await account.sendCode(request.method, id, signal);
    const way = request.method === 'sms' ? 'text message' : 'phone call';
    if (sent === 'sent') log.info(`Apple sends a code by ${way} to number ${id}.`);
    else if (sent === 'too-many') log.warn(`${tooManyCodes().message} If the last one is still at hand, enter it.`);
    else log.warn(`Apple sends no code by ${way} to number ${id} at this time. Try another way.${others}`);
    return sent;
  } catch (error) {
    signal.throwIfAborted();
    log.warn(`A new code could not be sent. ${asProblem(error).message}${others}`);
    return undefined;
  }
}
