import { formatCount } from '../../domain/format.ts';
import type { TargetState } from '../../domain/offsite.ts';
import type { ServiceState } from '../../domain/service-state.ts';
import { type Html, html } from './html.ts';
import { type Notice, noticeLine } from './notices.ts';
import { offsiteOf } from './offsite-words.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { formatWhen } from './when.ts';
import { ago, items, size } from './words.ts';

export interface OffsiteView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly nowMs: number;
  readonly state: ServiceState;
  readonly commands: ReadonlySet<string>;
  readonly notice: Notice | undefined;
}

/** The second copy: how old, checked when, and whether files came back from it. */
export function renderOffsite({ frame, foot, nowMs, state, commands, notice }: OffsiteView): Html {
  const targets = offsiteOf(state)?.targets ?? [];
  const newest = targets.map(({ lastSnapshotMs }) => lastSnapshotMs ?? 0).reduce((a, b) => Math.max(a, b), 0);
  const lead =
    targets.length === 0
      ? html`<p class="lead">No second copy yet. A fire or a thief would take both disk and backup.</p>
<p class="note">The settings whose names begin with <code>OFFSITE_</code> add one.</p>
`
      : html`<p class="lead">Encrypted and versioned, made after each good sync.${newest > 0 ? ` The last one was made ${ago(nowMs - newest)}.` : ''}</p>\n`;
  return renderShell({
    frame,
    foot,
    title: 'Off-site',
    place: 'offsite',
    scripts: ['offsite'],
    body: html`${noticeLine(notice)}<div class="page-head"><div><h1>Off-site copy</h1>
${lead}</div>${targets.length > 0 && !frame.readOnly ? actions(frame.basePath, commands) : undefined}</div>
<div class="two even">${targets.map((target) => targetSection(target, nowMs))}</div>
${targets.length > 0 && commands.has('off-site snapshots') && !frame.readOnly ? SNAPSHOTS : undefined}`,
  });
}

function actions(basePath: string, commands: ReadonlySet<string>): Html {
  const form = (command: string, label: string) =>
    commands.has(command)
      ? html`<form method="post" action="${basePath}/act"><input type="hidden" name="command" value="${command}"><input type="hidden" name="back" value="offsite"><button>${label}</button></form>`
      : undefined;
  return html`<div class="row">${form('off-site run', 'Copy now')}${form('off-site check', 'Check')}${form('off-site drill', 'Run a drill')}</div>`;
}

/** Asking the targets takes a while and costs traffic, so it waits for a wish; a script fills this in. */
const SNAPSHOTS: Html = html`<section>
<div class="section-head"><h2>Snapshots</h2><button type="button" id="snapshots-show" hidden>Show them</button></div>
<p class="note" id="snapshots-say" role="status">From a shell: <code>off-site snapshots</code>, <code>off-site restore</code></p>
<div id="snapshots-list"></div>
</section>
`;

function targetSection(target: TargetState, nowMs: number): Html {
  const { name, engine, lastSnapshotMs, snapshots, storedBytes, files, lastCheck, lastDrill, problem } = target;
  const work = (last: TargetState['lastCheck']) =>
    last === undefined
      ? 'Not yet'
      : html`<span class="${last.ok ? '' : 'amber'}">${last.message}</span><p class="note">${formatWhen(last.atMs, nowMs)}</p>`;
  const kept = [
    ...(snapshots === undefined ? [] : [items(snapshots, 'snapshot')]),
    ...(storedBytes === undefined ? [] : [`${size(storedBytes)} on target`]),
    ...(files === undefined ? [] : [`${formatCount(files)} files`]),
  ].join(', ');
  const state =
    problem !== undefined
      ? html`<p class="says amber">${problem.message}</p><p class="note">${problem.advice}</p>`
      : lastSnapshotMs === undefined
        ? html`<p class="says amber">No snapshot yet</p>`
        : html`<p class="says good">Snapshot ${ago(nowMs - lastSnapshotMs)}</p><p class="note">${formatWhen(lastSnapshotMs, nowMs)}</p>`;
  return html`<section>
<div class="section-head"><h2>${name}</h2><span class="tag">${engine}</span></div>
<dl class="upkeep">
<div><dt>State</dt><dd>${state}</dd></div>
<div><dt>Keeps</dt><dd>${kept === '' ? 'Not known yet' : kept}</dd></div>
<div><dt>Checked</dt><dd>${work(lastCheck)}</dd></div>
<div><dt>Drill</dt><dd>${work(lastDrill)}</dd></div>
<div><dt>Where</dt><dd><code>${target.repository}</code></dd></div>
</dl>
</section>
`;
}
