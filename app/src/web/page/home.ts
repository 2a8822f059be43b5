import { formatDuration } from '../../domain/format.ts';
import type { RunSummary, ServiceState } from '../../domain/service-state.ts';
import type { Facts } from '../facts.ts';
import { percentOf, progressWords } from '../progress-words.ts';
import { buttons } from './buttons.ts';
import { calendarSection } from './calendar.ts';
import { approvalSteps, codeEntry, needsApproval, needsCode, resendChoices } from './code-entry.ts';
import { coverageSection } from './coverage.ts';
import { firstSteps } from './first-steps.ts';
import { growthSection, runsSection } from './history.ts';
import { holdActions, holdSection } from './hold.ts';
import { type Html, html } from './html.ts';
import { glyph } from './icons.ts';
import { inFlightSection } from './in-flight.ts';
import { type Notice, noticeLine } from './notices.ts';
import { isFresh } from './proven-sentence.ts';
import { isHolding, sentenceOf } from './sentence-of.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { strip } from './strip.ts';
import { upkeepSection } from './upkeep.ts';
import { timeTag } from './when.ts';
import { items } from './words.ts';

export interface HomeView {
  readonly frame: PageFrame;
  readonly state: ServiceState;
  readonly nowMs: number;
  readonly facts: Facts | undefined;
  readonly foot: Foot;
  readonly commands: ReadonlySet<string>;
  readonly notice: Notice | undefined;
}

/** Parts of the page that the stream of events replaces while it is open, by name. */
export type Regions = Readonly<Record<'state' | 'now' | 'detail', string>>;

/** The whole page; it can be read, and codes typed, without any script. */
export function renderHome(view: HomeView): Html {
  const { frame, state, foot, notice } = view;
  const { state: stateRegion, now, detail } = homeRegions(view);
  const { short } = sentence(view);
  // Without a script the page looks again by itself, except while a code may be half typed.
  const refresh = state.codeAwaited
    ? undefined
    : html`<noscript><meta http-equiv="refresh" content="15; url=${frame.basePath}/"></noscript>\n`;
  return renderShell({
    frame,
    title: short,
    place: 'home',
    foot,
    scripts: ['home'],
    ...(refresh && { head: refresh }),
    body: html`${noticeLine(notice?.code ? undefined : notice)}<p class="hear" role="status" id="spoken">${short}</p>
<div id="region-state" data-region="state">
${{ markup: stateRegion }}</div>
<div id="region-now" data-region="now">
${{ markup: now }}</div>
<div id="region-detail" data-region="detail">
${{ markup: detail }}</div>
`,
  });
}

function sentence({ state, nowMs, facts }: HomeView) {
  return sentenceOf(state, nowMs, facts);
}

/** The same parts for a page that is open already. */
export function homeRegions(view: HomeView): Regions {
  return { state: stateRegion(view).markup, now: nowRegion(view)?.markup ?? '', detail: detailRegion(view).markup };
}

function stateRegion(view: HomeView): Html {
  const { frame, state, nowMs, facts, commands, notice } = view;
  const hold = isHolding(state, facts) ? facts?.hold : undefined;
  const { title, lead, tone, glyph: sign } = sentence(view);
  const problem = notice?.code ? notice.text : undefined;
  const canAct = frame.owner && !frame.readOnly;
  const act = hold ? holdActions(hold, frame.basePath, frame.owner, canAct) : canAct ? buttons(state, frame.basePath, commands) : undefined;
  const missing = state.lastRun?.outcome === 'incomplete' && state.phase === 'idle' ? view.foot.problems : 0;
  return html`<section class="state tone-${tone}">
${glyph(sign)}
<div class="state-words">
<h1 class="${tone}">${title}</h1>
<p class="lead">${lead}</p>
${activity(state)}${state.codeAwaited ? codeEntry(frame.basePath, problem) : undefined}${whatToDo(state, nowMs)}${missing > 0 && frame.owner ? html`<p><a href="${frame.basePath}/problems">See the ${items(missing, 'file')}, and why</a></p>\n` : undefined}${act}</div>
</section>
`;
}

/** Changes with every look while files come, so it is apart from all that stays. */
function nowRegion({ frame, state, nowMs }: HomeView): Html | undefined {
  return frame.owner ? inFlightSection(state, nowMs) : undefined;
}

function detailRegion(view: HomeView): Html {
  const { frame, state, nowMs, facts } = view;
  const { basePath, owner } = frame;
  if (needsApproval(state)) return approvalSteps(state);
  const resend = needsCode(state) ? resendChoices(state, basePath) : undefined;
  if (isBeginning(state, facts)) return html`${resend}${firstSteps(state, facts)}`;
  if (facts === undefined) return html`${resend}${plainRuns(state, nowMs)}`;
  if (facts.hold && isHolding(state, facts))
    return html`${owner ? holdSection(facts.hold) : undefined}${section(runsSection(facts.runs, nowMs, basePath, owner))}`;
  const fresh = isFresh(facts.coverage, state, nowMs);
  const isFirst = state.lastSuccessMs === undefined;
  const news =
    owner && facts.newRows.length > 0 && !isFirst
      ? html`<div class="section-head"><h2>New last night</h2><a class="note" href="${basePath}/photos">All photos</a></div>\n${strip(facts.newRows, basePath)}`
      : undefined;
  return html`${resend}<section class="two">
<div>${coverageSection(facts.coverage, nowMs, fresh)}</div>
<div>${upkeepSection(state, facts, nowMs)}</div>
</section>
${section(news)}${isFirst ? undefined : section(calendarSection(facts.nights, nowMs))}<section class="two">
<div>${runsSection(facts.runs, nowMs, basePath, owner) ?? plainRuns(state, nowMs)}</div>
<div>${isFirst ? undefined : growthSection(facts.growth, facts.space?.free, nowMs)}</div>
</section>
`;
}

/** Nothing is stored yet, and no run has come to its end. */
function isBeginning({ lastSuccessMs, lastRun, phase }: ServiceState, facts: Facts | undefined): boolean {
  return lastSuccessMs === undefined && lastRun === undefined && phase !== 'volume-missing' && (facts?.coverage.storedFiles ?? 0) === 0;
}

function section(content: Html | undefined): Html | undefined {
  return content && html`<section>\n${content}</section>\n`;
}

/** What goes on, as a line and a bar. The bar is there only for what it can measure. */
function activity(state: ServiceState): Html | undefined {
  const { phase, progress, codeAwaited } = state;
  if (codeAwaited || (phase !== 'syncing' && phase !== 'signing-in')) return undefined;
  const percent = progress === undefined ? 0 : percentOf(progress);
  const bar = percent > 0 ? html`<progress max="100" value="${percent}" aria-label="Progress">${percent} %</progress>\n` : undefined;
  return html`${bar}<p class="note">${progressWords(state)}</p>\n`;
}

/** Left out while a code is needed: the choices say it, with the command beside them. */
function whatToDo(state: ServiceState, nowMs: number): Html | undefined {
  const { need, phase } = state;
  if (need === undefined || need.code === 'removals-held' || needsCode(state) || phase === 'syncing' || phase === 'signing-in')
    return undefined;
  return html`<div class="to-do">
<h2 class="hear">What to do now</h2>
<p>${need.message}</p>
<p>${need.advice}</p>
<p class="note">Since ${timeTag(need.sinceMs, nowMs)}</p>
</div>
`;
}

const OUTCOMES: Readonly<Record<RunSummary['outcome'], string>> = {
  complete: 'complete',
  incomplete: 'some items are missing',
  failed: 'failed',
  interrupted: 'interrupted',
  'needs-person': 'stopped, it needs you',
};

/** As long as no library can be asked: what the service itself remembers. */
function plainRuns(state: ServiceState, nowMs: number): Html {
  const { lastRun: run, lastSuccessMs, nextRunMs, paused } = state;
  const last =
    run === undefined
      ? 'None yet'
      : html`${timeTag(run.startedAtMs, nowMs)}: ${OUTCOMES[run.outcome]}, after ${formatDuration(run.endedAtMs - run.startedAtMs)}${run.message === undefined ? undefined : html`<br>${run.message}`}`;
  const next = paused ? 'None while paused' : nextRunMs === undefined ? 'Not known yet' : timeTag(nextRunMs, nowMs);
  return html`<section>
<div class="section-head"><h2>Syncs</h2></div>
<dl class="facts">
<div><dt>Last run</dt><dd>${last}</dd></div>
<div><dt>Last good sync</dt><dd>${lastSuccessMs === undefined ? 'None yet' : timeTag(lastSuccessMs, nowMs)}</dd></div>
<div><dt>Next run</dt><dd>${next}</dd></div>
</dl>
</section>
`;
}
