import type { OffsiteState } from './offsite.ts';
import type { ProblemCode } from './problem.ts';
import type { Outcome, RunCounts } from './run-report.ts';

/** What the service is doing. One value serves status, health, page and API (decisions.md 13). */
export const PHASES = [
  /** Looking at the volume, not ready yet. */
  'starting',
  /** Waiting for the next slot. */
  'idle',
  'signing-in',
  'syncing',
  /** Busy with a command other than a sync: `activity` names it. */
  'working',
  /** A person has to bring a code; an open sign-in takes it as long as `codeAwaited` is true. */
  'waiting-for-code',
  /** A run waits for a person to let the web read the photos, on a device (Advanced Data Protection). */
  'waiting-for-approval',
  /** The library's volume has gone away; looked for again every minute. */
  'volume-missing',
  'stopping',
] as const;
export type Phase = (typeof PHASES)[number];

/** Something only a person can put right; stays until a run succeeds. */
export interface Need {
  readonly code: ProblemCode;
  readonly message: string;
  readonly advice: string;
  readonly sinceMs: number;
}

export interface RunSummary {
  readonly trigger: Trigger;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: Outcome;
  /** First problem in words, if there was one. */
  readonly message: string | undefined;
  readonly code: ProblemCode | undefined;
}

/** Who asked for a run. `missed`: a slot that passed while the service was down. */
export type Trigger = 'schedule' | 'missed' | 'first-start' | 'person' | 'sign-in';

export interface Progress {
  readonly counts: RunCounts;
  /** Items iCloud says there are; a hint, undefined until known. */
  readonly expectedItems: number | undefined;
  /** Files and bytes still on the to-do list. */
  readonly missingFiles: number;
  readonly missingBytes: number;
  /** Over the last seconds; 0 when nothing moves. */
  readonly bytesPerSecond: number;
  /** Time left at this rate, ms; undefined while listing goes on. */
  readonly remainingMs: number | undefined;
}

/** A file that is on its way at the moment. */
export interface FileInFlight {
  /** Where it will lie. */
  readonly path: string;
  readonly bytes: number;
  readonly sinceMs: number;
}

/** Everything the doors may show. Times are epoch ms. Holds no secrets: phone numbers are masked by Apple. */
export interface ServiceState {
  readonly phase: Phase;
  readonly sinceMs: number;
  /** Scheduled runs are skipped until resumed. */
  readonly paused: boolean;
  readonly codeAwaited: boolean;
  readonly phones: readonly { readonly id: number; readonly maskedNumber: string }[];
  /** Before this no further code is asked for, whoever wants it (domain/sign-in-budget.ts); absent when one may be asked for now. */
  readonly nextCodeMs?: number | undefined;
  readonly trigger: Trigger | undefined;
  /** Name of the command that runs, for instance `verify`; undefined unless the phase is `working`. */
  readonly activity?: string | undefined;
  readonly progress: Progress | undefined;
  /** What a sync fetches at the moment, what began first first; absent while none runs. */
  readonly inFlight?: readonly FileInFlight[] | undefined;
  readonly nextRunMs: number | undefined;
  /** Longest gap between two slots in the next 30 days (decisions.md 22). */
  readonly periodMs: number;
  readonly startedAtMs: number;
  readonly lastAttemptMs: number | undefined;
  readonly lastSuccessMs: number | undefined;
  readonly lastRun: RunSummary | undefined;
  readonly need: Need | undefined;
  /** Absent where no off-site copy is set up. */
  readonly offsite?: OffsiteState | undefined;
  /** Whole days until Apple is expected to ask for a code; absent when that is not known. */
  readonly trustDaysLeft?: number | undefined;
  readonly trustEndsMs?: number | undefined;
  /** The date on Apple's own cookie: for display, Apple asks long before it. */
  readonly trustCookieEndsMs?: number | undefined;
}

/** `ok`, `waiting` (for a person; the service itself is well) and `starting` are healthy; `stale` and `broken` are not. */
export const HEALTHS = ['starting', 'ok', 'waiting', 'stale', 'broken'] as const;
export type Health = (typeof HEALTHS)[number];

const START_GRACE_MS = 5 * 60_000;

/**
 * Honest health: stale when the last success is older than two periods, or when there has been none for that long since the
 * start; waiting for a code or for an approval on a device stays healthy, because restarting the container would only make it worse.
 */
export function healthOf(state: ServiceState, nowMs: number): Health {
  if (state.phase === 'volume-missing') return 'broken';
  if (state.phase === 'starting') return nowMs - state.startedAtMs > START_GRACE_MS ? 'broken' : 'starting';
  if (isAwaited(state.need) || state.phase === 'waiting-for-code' || state.phase === 'waiting-for-approval') return 'waiting';
  const sinceMs = state.lastSuccessMs ?? state.startedAtMs;
  if (!state.paused && nowMs - sinceMs > 2 * state.periodMs && state.phase !== 'syncing') return 'stale';
  return 'ok';
}

export function isHealthy(health: Health): boolean {
  return health !== 'stale' && health !== 'broken';
}

/** A person was asked and can answer at any time. */
function isAwaited(need: Need | undefined): boolean {
  return need?.code === 'code-needed' || need?.code === 'approval-needed';
}
