import { Problem } from '../domain/problem.ts';
import { openPhotoKeys } from './photo-keys.ts';
import { passSecondFactor } from './second-factor.ts';
import { holdsPassword, permit, type SignInParts, type SignInWish } from './sign-in-parts.ts';

/**
 * Makes the login valid by the cheapest way that works: stored cookies, stored tokens, password with trust token, password
 * and code (authentication.md §8); then sees to the keys of Advanced Data Protection. Throws Problem; a pause that Apple
 * asks for ends it at once instead of trying harder.
 */
export async function signIn(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  await logIn(parts, wish, signal);
  await openPhotoKeys(parts, wish, signal);
}

async function logIn(parts: SignInParts, wish: SignInWish, signal: AbortSignal): Promise<void> {
  const { account, log } = parts;
  if (account.hasLogin() && (await account.validate(signal)) === 'signed-in') return log.debug('The stored login is valid.');
  if (account.hasToken() && (await account.login(signal)) === 'signed-in') return log.debug('Logged in with the stored tokens.');
  if (wish.held && holdsPassword(wish.held.code)) throw new Problem(wish.held.code, wish.held.message);
  const credentials = await parts.credentials();
  if (!credentials) throw new Problem('password-missing', 'The login has ended and no password is at hand.');
  if (account.wasRefused(credentials))
    throw new Problem('password-refused', 'Apple refused this password before, and it has not changed since.');
  permit(account, 'sign-in', wish.byPerson);
  // Without a trust token the password alone leads nowhere: no proof is spent when no code could follow.
  if (account.trustToken() === undefined) permit(account, wish.codeBy.method === 'device' ? 'push' : 'text', wish.byPerson);
  const state = await account.signIn(credentials, signal);
  if (state === 'signed-in') {
    const login = await account.login(signal);
    if (login === 'signed-in') return log.info('Signed in.');
    if (login === 'expired') throw new Problem('sign-in-refused', 'Apple accepted the password and still does not open the account.');
  }
  await passSecondFactor(parts, wish, signal);
  log.info('Signed in. This installation is trusted now; Apple asks for the next code in about 30 days.');
}
