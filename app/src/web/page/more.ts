import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { items } from './words.ts';

/** What does not fit into the bar of a phone. */
export function renderMore({ frame, foot }: { readonly frame: PageFrame; readonly foot: Foot }): Html {
  const row = (path: string, sign: IconName, label: string, note = '') =>
    html`<li><a href="${frame.basePath}/${path}">${icon(sign)}<span><span>${label}</span>${note === '' ? undefined : html`<span class="note">${note}</span>`}</span>${icon('chevron')}</a></li>
`;
  return renderShell({
    frame,
    foot,
    title: 'More',
    place: 'more',
    body: html`<h1>More</h1>
<ul class="more">
${row('problems', 'problems', 'Problems', foot.problems === 0 ? 'None' : items(foot.problems, 'file'))}${row('offsite', 'offsite', 'Off-site')}${row('trash', 'trash', 'Trash')}${row('log', 'log', 'Log')}${row('settings', 'settings', 'Settings')}</ul>
<p class="note">${foot.next}</p>
<button type="button" class="quiet appearance" data-appearance hidden>${icon('sun')}<span>Appearance</span></button>
${frame.canLogOut ? html`<form method="post" action="${frame.basePath}/lock"><button class="quiet">Log out</button></form>\n` : undefined}`,
  });
}
