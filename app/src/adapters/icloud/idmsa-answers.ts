import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { TrustedPhone } from '../../ports/apple-account.ts';
import { retryAfterMs } from './retry-after.ts';

const ServiceErrors = z.array(z.looseObject({ code: z.coerce.string(), message: z.string().optional() }));

export const InitAnswer = z.object({
  iteration: z.number().int(),
  salt: z.string().min(1),
  protocol: z.string(),
  b: z.string().min(1),
  /** Opaque; echoed unchanged. */
  c: z.string(),
});

/** Sign-in errors and verification errors spell their list differently, and codes come as text or number (authentication.md §4.5, §10). */
export const AppleErrors = z.looseObject({
  serviceErrors: ServiceErrors.optional(),
  service_errors: ServiceErrors.optional(),
  hasError: z.boolean().optional(),
});

export const CompleteAnswer = z.looseObject({ fsaChallenge: z.unknown().optional(), keyNames: z.array(z.string()).optional() });

const SecurityCode = z.looseObject({
  valid: z.boolean().optional(),
  tooManyCodesSent: z.boolean().optional(),
  tooManyCodesValidated: z.boolean().optional(),
  securityCodeLocked: z.boolean().optional(),
  securityCodeCooldown: z.boolean().optional(),
});
export const CodeAnswer = AppleErrors.extend({ securityCode: SecurityCode.optional() });
const Flags = z.looseObject({
  securityCode: SecurityCode.optional(),
  phoneNumberVerification: z.looseObject({ securityCode: SecurityCode.optional() }).optional(),
});

/** The flags beside a code, wherever the answer puts them (authentication.md §5.3, §5.4). */
export function codeFlagsIn(body: unknown): { readonly tooManySent: boolean; readonly locked: boolean } {
  const parsed = Flags.safeParse(body);
  const found = parsed.success ? (parsed.data.securityCode ?? parsed.data.phoneNumberVerification?.securityCode) : undefined;
  return {
    tooManySent: found?.tooManyCodesSent === true || found?.securityCodeCooldown === true,
    locked: found?.tooManyCodesValidated === true || found?.securityCodeLocked === true,
  };
}

const Phone = z.looseObject({
  id: z.number(),
  numberWithDialCode: z.string().optional(),
  obfuscatedNumber: z.string().optional(),
  nonFTEU: z.boolean().optional(),
});
const Phones = z.looseObject({ trustedPhoneNumbers: z.array(Phone).optional(), trustedPhoneNumber: Phone.optional() });
const AuthState = Phones.extend({
  phoneNumberVerification: Phones.optional(),
  direct: z
    .looseObject({
      authInitialRoute: z.string().optional(),
      twoSV: z
        .looseObject({
          phoneNumberVerification: Phones.optional(),
          bridgeInitiateData: z.looseObject({ phoneNumberVerification: Phones.optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Trusted numbers from any of the four places where Apple has put them (authentication.md §5.1). */
export function phonesIn(body: unknown): (TrustedPhone & { readonly nonFTEU?: boolean | undefined })[] {
  const state = AuthState.safeParse(body);
  if (!state.success) return [];
  const { data } = state;
  for (const place of [
    data,
    data.phoneNumberVerification,
    data.direct?.twoSV?.phoneNumberVerification,
    data.direct?.twoSV?.bridgeInitiateData?.phoneNumberVerification,
  ]) {
    const found = place?.trustedPhoneNumbers?.length
      ? place.trustedPhoneNumbers
      : place?.trustedPhoneNumber
        ? [place.trustedPhoneNumber]
        : [];
    if (found.length > 0)
      return found.map((phone) => ({
        id: phone.id,
        maskedNumber: phone.numberWithDialCode ?? phone.obfuscatedNumber ?? '',
        nonFTEU: phone.nonFTEU,
      }));
  }
  return [];
}

/** Apple's own page would use its bridge on this account; the ordinary push works there too (decisions.md 14). */
export function isBridge(body: unknown): boolean {
  const state = AuthState.safeParse(body);
  return state.success && state.data.direct?.authInitialRoute === 'auth/bridge/step';
}

/** The JSON inside the sign-in page's `boot_args` script; attribute order varies. */
export function bootArgsIn(html: string): unknown {
  const script = /<script\b[^>]*\bclass="[^"]*\bboot_args\b[^"]*"[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1];
  return script === undefined ? undefined : parseJson(script);
}

/** JSON whatever the content type says (Apple labels JSON as HTML, §4.2); undefined for anything else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every error code of an answer, as text. */
export function errorCodes(body: unknown): string[] {
  const parsed = AppleErrors.safeParse(body);
  return parsed.success ? [...(parsed.data.serviceErrors ?? []), ...(parsed.data.service_errors ?? [])].map(({ code }) => code) : [];
}

/** What a refusal of the sign-in host means; undefined when the status is not one of refusal (authentication.md §4.5). */
export function signInProblem(status: number, body: unknown, retryAfter: string | undefined, nowMs: number): Problem | undefined {
  const codes = errorCodes(body);
  const context = { status, codes: codes.join(' ') };
  if (status === 429 || status >= 500) {
    const retryAtMs = retryAfterMs(retryAfter, nowMs);
    return new Problem('rate-limited', `Apple refuses sign-ins for now (HTTP ${status}).`, {
      context,
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    });
  }
  if (codes.includes('-20209')) return new Problem('account-locked', 'Apple has locked this account for security.', { context });
  if (codes.includes('-22320'))
    return new Problem('account-federated', 'This account belongs to an organisation and signs in elsewhere.', { context });
  if (codes.includes('-20101') || codes.includes('-20283'))
    return new Problem('password-refused', 'Apple does not accept this Apple Account name and password.', { context });
  if (status === 401 || status === 403)
    return new Problem('sign-in-refused', `Apple refused the sign-in without a reason (HTTP ${status}).`, { context });
  if (status === 400) return new Problem('answer-not-understood', 'Apple did not understand our sign-in (HTTP 400).', { context });
  return undefined;
}
