import { type Html, html } from './html.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { items } from './words.ts';

/** One setting as it may be shown: a secret only says whether it is set. */
export interface ShownSetting {
  readonly group: string;
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

export interface SettingsView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly settings: readonly ShownSetting[];
}

export function renderSettings({ frame, foot, settings }: SettingsView): Html {
  const groups = [...Map.groupBy(settings, ({ group }) => group)];
  return renderShell({
    frame,
    foot,
    title: 'Settings',
    place: 'settings',
    scripts: ['push'],
    body: html`<h1>Settings</h1>
<p class="lead">Read only. Change a value in your compose file and start the container again. Secrets are never shown.</p>
<div id="push" hidden><div class="row actions"><button type="button" id="push-button">Notify me in this browser</button></div><p class="note" id="push-says" role="status"></p></div>
${groups.map(
  ([group, inside], index) => html`<section>
<h2 id="group-${index}">${group}</h2>
${table(
  inside.filter(({ from }) => from !== 'default'),
  index,
)}${defaults(
  inside.filter(({ from }) => from === 'default'),
  index,
)}</section>
`,
)}`,
  });
}

/** What nobody has set is there for those who look for it. */
function defaults(settings: readonly ShownSetting[], index: number): Html | undefined {
  if (settings.length === 0) return undefined;
  return html`<details><summary>${items(settings.length, 'setting')} at ${settings.length === 1 ? 'its default' : 'their defaults'}</summary>${table(settings, index)}</details>
`;
}

function table(settings: readonly ShownSetting[], index: number): Html | undefined {
  if (settings.length === 0) return undefined;
  return html`<table class="settings" aria-labelledby="group-${index}"><thead class="hear"><tr><th>Name</th><th>Value</th><th>From</th></tr></thead><tbody>
${settings.map(
  ({ name, value, from }) =>
    html`<tr><th scope="row"><code>${name}</code></th><td><code>${value === '' ? '–' : value}</code></td><td class="note">${from}</td></tr>\n`,
)}</tbody></table>
`;
}
