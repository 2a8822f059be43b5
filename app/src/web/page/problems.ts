import type { ProblemCode } from '../../domain/problem.ts';
import { handling } from '../../domain/problem.ts';
import { SET_ASIDE_AFTER } from '../../domain/todo-wish.ts';
import type { ProblemRow } from '../../ports/browse.ts';
import { type Html, html } from './html.ts';
import { type Notice, noticeLine } from './notices.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { thumb } from './strip.ts';
import { formatDay, formatWhen } from './when.ts';
import { items, size } from './words.ts';

export const REASONS: Readonly<Partial<Record<ProblemCode, string>>> = {
  'not-uploaded-yet': 'iCloud has no file for it',
  'gone-from-icloud': 'iCloud has no file for it any more',
  'transfer-failed': 'The download ends too early',
  'content-mismatch': 'The bytes do not match',
  'path-occupied': 'The name is taken here',
  'file-too-large': 'This volume cannot hold the file',
  'half-a-record': 'iCloud shows only half of it',
};

export interface ProblemsView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly nowMs: number;
  readonly rows: readonly ProblemRow[];
  /** The service takes `retry` from whoever looks. */
  readonly canRetry: boolean;
  readonly notice: Notice | undefined;
}

/** What is incomplete, why, and when it is tried again; one heading for each reason. */
export function renderProblems({ frame, foot, nowMs, rows, canRetry, notice }: ProblemsView): Html {
  const count = new Set(rows.map(({ row }) => row)).size;
  const groups = [...Map.groupBy(rows, ({ code }) => code)];
  const retry = canRetry ? retryForm(frame.basePath, undefined, html`<button class="main">Try all now</button>`) : undefined;
  const csv = html`<a class="note" href="${frame.basePath}/problems.csv">As a table (CSV)</a>`;
  const head =
    rows.length === 0
      ? html`<h1>Problems</h1><p class="lead">Nothing is missing. Every item in iCloud that was listed is on this disk, whole.</p>\n`
      : html`<h1>${items(count)} ${count === 1 ? 'is' : 'are'} incomplete</h1>
<p class="lead">They stay on this list until they are whole. Nothing already stored was touched.</p>
<div class="row actions">${retry}${csv}</div>
`;
  return renderShell({
    frame,
    foot,
    title: 'Problems',
    place: 'problems',
    body: html`${noticeLine(notice)}${head}${groups.map(
      ([code, inside]) => html`<section>
<h2>${REASONS[code] ?? 'It could not be stored'}</h2>
<p class="note">${handling(code).advice}</p>
<ul class="rows">${inside.map((row) => entry(row, frame.basePath, nowMs, canRetry))}</ul>
</section>
`,
    )}`,
  });
}

function entry(
  { row, path, name, kind, bytes, message, sinceMs, attempts, nextTryMs }: ProblemRow,
  basePath: string,
  nowMs: number,
  canRetry: boolean,
): Html {
  const missing = `Missing: ${kind.replace('other:', '')}${bytes > 0 ? `, ${size(bytes)}` : ''}. Since ${formatDay(sinceMs, nowMs)}, ${items(attempts, 'try', 'tries')}.`;
  const next =
    attempts >= SET_ASIDE_AFTER
      ? html` <b class="amber">Set aside:</b> only the weekly full comparison and “Try again” look at it.`
      : nextTryMs === undefined || nextTryMs <= nowMs
        ? html` Next: with the next sync`
        : html` Next: ${formatWhen(nextTryMs, nowMs)}`;
  const again = canRetry ? retryForm(basePath, path, html`<button aria-label="Try again: ${name}">Try again</button>`) : undefined;
  return html`<li><span class="row-picture">${thumb(row, basePath)}</span><div><p>${name}</p><p class="says">${message}</p><p class="note">${missing}${next}</p></div>${again}</li>
`;
}

/** `path` undefined: everything that has failed. */
function retryForm(basePath: string, path: string | undefined, button: Html): Html {
  const named = path === undefined ? undefined : html`<input type="hidden" name="path" value="${path}">`;
  return html`<form method="post" action="${basePath}/act"><input type="hidden" name="command" value="retry"><input type="hidden" name="back" value="problems">${named}${button}</form>`;
}
