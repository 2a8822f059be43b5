import { type Answer, type Call, header } from '../http/answer.ts';
import type { Account } from './account.ts';
import type { Transaction, Transactions } from './sign-in-transactions.ts';

/** Public constant of the iCloud web page (authentication.md §3.1). */
const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';
const HOMES = new Set(['https://www.icloud.com', 'https://www.icloud.com.cn']);
const AUTH_ORIGINS = new Set(['https://idmsa.apple.com', 'https://idmsa.apple.com.cn']);
const FIXED_HEADERS: Readonly<Record<string, string>> = {
  'x-apple-oauth-client-type': 'firstPartyAuth',
  'x-apple-oauth-response-type': 'code',
  'x-apple-oauth-response-mode': 'web_message',
};
/** These come from the page of idmsa itself; everything after the password comes from the home page. */
const FROM_AUTH_PAGE = new Set(['signin-init', 'signin-complete', 'signin-plain', 'federate', 'authorize']);

/** A refusal that says what the simulator missed: a client's author reads it, Apple's own text would not help. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { serviceErrors: [{ code: '-1', message: `simulator: ${message}`, suppressDismissal: false }] } };
}

export function checkIdmsaHeaders(call: Call, kind: string): Answer | undefined {
  if (kind === 'authorize') return undefined; // a page load: everything is in the query
  for (const name of ['x-apple-widget-key', 'x-apple-oauth-client-id'])
    if (header(call, name) !== WIDGET_KEY) return refusal(403, `${name} is not the widget key`);
  for (const [name, value] of Object.entries(FIXED_HEADERS))
    if (header(call, name) !== value) return refusal(400, `${name} is not ${value}`);
  if (call.body !== undefined && !header(call, 'content-type')?.startsWith('application/json'))
    return refusal(400, 'Content-Type is not application/json');
  const origin = header(call, 'origin') ?? '';
  const wanted = FROM_AUTH_PAGE.has(kind) ? AUTH_ORIGINS : HOMES;
  return wanted.has(origin) ? undefined : refusal(403, `Origin "${origin}" is not ${[...wanted].join(' or ')}`);
}

/** The transaction a call belongs to. `scnt` must be the newest; the session id is known to the client from /signin/complete on. */
export function transactionOf(call: Call, transactions: Transactions, needsSessionId: boolean): Transaction | undefined {
  const transaction = transactions.find(header(call, 'scnt'));
  if (!needsSessionId || transaction === undefined) return transaction;
  return header(call, 'x-apple-id-session-id') === transaction.sessionId ? transaction : undefined;
}

const LANGUAGE_COOKIES = [
  'dslang=US-EN; Domain=apple.com; Path=/; Secure; HttpOnly',
  'site=USA; Domain=apple.com; Path=/; Secure; HttpOnly',
];

/** Headers of every idmsa answer within a transaction. */
export function transactionHeaders(
  transaction: Transaction,
  transactions: Transactions,
  withSessionId = true,
): Record<string, string | string[]> {
  return {
    'Content-Type': 'application/json;charset=UTF-8',
    scnt: transactions.rotate(transaction),
    ...(withSessionId ? { 'X-Apple-ID-Session-Id': transaction.sessionId } : {}),
    'Set-Cookie': LANGUAGE_COOKIES,
  };
}

/** Headers that come with a new session token. */
export function tokenHeaders(account: Account, sessionToken: string): Record<string, string> {
  return {
    'X-Apple-Session-Token': sessionToken,
    'X-Apple-Auth-Attributes': `attributes-${account.signIns}-${sessionToken.slice(0, 12)}`,
    'X-Apple-ID-Account-Country': account.spec.region === 'china' ? 'CHN' : 'USA',
  };
}
