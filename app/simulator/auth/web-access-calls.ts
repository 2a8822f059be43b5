import { type Answer, type Call, cookiesOf, textProperty } from '../http/answer.ts';
import type { Account } from './account.ts';
import { keyValue, serviceCookie } from './login-cookies.ts';

const JSON_TYPE = { 'Content-Type': 'application/json;charset=UTF-8' };
const ok = (body: object, cookies: string[] = []): Answer => ({
  status: 200,
  headers: { ...JSON_TYPE, ...(cookies.length === 0 ? {} : { 'Set-Cookie': cookies }) },
  body,
});
/** Services whose cookies an `appName` brings (authentication.md §9). */
const SERVICES: Readonly<Record<string, readonly string[]>> = { photos: ['Photos', 'Sharing'], iclouddrive: ['Documents'] };

/** All three calls need the login; without it the web page gets a 500 or 421 that explains little. */
function notSignedIn(call: Call, account: Account, status: 421 | 500): Answer | undefined {
  if (account.logins.loginOf(cookiesOf(call).get('X-APPLE-WEBAUTH-TOKEN')) !== undefined) return undefined;
  return { status, headers: JSON_TYPE, body: { success: false, error: 'Missing X-APPLE-WEBAUTH-TOKEN cookie' } };
}

/** `POST /requestWebAccessState`: without Advanced Data Protection there are no consent fields. */
export function webAccessState(call: Call, account: Account): Answer {
  const refused = notSignedIn(call, account, 421);
  if (refused !== undefined) return refused;
  const state = { dsid: Number(account.dsid), isWebAccessAllowed: account.spec.webAccess === 'on' };
  if (!account.spec.advancedDataProtection) return ok(state);
  const { consented, consentUntilMs } = account.webAccess;
  return ok({ ...state, isDeviceConsentedForPCS: consented, isICDRSDisabled: true, deviceConsentForPCSExpiry: consentUntilMs });
}

/** `POST /enableDeviceConsentForPCS`: the devices show the question. */
export function enableConsent(call: Call, account: Account): Answer {
  const refused = notSignedIn(call, account, 421);
  if (refused !== undefined) return refused;
  const { webAccess, spec } = account;
  const sent = spec.advancedDataProtection && !webAccess.consented ? webAccess.ask() : true;
  return ok({
    isDeviceConsentNotificationSent: sent,
    isWebAccessAllowed: spec.webAccess === 'on',
    isDeviceConsentedForPCS: webAccess.consented,
    isICDRSDisabled: spec.advancedDataProtection,
  });
}

/** `POST /requestPCS`: says what is missing until the cookies are there. */
export function requestPcs(call: Call, account: Account): Answer {
  const refused = notSignedIn(call, account, 500);
  if (refused !== undefined) return refused;
  const services = SERVICES[textProperty(call.body, 'appName') ?? ''];
  if (services === undefined) return { status: 400, headers: JSON_TYPE, body: { success: false, error: 'unknown appName' } };
  const { webAccess, spec } = account;
  const failure = (message: string) => ok({ isWebAccessAllowed: true, message, status: 'failure' });
  if (spec.advancedDataProtection && !webAccess.consented) {
    if (!webAccess.pending) webAccess.ask();
    return failure('Requested a new device arming to upload cookies.');
  }
  const obstacle = spec.advancedDataProtection ? webAccess.nextObstacle() : undefined;
  if (obstacle !== undefined) return failure(obstacle);
  const cookies = spec.keys === 'never' ? [] : services.map((service) => serviceCookie(account, service));
  return ok({ isWebAccessAllowed: true, message: 'Cookies attached.', status: 'success' }, cookies);
}

/** What the photo database says without consent, or without its cookies (authentication.md §8). */
export function webAccessRefusal(call: Call, account: Account): Answer | undefined {
  const { webAccess, spec } = account;
  const uuid = '00000000-0000-4000-8000-000000000002';
  if (spec.webAccess === 'off' || (spec.advancedDataProtection && !webAccess.consented))
    return { status: 403, body: { uuid, serverErrorCode: 'ACCESS_DENIED', reason: 'private db access disabled for this account' } };
  if (!spec.advancedDataProtection && spec.keys === 'with-login') return undefined;
  const cookies = cookiesOf(call);
  const complete = ['Photos', 'Sharing'].every((service) => cookies.get(`X-APPLE-WEBAUTH-PCS-${service}`) === keyValue(account, service));
  return complete
    ? undefined
    : { status: 423, body: { requestUUID: uuid, errorReason: 'Missing PCS cookies from the request', errorCode: 423 } };
}
