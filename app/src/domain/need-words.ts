import { formatCount } from './format.ts';
import type { Need } from './service-state.ts';

/** What is said of a need, and when it is over. */
export interface NeedWords {
  readonly title: string;
  readonly text: string;
  readonly overTitle: string;
}

const SAFE = 'Everything stored so far is safe.';

/** Titles while it lasts and when it is over; the page uses the same words. Codes that are not here get the last resort. */
const TITLES: Readonly<Record<string, readonly [title: string, over: string]>> = {
  'code-needed': ['Apple wants a code', 'Signed in again'],
  'too-many-codes': ['Apple sends no more codes for now', 'Signed in again'],
  'codes-locked': ['Apple takes no more codes for now', 'Signed in again'],
  'approval-needed': ['One more permission', 'Apple hands out the photos again'],
  'web-access-off': ['One more permission', 'Apple hands out the photos again'],
  'password-missing': ['The password is missing', 'Signed in again'],
  'password-refused': ['Apple did not accept the password', 'Signed in again'],
  'account-locked': ['Apple has locked the account', 'Signed in again'],
  'account-federated': ['This account cannot be used', 'Signed in again'],
  'sign-in-refused': ['Apple refused the sign-in', 'Signed in again'],
  'security-key-needed': ['A hardware key is in the way', 'Signed in again'],
  'terms-pending': ["Apple's new terms wait for you", 'Signed in again'],
  'wrong-region': ['The region is not right', 'Signed in again'],
  'photos-not-set-up': ['iCloud Photos is switched off', 'iCloud Photos is there again'],
  'volume-missing': ['The library folder is not there', 'The library folder is back'],
  'library-foreign': ['The library folder is not ours', 'The library folder is right again'],
  'removals-held': ['Removals are on hold', 'The held removals are settled'],
  'disk-full': ['The disk is full', 'The disk has room again'],
  'disk-error': ['The disk reports errors', 'The disk works again'],
  'library-not-writable': ['The library cannot be written to', 'The library can be written to again'],
  'catalog-broken': ['The catalog cannot be read', 'The catalog can be read again'],
};
const LAST_RESORT = ['The backup waits for you', 'The backup goes on'] as const;

export function titlesOf(code: string): readonly [title: string, over: string] {
  return TITLES[code] ?? LAST_RESORT;
}

export function needWords(need: Need, codeAwaited: boolean): NeedWords {
  const [title, overTitle] = titlesOf(need.code);
  return { title, overTitle, text: textOf(need, codeAwaited) };
}

function textOf({ code, message, advice }: Need, codeAwaited: boolean): string {
  if (code === 'code-needed' && codeAwaited)
    return `Apple shows six digits on your iPhone, iPad or Mac. Type them on the page, or run: docker exec photos-sync enter_mfa <the 6 digits>. They are good for ten minutes; after that, ask for new ones in the same place. The sync goes on by itself. ${SAFE}`;
  if (code === 'code-needed')
    return `The sync stopped at sign-in. ${SAFE} Take your iPhone, iPad or Mac and ask for a code on the page, or run: docker exec photos-sync resend_mfa device. The sync goes on when you type the six digits.`;
  // What is held says itself that nothing was removed; the first choice is the one that loses nothing.
  if (code === 'removals-held') return `${sentence(message)} If you did not delete them on purpose, keep them. ${advice}`;
  return `${sentence(message)} ${SAFE} ${advice}`;
}

/** Texts of problems end with or without a full stop. */
export function sentence(text: string): string {
  return text === '' || /[.!?:]$/.test(text) ? text : `${text}.`;
}

/** `1 item is`, `12 items are`. */
export function itemsAre(count: number): string {
  return count === 1 ? '1 item is' : `${formatCount(count)} items are`;
}
