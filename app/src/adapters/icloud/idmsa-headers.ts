import type { IncomingHttpHeaders } from 'node:http';
import { USER_AGENT } from './endpoints.ts';
import type { SessionState } from './session.ts';

/** Public constant of the iCloud web page (authentication.md §3.1). */
const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';
const SIGN_IN_ORIGIN = 'https://idmsa.apple.com';

/** `/signin/*` wants the sign-in host as origin, everything else the home address (authentication.md §3.1). */
export function idmsaHeaders(state: Readonly<SessionState>, home: string, path: string): Record<string, string> {
  const origin = path.startsWith('/signin/') ? SIGN_IN_ORIGIN : home;
  return {
    Accept: 'application/json',
    'Content-Type': 'application/json',
    'User-Agent': USER_AGENT,
    Origin: origin,
    Referer: `${origin}/`,
    'X-Apple-Widget-Key': WIDGET_KEY,
    'X-Apple-OAuth-Client-Id': WIDGET_KEY,
    'X-Apple-OAuth-Client-Type': 'firstPartyAuth',
    'X-Apple-OAuth-Response-Type': 'code',
    'X-Apple-OAuth-Response-Mode': 'web_message',
    'X-Apple-OAuth-Redirect-URI': home,
    'X-Apple-OAuth-Require-Grant-Code': 'true',
    'X-Apple-OAuth-State': `auth-${state.clientId}`,
    'X-Apple-Frame-Id': `auth-${state.clientId}`,
    ...(state.scnt ? { scnt: state.scnt } : {}),
    ...(state.sessionId ? { 'X-Apple-ID-Session-Id': state.sessionId } : {}),
  };
}

/** What every answer of the sign-in host may renew, refusals included; an absent or empty header changes nothing (authentication.md §3.2). */
export function harvest(headers: IncomingHttpHeaders): Partial<SessionState> {
  const named = {
    scnt: headers.scnt,
    sessionId: headers['x-apple-id-session-id'],
    sessionToken: headers['x-apple-session-token'],
    trustToken: headers['x-apple-twosv-trust-token'],
    accountCountry: headers['x-apple-id-account-country'],
    authAttributes: headers['x-apple-auth-attributes'],
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => typeof value === 'string' && value !== ''));
}
