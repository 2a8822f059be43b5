import type { RunReport } from '../domain/run-report.ts';
import type { Phase, Trigger } from '../domain/service-state.ts';

/** How runs go, for whoever watches. Both calls return at once and never throw: a run does not wait for its audience. */
export interface RunEvents {
  entered(phase: Phase, trigger: Trigger | undefined): void;
  /** A sync is over; the state of the service says so already. */
  ended(report: RunReport, trigger: Trigger): void;
}
