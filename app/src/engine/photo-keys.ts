import { formatDuration } from '../domain/format.ts';
import { Problem } from '../domain/problem.ts';
import type { SignInParts, SignInWish } from './sign-in-parts.ts';

/** How often a device's answer is looked for (authentication.md §9). */
const LOOK_MS = 5_000;

/** Fetches the keys to the photos when the login came without them: always so with Advanced Data Protection, seldom without. */
export async function openPhotoKeys(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  if (parts.account.lacksKeys()) await renewPhotoKeys(parts, wish, signal);
}

/**
 * Makes the photo database readable again. With Advanced Data Protection a person has to allow it on a device, for about an
 * hour: that is waited for like a code, asked for once per need, and said step by step.
 */
export async function renewPhotoKeys(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  const { account, clock, log } = parts;
  const isHeld = wish.held?.code === 'approval-needed';
  if ((await account.webAccess(signal)) === 'open') {
    // Consent is there, or none is needed. One look at the keys is free, waiting for a device that uploads them is not long.
    if ((await pollKeys(parts, !isHeld, signal)) === 'there') return;
    if (isHeld) throw held(wish);
  } else if (isHeld) throw held(wish);
  await ask(parts, signal);
  const ended = new AbortController();
  const timeUp = new AbortController();
  void clock.sleep(parts.codeTimeoutMs, AbortSignal.any([signal, ended.signal])).then(
    () => timeUp.abort(new Problem('approval-needed', `Nobody allowed it on a device within ${formatDuration(parts.codeTimeoutMs)}.`)),
    () => undefined, // the waiting ended otherwise
  );
  const waiting = AbortSignal.any([signal, timeUp.signal]);
  const leave = parts.onApprovalAwaited();
  try {
    do {
      do await clock.sleep(LOOK_MS, waiting);
      while ((await account.webAccess(waiting)) !== 'open');
      log.info('Allowed. The device hands the keys over now; leave it unlocked and online.');
    } while ((await pollKeys(parts, true, waiting)) !== 'there');
    log.info('The keys are here. Apple takes them back after about an hour; the next run asks again if it needs them.');
  } finally {
    ended.abort();
    leave();
  }
}

const held = (wish: SignInWish) => new Problem('approval-needed', wish.held?.message ?? 'Nobody has allowed it on a device yet.');

async function ask({ account, log }: SignInParts, signal: AbortSignal): Promise<void> {
  if (!(await account.askConsent(signal)))
    throw new Problem('approval-needed', 'Apple could not reach a device of this account to ask for permission.');
  log.info('Advanced Data Protection is on: a device of yours has to let this program read the photos.');
  log.info('1. Unlock an iPhone, iPad or Mac of this account. 2. Tap Allow in the window that opens. 3. Leave it online for a minute.');
}

const MOST_LOOKS = 60;

/** About five minutes of asking for the keys; `approval` when a device must be asked once more. */
async function pollKeys({ account, clock }: SignInParts, mayWait: boolean, signal: AbortSignal): Promise<'there' | 'approval'> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const delivery = await account.fetchKeys(look === 0, signal);
    if (delivery !== 'not-yet') return delivery;
    if (!mayWait && look >= 2) break;
    await clock.sleep(LOOK_MS, signal);
  }
  if (!mayWait) return 'approval';
  throw new Problem('icloud-failed', 'A device allowed it but has not handed the keys to the photos over. Leave it unlocked and online.');
}
