import type { ServiceState } from '../domain/service-state.ts';

/** Why the service refuses a sync or a sign-in at this moment. */
export function whyNotNow({ phase, codeAwaited }: ServiceState): string {
  if (codeAwaited) return 'Not ready: Apple waits for a sign-in code';
  if (phase === 'volume-missing') return 'Not ready: the library folder is not there';
  if (phase === 'starting' || phase === 'stopping') return `Not ready: the service is ${phase}`;
  return 'Not ready: a run is under way';
}
