import type { RunRow } from '../../ports/browse.ts';
import { runWords } from './history.ts';
import { type Html, html } from './html.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { timeTag } from './when.ts';
import { duration } from './words.ts';

export interface LogView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly nowMs: number;
  readonly runs: readonly RunRow[];
  /** The end of the log file, secrets already taken out. */
  readonly tail: string;
}

/** Runs, newest first, and the last lines of the log. */
export function renderLog({ frame, foot, nowMs, runs, tail }: LogView): Html {
  const lines = tail.split('\n').slice(-400).join('\n').trim();
  return renderShell({
    frame,
    foot,
    title: 'Log',
    place: 'log',
    body: html`<h1>Log</h1>
${runs.length === 0 ? html`<p class="lead">No runs yet.</p>\n` : undefined}<section>
<h2 id="lines">Last lines</h2>
<pre class="log" tabindex="0" role="region" aria-labelledby="lines">${lines === '' ? 'The log is empty.' : lines}</pre>
</section>
${
  runs.length === 0
    ? undefined
    : html`<section><h2 id="runs">Runs</h2>
<table class="runs" aria-labelledby="runs"><thead class="hear"><tr><th>When</th><th>What</th><th>Took</th></tr></thead><tbody>
${runs.map((run) => html`<tr><th scope="row"><a href="${frame.basePath}/log/${run.id}">${timeTag(run.startedAtMs, nowMs)}</a></th><td>${runWords(run)}${run.code === undefined ? '' : ` (${run.code})`}</td><td>${run.endedAtMs === undefined ? '' : duration(run.endedAtMs - run.startedAtMs)}</td></tr>\n`)}</tbody></table></section>
`
}`,
  });
}
