import { NO_COUNTS, type RunCounts } from '../../../src/domain/run-report.ts';
import type { Need, Progress, RunSummary, ServiceState } from '../../../src/domain/service-state.ts';
import type { Service } from '../../../src/ports/service.ts';

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
/** Local time, because the page speaks in the time zone of the container. */
export const NOW = new Date(2026, 10, 20, 9, 40).getTime();
export const LAST_NIGHT = new Date(2026, 10, 20, 2, 0).getTime();
export const TONIGHT = new Date(2026, 10, 21, 2, 0).getTime();

export const GOOD_RUN: RunSummary = {
  trigger: 'schedule',
  startedAtMs: LAST_NIGHT,
  endedAtMs: LAST_NIGHT + 4 * MINUTE_MS,
  outcome: 'complete',
  message: undefined,
  code: undefined,
};

/** A service that did well last night; `change` makes it another one. */
export function stateWith(change: Partial<ServiceState> = {}): ServiceState {
  return {
    phase: 'idle',
    sinceMs: LAST_NIGHT + 4 * MINUTE_MS,
    paused: false,
    codeAwaited: false,
    phones: [],
    trigger: undefined,
    progress: undefined,
    nextRunMs: TONIGHT,
    periodMs: DAY_MS,
    startedAtMs: NOW - 30 * DAY_MS,
    lastAttemptMs: LAST_NIGHT,
    lastSuccessMs: GOOD_RUN.endedAtMs,
    lastRun: GOOD_RUN,
    need: undefined,
    ...change,
  };
}

export const CODE_NEED: Need = { code: 'code-needed', message: 'Apple wants a code.', advice: 'Bring it.', sinceMs: LAST_NIGHT };

/** An open sign-in waits; Apple sent the code two minutes ago. */
export const CODE_AWAITED: Partial<ServiceState> = {
  phase: 'waiting-for-code',
  sinceMs: NOW - 2 * MINUTE_MS,
  codeAwaited: true,
  phones: [
    { id: 3, maskedNumber: '••• •••84' },
    { id: 7, maskedNumber: '••• •••12' },
  ],
};

export function progressWith(counts: Partial<RunCounts>, change: Partial<Progress> = {}): Progress {
  return {
    counts: { ...NO_COUNTS, ...counts },
    expectedItems: undefined,
    missingFiles: 0,
    missingBytes: 0,
    bytesPerSecond: 0,
    remainingMs: undefined,
    ...change,
  };
}

/** A service whose state the test sets, and which remembers what was asked of it. */
export function fakeService(change: Partial<ServiceState> = {}, willing = true) {
  const asked: string[] = [];
  const current = { state: stateWith(change) };
  const request = (what: string) => () => {
    if (willing) asked.push(what);
    return willing;
  };
  const service: Service = {
    state: () => current.state,
    requestSync: request('sync'),
    requestSignIn: request('sign-in'),
    pause: async () => void asked.push('pause'),
    resume: async () => void asked.push('resume'),
    command: async (name) => {
      asked.push(name);
      return { exitCode: 0, out: '{}', err: '' };
    },
  };
  return { service, asked, current };
}
