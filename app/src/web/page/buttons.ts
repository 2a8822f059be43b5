import type { ServiceState } from '../../domain/service-state.ts';
import { needsCode } from './code-entry.ts';
import { type Html, html } from './html.ts';

/** What the owner can do now, the main thing first. Nothing is offered that would be refused. */
export function buttons(state: ServiceState, basePath: string, commands: ReadonlySet<string>): Html | undefined {
  const offered = offers(state, commands);
  if (offered.length === 0) return undefined;
  const forms = offered.map((offer, index) => {
    const { path, label, command } = offer;
    const named = command && html`<input type="hidden" name="command" value="${command}">`;
    return html`<form method="post" action="${basePath}/${path}">${named}<button class="${kindOf(offer, index, state)}">${label}</button></form>\n`;
  });
  return html`<div class="row actions">
${forms}</div>
`;
}

/** One main button at most, and never one that only stops what is well. */
function kindOf({ path }: Offer, index: number, state: ServiceState): 'main' | 'other' | 'quiet' {
  if (needsCode(state)) return 'quiet';
  if (index === 0 && path !== 'pause') return 'main';
  return path === 'pause' && index > 0 ? 'quiet' : 'other';
}

interface Offer {
  readonly path: 'sync' | 'pause' | 'resume' | 'act';
  readonly label: string;
  readonly command?: string;
}

const RESTING: ReadonlySet<ServiceState['phase']> = new Set(['idle', 'waiting-for-code']);

function offers(state: ServiceState, commands: ReadonlySet<string>): readonly Offer[] {
  const { phase, need, paused, lastSuccessMs } = state;
  if (phase === 'starting' || phase === 'stopping') return [];
  const schedule: Offer = paused ? { path: 'resume', label: 'Go on' } : { path: 'pause', label: 'Pause' };
  // While a code is needed the way on is the code, not another attempt.
  if (needsCode(state) || !RESTING.has(phase)) return [schedule];
  const again = need?.code === 'approval-needed' ? 'Ask again' : 'Try now';
  const verify: readonly Offer[] =
    commands.has('verify') && need === undefined && lastSuccessMs !== undefined
      ? [{ path: 'act', label: 'Verify files', command: 'verify' }]
      : [];
  const sync: Offer = { path: 'sync', label: need === undefined ? 'Sync now' : again };
  return paused ? [schedule, { ...sync, label: 'Sync now' }] : [sync, ...verify, schedule];
}
