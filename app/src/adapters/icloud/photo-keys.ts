import type { CookieJar } from 'tough-cookie';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { KeyDelivery, WebAccess } from '../../ports/apple-account.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import type { Endpoints } from './endpoints.ts';
import { parseJson } from './idmsa-answers.ts';
import type { Session } from './session.ts';
import { throwIfPaused } from './setup.ts';
import type { SetupCall } from './setup-call.ts';

const Access = z.looseObject({
  isWebAccessAllowed: z.boolean().optional(),
  isDeviceConsentedForPCS: z.boolean().optional(),
  /** True only with Advanced Data Protection. */
  isICDRSDisabled: z.boolean().optional(),
  isDeviceConsentNotificationSent: z.boolean().optional(),
});
const Delivery = z.looseObject({ isWebAccessAllowed: z.boolean().optional(), status: z.string(), message: z.string().optional() });

/** Without both of them, and not empty, the photo database answers 423 (authentication.md §9, trap 25). */
const KEY_COOKIES = ['X-APPLE-WEBAUTH-PCS-Photos', 'X-APPLE-WEBAUTH-PCS-Sharing'];

/** The keys of Advanced Data Protection: consent on a device, then cookies (authentication.md §9). */
export function createPhotoKeys(call: SetupCall, session: Session, endpoints: Endpoints, now: () => number) {
  async function ask(path: string, body: string | undefined, signal: AbortSignal): Promise<unknown> {
    const answer = await call(path, body, signal);
    await session.update({});
    throwIfPaused(answer, now());
    if (answer.status !== 200) throw refused(path, answer);
    return parseJson(answer.text);
  }
  const cookiesThere = () => hasCookies(session.jar, endpoints.setup);
  return {
    lacksKeys: () => session.state.keysRequired === true && !cookiesThere(),

    async webAccess(signal: AbortSignal): Promise<WebAccess> {
      const access = understood(Access, await ask('/requestWebAccessState', undefined, signal), 'requestWebAccessState');
      if (access.isWebAccessAllowed === false) throw webAccessOff();
      return access.isICDRSDisabled === true && access.isDeviceConsentedForPCS !== true ? 'consent-needed' : 'open';
    },

    async askConsent(signal: AbortSignal): Promise<boolean> {
      const said = understood(Access, await ask('/enableDeviceConsentForPCS', undefined, signal), 'enableDeviceConsentForPCS');
      if (said.isWebAccessAllowed === false) throw webAccessOff();
      return said.isDeviceConsentNotificationSent === true || said.isDeviceConsentedForPCS === true;
    },

    async fetchKeys(first: boolean, signal: AbortSignal): Promise<KeyDelivery> {
      const body = JSON.stringify({ appName: 'photos', derivedFromUserAction: first });
      const said = understood(Delivery, await ask('/requestPCS', body, signal), 'requestPCS');
      if (said.isWebAccessAllowed === false) throw webAccessOff();
      // "Success" is what Apple says; only the cookies prove it.
      if (said.status === 'success') return cookiesThere() ? 'there' : 'not-yet';
      const message = said.message ?? '';
      if (/device arming/i.test(message)) return 'approval';
      if (/upload cookies|not available yet/i.test(message)) return 'not-yet';
      throw new Problem('icloud-failed', `iCloud does not hand out the keys to the photos: ${message || 'no reason given'}`);
    },
  };
}

function hasCookies(jar: CookieJar, url: string): boolean {
  const cookies = jar.getCookiesSync(url);
  return KEY_COOKIES.every((name) => cookies.some(({ key, value }) => key === name && value.replaceAll('"', '') !== ''));
}

const webAccessOff = () => new Problem('web-access-off', 'Access to iCloud data on the web is switched off for this account.');

/** A 500 here tells of half a login: terms that wait, or web access that is off (authentication.md §7.4). */
function refused(path: string, { status, text }: HttpAnswer): Problem {
  if (status === 500 || status === 421)
    return new Problem(
      'sign-in-refused',
      `iCloud does not hand out the keys to the photos (HTTP ${status}): new terms wait to be accepted, or access on the web is off.`,
      { context: { status } },
    );
  return new Problem('icloud-failed', `iCloud answered ${path} with HTTP ${status}.`, { context: { status, length: text.length } });
}

function understood<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Problem('answer-not-understood', `iCloud's answer to ${what} was not understood.`);
  return parsed.data;
}
