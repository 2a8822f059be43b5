import { formatCount } from '../../domain/format.ts';
import type { RunCounts, RunReport } from '../../domain/run-report.ts';
import { type Html, html } from './html.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { formatTime, formatWhen } from './when.ts';
import { duration, items, size } from './words.ts';

export interface RunView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly nowMs: number;
  readonly report: RunReport;
  /** Its lines of the log, as far back as the log is shown. */
  readonly lines: readonly string[];
}

const ENDED: Readonly<Record<RunReport['outcome'], string>> = {
  complete: 'Ended well',
  incomplete: 'Ended, and some items are missing',
  failed: 'Did not finish',
  interrupted: 'Was stopped before its end',
  'needs-person': 'Stopped, because it needed you',
};
const COUNTS: readonly (readonly [keyof RunCounts, string])[] = [
  ['listed', 'Items compared'],
  ['downloaded', 'New files'],
  ['replaced', 'New versions, the older ones are in the Trash'],
  ['reused', 'Files found on this disk'],
  ['removed', 'Items moved to the Trash'],
  ['held', 'Items held back'],
  ['moved', 'Files given another folder'],
  ['links', 'Album links made'],
  ['unconfirmed', 'Files that Apple’s checksum disagrees with'],
  ['missing', 'Files still missing'],
];

/** One run of the past: what it did, and what it could not do. */
export function renderRun({ frame, foot, nowMs, report, lines }: RunView): Html {
  const { command, startedAtMs, endedAtMs, outcome, counts, problems, notices } = report;
  const when = formatWhen(startedAtMs, nowMs);
  const what = command === 'sync' ? 'Run' : command.charAt(0).toUpperCase() + command.slice(1);
  const figures = COUNTS.filter(([key]) => counts[key] > 0);
  return renderShell({
    frame,
    foot,
    title: `${what} of ${when}`,
    place: 'log',
    body: html`<p class="note"><a href="${frame.basePath}/log">Log</a></p><h1>${what} of ${when}</h1>
<p class="lead">${ENDED[outcome]} at ${formatTime(endedAtMs)}, after ${duration(endedAtMs - startedAtMs)}.</p>
${
  figures.length === 0
    ? html`<p class="lead">Nothing had changed.</p>\n`
    : html`<section><h2 id="did">What it did</h2>
<table class="figures" aria-labelledby="did"><thead class="hear"><tr><th scope="col">What</th><th scope="col">How many</th></tr></thead><tbody>
${figures.map(([key, label]) => html`<tr><th scope="row">${label}</th><td>${formatCount(counts[key])}${key === 'downloaded' ? `, ${size(counts.downloadedBytes)}` : ''}</td></tr>\n`)}</tbody></table></section>
`
}${problems.map(
  ({ code, count, examples, advice }) => html`<section><h2>${items(count, 'problem')}: <code>${code}</code></h2>
<p>${advice}</p>
<ul class="plain-list">${examples.map((example) => html`<li>${example}</li>\n`)}</ul>
${count > examples.length ? html`<p class="note">And ${items(count - examples.length, 'more', 'more')}.</p>\n` : undefined}</section>
`,
)}${notices.length === 0 ? undefined : html`<section><h2>Worth knowing</h2><ul class="plain-list">${notices.map((notice) => html`<li>${notice}</li>\n`)}</ul></section>\n`}<section>
<h2 id="lines">Log of this run</h2>
${
  lines.length === 0
    ? html`<p class="note">Its lines are too old to be shown here; they may still be in the log file.</p>\n`
    : html`<pre class="log" tabindex="0" role="region" aria-labelledby="lines">${lines.join('\n')}</pre>\n`
}</section>
`,
  });
}

/** Lines begin with their moment, or belong to the line before. */
export function linesBetween(tail: string, fromMs: number, toMs: number): string[] {
  let isInside = false;
  return tail.split('\n').filter((line) => {
    const ms = Date.parse(/^\S{10,35}/.exec(line)?.[0] ?? '');
    if (!Number.isNaN(ms)) isInside = ms >= fromMs && ms <= toMs;
    return isInside && line !== '';
  });
}
