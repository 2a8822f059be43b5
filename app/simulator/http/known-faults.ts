import type { FaultEffect, FaultRule } from './faults.ts';

const json = (status: number, serverErrorCode: string, reason: string): FaultEffect => ({
  status,
  body: { serverErrorCode, reason, ...(status === 200 ? {} : { errorClass: serverErrorCode, error: serverErrorCode }) },
});
const busy = (status: number): FaultEffect => ({ status, headers: { 'Retry-After': '1' }, body: '' });

/** Faults that were seen on Apple's servers, by name (photos.md §12.2, §14): for tables, the command line and the side door. */
export const KNOWN_FAULTS = {
  unauthorized: json(401, 'AUTHENTICATION_FAILED', 'Authentication failed'),
  forbidden: { status: 403, body: '' },
  'slow-index': { status: 408, body: '' },
  gone: { status: 410, body: 'Gone' },
  misdirected: json(421, 'AUTHENTICATION_REQUIRED', 'Missing X-APPLE-WEBAUTH-USER cookie'),
  throttled: busy(429),
  'server-error': { status: 500, body: '' },
  'bad-gateway': { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' },
  unavailable: busy(503),
  'try-again-later': json(200, 'TRY_AGAIN_LATER', 'Sync zone CAS Op-Lock failed.'),
  'throttled-in-body': { status: 200, body: { serverErrorCode: 'THROTTLED', reason: 'Too many requests', retryAfter: 1 } },
  'zone-busy': json(200, 'ZONE_BUSY', 'The zone is busy'),
  'internal-error': json(500, 'INTERNAL_ERROR', 'Internal server error'),
  'access-denied': json(200, 'ACCESS_DENIED', 'private db access disabled for this account'),
  'zone-not-found': json(404, 'ZONE_NOT_FOUND', 'Zone does not exist'),
  'nothing-answered': { status: 200, body: {} },
  html: 'html',
  reset: 'reset',
  'reset-in-body': { resetAfterBytes: 100 },
  truncated: { truncateTo: 100 },
  shortened: { shortenTo: 100 },
  corrupt: 'corrupt',
  late: { delayMs: 200 },
  hang: 'hang',
  'hang-in-body': { hangAfterBytes: 100 },
} as const satisfies Readonly<Record<string, FaultEffect>>;

export type KnownFault = keyof typeof KNOWN_FAULTS;

/** A rule with a known effect; strikes once unless `when` says otherwise. */
export function fault(name: KnownFault, when: Omit<FaultRule, 'effect' | 'then'>): FaultRule {
  return { ...when, effect: KNOWN_FAULTS[name] };
}
