/** Apple asks for the next code about so long after it began to trust this installation (authentication.md §6). */
export const TRUST_DAYS = 30;
const DAY_MS = 86_400_000;
/** Days left at which the owner is warned, once each. */
const WARN_AT = [7, 3, 1] as const;

export interface TrustForecast {
  /** Whole days until Apple is expected to ask for a code; 0 = any time now. */
  readonly daysLeft: number;
  readonly endsMs: number;
}

/** Undefined when it is not known since when this installation is trusted. */
export function forecastTrust(trustedAtMs: number | undefined, nowMs: number): TrustForecast | undefined {
  if (trustedAtMs === undefined) return undefined;
  const endsMs = trustedAtMs + TRUST_DAYS * DAY_MS;
  return { endsMs, daysLeft: Math.max(0, Math.floor((endsMs - nowMs) / DAY_MS)) };
}

/** What was said already: about which trust, and at which mark. */
export interface TrustWarned {
  readonly endsMs: number;
  readonly at: number;
}

/** The mark that has been reached and not been spoken of; one warning is enough for all marks that were slept through. */
export function trustWarningDue(forecast: TrustForecast | undefined, warned: TrustWarned | undefined): TrustWarned | undefined {
  if (!forecast) return undefined;
  const at = WARN_AT.findLast((mark) => forecast.daysLeft <= mark);
  if (at === undefined) return undefined;
  const before = warned?.endsMs === forecast.endsMs ? warned.at : Number.POSITIVE_INFINITY;
  return at < before ? { endsMs: forecast.endsMs, at } : undefined;
}

/** For `status`, the log and notifications. */
export function trustSentence({ daysLeft }: Pick<TrustForecast, 'daysLeft'>): string {
  if (daysLeft === 0) return 'Apple may ask for a new code any time now.';
  return `Apple is expected to ask for a new code in ${daysLeft === 1 ? '1 day' : `${daysLeft} days`}.`;
}
