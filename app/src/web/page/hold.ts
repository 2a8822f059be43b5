import { formatCount } from '../../domain/format.ts';
import type { Hold } from '../library-answers.ts';
import { type Html, html } from './html.ts';
import { strip } from './strip.ts';

/** Enough to recognise what it is about. */
const PICTURES = 7;

/** The choice that loses nothing comes first. */
export function holdActions({ items, shown }: Hold, basePath: string, owner: boolean, canAct: boolean): Html {
  const rows = owner ? shown.flatMap(({ row }) => row ?? []).slice(0, PICTURES) : [];
  const look = owner ? html`<a class="button quiet" href="${basePath}/hold">Look through them</a>\n` : undefined;
  return html`${rows.length > 0 ? strip(rows, basePath, items - rows.length) : undefined}<div class="row actions">
${canAct ? holdForms(items, basePath) : undefined}${look}</div>
`;
}

export function holdForms(items: number, basePath: string): Html {
  const form = (command: string, label: string, kind: string) =>
    html`<form method="post" action="${basePath}/act"><input type="hidden" name="command" value="${command}"><button class="${kind}">${label}</button></form>\n`;
  return html`${form('hold keep', `Keep all ${formatCount(items)}`, 'main')}${form('hold trash', 'Move them to Trash', 'other')}`;
}

/** Where they lie, by folder, and what each choice leads to. */
export function holdSection({ shown, items }: Hold): Html {
  const folders = [...Map.groupBy(shown, ({ path }) => path.slice(0, path.lastIndexOf('/')))].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const more = items - shown.length;
  return html`<section class="two">
<div><div class="section-head"><h2 id="from">Where they lie</h2></div>
<table class="figures" aria-labelledby="from"><thead><tr><th scope="col">Folder</th><th scope="col">Held back</th></tr></thead>
<tbody>
${folders.slice(0, 8).map(([folder, inside]) => html`<tr><th scope="row">${folder}</th><td>${formatCount(inside.length)}</td></tr>\n`)}${
  more > 0 ? html`<tr><th scope="row">Elsewhere</th><td>${formatCount(more)}</td></tr>\n` : undefined
}</tbody><tfoot><tr><th scope="row">All</th><td>${formatCount(items)}</td></tr></tfoot></table>
</div>
<div><div class="section-head"><h2>What each choice does</h2></div>
<dl class="upkeep">
<div><dt>Keep</dt><dd><p class="says">They stay where they are, marked “only here”.</p><p class="note">iCloud is not changed. You can move them to Trash later.</p></dd></div>
<div><dt>Trash</dt><dd><p class="says">They move to the Trash.</p><p class="note">They can be restored from there until the Trash lets them go.</p></dd></div>
<div><dt>Nothing</dt><dd><p class="says">The hold stays. New photos keep syncing.</p><p class="note">We ask again after the next full comparison.</p></dd></div>
</dl></div>
</section>
`;
}
