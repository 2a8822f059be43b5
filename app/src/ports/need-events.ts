import type { Need } from '../domain/service-state.ts';

/**
 * Told when the service needs its owner and when it no longer does: what a notifier listens to. Each need is told once,
 * over restarts too, however many runs meet it; each that was told is followed by one `recovered`.
 */
export interface NeedEvents {
  needed(need: Need): void;
  recovered(need: Need): void;
  /** Apple is expected to ask for a code soon: told at 7, 3 and 1 days. */
  trustEnding(daysLeft: number, sentence: string): void;
}
