import { createHash, timingSafeEqual } from 'node:crypto';

export interface Login {
  readonly password: string | undefined;
  readonly token: string | undefined;
}

/** `none`: the request brings no login, or none is set here that it could be compared with. */
export function checkLogin(authorization: string | undefined, { password, token }: Login): 'right' | 'wrong' | 'none' {
  if (authorization === undefined || (password === undefined && token === undefined)) return 'none';
  const [, scheme = '', value = ''] = /^(\S{1,16}) {1,4}(\S.*)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return token !== undefined && isSame(value, token) ? 'right' : 'wrong';
  if (scheme.toLowerCase() === 'basic') return isPassword(basicPassword(value), { password, token }) ? 'right' : 'wrong';
  return 'wrong';
}

/** Whether this is the page's password; never when none is set. */
export function isPassword(given: string, { password }: Login): boolean {
  return password !== undefined && isSame(given, password);
}

/** Everything after the first colon; the user name may be anything. */
function basicPassword(value: string): string {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

/** Takes the same time wherever two texts begin to differ, and however long they are. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected)) && given !== '';
}
