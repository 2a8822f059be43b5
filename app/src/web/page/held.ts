import { formatCount } from '../../domain/format.ts';
import type { Hold } from '../library-answers.ts';
import { holdForms } from './hold.ts';
import { type Html, html } from './html.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { thumb } from './strip.ts';
import { items } from './words.ts';

export interface HeldView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  /** Undefined: nothing is held, or it cannot be asked for at the moment. */
  readonly hold: Hold | undefined;
  readonly canAct: boolean;
}

/** More pictures are no document any more. */
const MOST_SHOWN = 2000;

/** Everything that the brake holds, to be looked through before somebody decides. */
export function renderHeld({ frame, foot, hold, canAct }: HeldView): Html {
  const { basePath } = frame;
  const shown = hold?.shown.slice(0, MOST_SHOWN) ?? [];
  const folders = [...Map.groupBy(shown, ({ path }) => path.slice(0, path.lastIndexOf('/')))].toSorted(([a], [b]) => (a < b ? 1 : -1));
  const body =
    hold === undefined
      ? html`<h1>Nothing is on hold</h1>
<p class="lead">No removal waits for your word.</p>
<p><a class="button" href="${basePath}/">Home</a></p>
`
      : html`<p class="note"><a href="${basePath}/">Home</a></p><h1>${hold.items === 1 ? '1 removal is on hold' : `${formatCount(hold.items)} removals are on hold`}</h1>
<p class="lead">These are the items that iCloud no longer lists. All of them still lie in their folders here; nothing was removed.</p>
${canAct ? html`<div class="row actions">\n${holdForms(hold.items, basePath)}</div>\n` : undefined}${folders.map(
  ([folder, inside]) => html`<section>
<div class="section-head"><h2>${folder}</h2><p class="note">${items(inside.length)}</p></div>
<ul class="held">${inside.map((one) => tile(one, basePath))}</ul>
</section>
`,
)}${hold.items > shown.length ? html`<p class="note">And ${items(hold.items - shown.length, 'more item')}: <code>hold show --all</code></p>\n` : undefined}`;
  return renderShell({ frame, foot, title: 'On hold', place: 'home', body });
}

function tile({ path, because, row }: Hold['shown'][number], basePath: string): Html {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const inside = html`<span class="row-picture">${row === undefined ? undefined : thumb(row, basePath)}</span><span class="held-name">${name}</span><span class="note">${because}</span>`;
  return row === undefined ? html`<li>${inside}</li>\n` : html`<li><a href="${basePath}/photos/${row}">${inside}</a></li>\n`;
}
