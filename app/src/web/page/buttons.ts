import type { ServiceState } from '../../domain/service-state.ts';
import { needsCode } from './code-entry.ts';
import { type Html, html } from './html.ts';

/** What the owner can do now, the main thing first. Nothing is offered that would be refused. */
export function buttons(state: ServiceState, basePath: string): Html | undefined {
  const offered = offers(state);
  if (offered.length === 0) return undefined;
  const forms = offered.map(
    ([path, label], index) =>
      html`<form method="post" action="${basePath}/${path}"><button class="${index === 0 && !needsCode(state) ? 'main' : 'other'}">${label}</button></form>\n`,
  );
  return html`<div class="row">
${forms}</div>
`;
}

type Offer = readonly [path: 'sync' | 'pause' | 'resume', label: string];

const RESTING: ReadonlySet<ServiceState['phase']> = new Set(['idle', 'waiting-for-code']);

function offers(state: ServiceState): readonly Offer[] {
  const { phase, need, paused } = state;
  if (phase === 'starting' || phase === 'stopping') return [];
  const schedule: Offer = paused ? ['resume', 'Go on'] : ['pause', 'Pause'];
  // While a code is needed the way on is the code, not another attempt.
  if (needsCode(state) || !RESTING.has(phase)) return [schedule];
  const again = need?.code === 'approval-needed' ? 'Ask again' : 'Try now';
  return paused ? [schedule, ['sync', 'Sync now']] : [['sync', need === undefined ? 'Sync now' : again], schedule];
}
