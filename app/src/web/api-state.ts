import { handling } from '../domain/problem.ts';
import type { RunSummary, ServiceState } from '../domain/service-state.ts';
import { healthOf } from '../domain/service-state.ts';
import { percentOf, progressWords } from './progress-words.ts';

/** The words of the older tool. `blocked`: a code is awaited or needed. */
type OldState = 'ready' | 'running' | 'blocked';

/** Grows with every change of `service` that is more than a new field. */
const SCHEMA = 1;

/**
 * What `/api/state` answers: the keys that dashboards of the older tool read, with their names and meanings, and beside
 * them the whole state of the service.
 */
export function apiState(state: ServiceState, nowMs: number) {
  const old = oldStateOf(state);
  const { progress } = state;
  return {
    state: old,
    timestamp: state.sinceMs,
    nextSync: state.paused ? undefined : state.nextRunMs,
    ...previous(state.lastRun),
    ...(old === 'running' ? { progress: progress ? percentOf(progress) : 0, progressMsg: progressWords(state) } : {}),
    ...(old === 'blocked' ? { trustedPhoneNumbers: state.phones.map(({ id, maskedNumber }) => ({ id, maskedNumber })) } : {}),
    service: { schema: SCHEMA, health: healthOf(state, nowMs), ...state, times: timesOf(state) },
  };
}

function oldStateOf({ phase, codeAwaited, need }: ServiceState): OldState {
  if (codeAwaited || phase === 'waiting-for-code') return 'blocked';
  // Nothing can be asked of a service that starts or stops; the older tool had one word for "not now".
  if (phase !== 'idle' && phase !== 'volume-missing') return 'running';
  return need?.code === 'code-needed' ? 'blocked' : 'ready';
}

function previous(run: RunSummary | undefined) {
  if (run === undefined) return {};
  const { trigger, code, message } = run;
  return {
    prevTrigger: trigger === 'sign-in' ? ('auth' as const) : ('sync' as const),
    ...(code === undefined ? {} : { prevError: { message: message ?? handling(code).advice, code } }),
  };
}

/** The same times for people and for programs that do not count in milliseconds. */
function timesOf(state: ServiceState) {
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return {
    since: iso(state.sinceMs),
    started: iso(state.startedAtMs),
    nextRun: iso(state.nextRunMs),
    lastAttempt: iso(state.lastAttemptMs),
    lastSuccess: iso(state.lastSuccessMs),
  };
}
