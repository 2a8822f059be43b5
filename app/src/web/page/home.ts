import { formatDuration } from '../../domain/format.ts';
import type { RunSummary, ServiceState } from '../../domain/service-state.ts';
import { trustSentence } from '../../domain/trust-forecast.ts';
import { percentOf, progressWords } from '../progress-words.ts';
import { buttons } from './buttons.ts';
import { codeEntry, needsCode, resendChoices } from './code-entry.ts';
import { type Html, html } from './html.ts';
import type { Notice } from './notices.ts';
import { sentenceOf } from './sentence-of.ts';
import { formatTime, timeTag } from './when.ts';

export interface HomeView {
  readonly state: ServiceState;
  readonly nowMs: number;
  readonly basePath: string;
  /** With a login; without one the page only shows. */
  readonly owner: boolean;
  readonly notice: Notice | undefined;
}

const REFRESH_S = 15;

/** The whole page. It needs no script: it reloads itself, except while a code may be half typed. */
export function renderHome({ state, nowMs, basePath, owner, notice }: HomeView): Html {
  const { short, title, lead, tone } = sentenceOf(state, nowMs);
  const refresh = state.codeAwaited ? undefined : html`<meta http-equiv="refresh" content="${REFRESH_S}; url=${basePath}/">\n`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
${refresh}<title>${short} · Photos Sync</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${basePath}/style.css">
</head>
<body>
<main>
${notice && html`<p class="notice${notice.bad ? ' bad' : ''}" role="${notice.bad ? 'alert' : 'status'}">${notice.text}</p>\n`}<div role="status">
<h1 class="${tone}">${title}</h1>
<p class="lead">${lead}</p>
${activity(state)}</div>
${whatToDo(state)}${state.codeAwaited ? codeEntry(basePath) : undefined}${needsCode(state) ? resendChoices(state, basePath) : undefined}${owner ? buttons(state, basePath) : undefined}<section>
<h2>Syncs</h2>
<dl>
<dt>Last run</dt><dd>${lastRun(state.lastRun, nowMs)}</dd>
<dt>Last good sync</dt><dd>${state.lastSuccessMs === undefined ? 'None yet' : timeTag(state.lastSuccessMs, nowMs)}</dd>
<dt>Next run</dt><dd>${nextRun(state, nowMs)}</dd>
${state.trustDaysLeft === undefined ? undefined : html`<dt>Sign-in</dt><dd>${trustSentence({ daysLeft: state.trustDaysLeft })}</dd>\n`}</dl>
</section>
</main>
<footer><p>As of ${formatTime(nowMs)}.${state.codeAwaited ? ' This page does not reload itself while a code can be typed.' : ''}${
    owner ? '' : ' Read-only page: set WEB_PASSWORD to start and pause syncs here.'
  }</p></footer>
</body>
</html>
`;
}

/** What goes on, as a line and a bar. The bar is there only for what it can measure. */
function activity(state: ServiceState): Html | undefined {
  const { phase, progress, codeAwaited } = state;
  if (codeAwaited || (phase !== 'syncing' && phase !== 'signing-in')) return undefined;
  const percent = progress === undefined ? 0 : percentOf(progress);
  const bar = percent > 0 ? html`<progress max="100" value="${percent}" aria-label="Progress">${percent} %</progress>\n` : undefined;
  return html`<p>${progressWords(state)}</p>\n${bar}`;
}

/** Left out while a code is needed: the choices say it, with the command beside them. */
function whatToDo(state: ServiceState): Html | undefined {
  const { need, phase } = state;
  if (need === undefined || needsCode(state) || phase === 'syncing' || phase === 'signing-in') return undefined;
  return html`<section>
<h2>What to do now</h2>
<p>${need.message}</p>
<p>${need.advice}</p>
</section>
`;
}

const OUTCOMES: Readonly<Record<RunSummary['outcome'], string>> = {
  complete: 'complete',
  incomplete: 'some items are missing',
  failed: 'failed',
  interrupted: 'interrupted',
  'needs-person': 'stopped, it needs you',
};

function lastRun(run: RunSummary | undefined, nowMs: number): Html | string {
  if (run === undefined) return 'None yet';
  const words = `${OUTCOMES[run.outcome]}, after ${formatDuration(run.endedAtMs - run.startedAtMs)}`;
  return html`${timeTag(run.startedAtMs, nowMs)}: ${words}${run.message === undefined ? undefined : html`<br>${run.message}`}`;
}

function nextRun({ paused, nextRunMs }: ServiceState, nowMs: number): Html | string {
  if (paused) return 'None while paused';
  return nextRunMs === undefined ? 'Not known yet' : timeTag(nextRunMs, nowMs);
}
