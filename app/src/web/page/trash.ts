import type { Trash, TrashEntry } from '../library-answers.ts';
import { type Html, html } from './html.ts';
import { type Notice, noticeLine } from './notices.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { formatDay } from './when.ts';
import { items, size } from './words.ts';

export interface TrashView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly nowMs: number;
  /** Undefined: it cannot be listed at the moment. */
  readonly trash: Trash | undefined;
  /** Infinity: until somebody empties it. */
  readonly trashDays: number;
  readonly notice: Notice | undefined;
}

const DAY_MS = 86_400_000;

/** What a sync took out, by day, with the day on which it leaves for good. */
export function renderTrash(view: TrashView): Html {
  const { frame, foot, nowMs, trash, trashDays, notice } = view;
  const kept = Number.isFinite(trashDays) ? `Kept for ${trashDays} days, then removed for good.` : 'Kept until you empty it.';
  const lead =
    trash === undefined
      ? html`<p class="lead">What is deleted in iCloud goes to the folder <code>_Trash</code> of your library first. It cannot be listed at the moment.</p>\n`
      : trash.files === 0
        ? html`<p class="lead">The Trash is empty. What is deleted in iCloud comes here first. ${kept}</p>\n`
        : html`<p class="lead">${items(trash.files, 'file')}, ${size(trash.bytes)}. What a sync took out because it was deleted or replaced in iCloud. ${kept}</p>\n`;
  const days = [...Map.groupBy(trash?.shown ?? [], ({ trashedAtMs }) => formatDay(trashedAtMs, nowMs))];
  return renderShell({
    frame,
    foot,
    title: 'Trash',
    place: 'trash',
    body: html`${noticeLine(notice)}<h1>Trash</h1>
${lead}${days.map(([day, inside]) => section(day, inside, view))}`,
  });
}

const WHY: Readonly<Record<string, string>> = {
  'gone-from-icloud': 'gone from iCloud',
  superseded: 'an older version',
  damaged: 'damaged on this disk',
};

function section(day: string, entries: readonly TrashEntry[], { frame, nowMs, trashDays }: TrashView): Html {
  const [first] = entries;
  const leaves =
    first === undefined || !Number.isFinite(trashDays)
      ? undefined
      : html`<p class="note">leaves ${formatDay(first.trashedAtMs + trashDays * DAY_MS, nowMs)}</p>`;
  return html`<section>
<div class="section-head"><h2>${day.charAt(0).toUpperCase() + day.slice(1)}</h2>${leaves}</div>
<ul class="rows">${entries.map((entry) => row(entry, frame))}</ul>
</section>
`;
}

function row({ path, from, because, bytes, checksum }: TrashEntry, { basePath, readOnly }: PageFrame): Html {
  const name = from.slice(from.lastIndexOf('/') + 1);
  const restore = readOnly
    ? undefined
    : html`<form method="post" action="${basePath}/act"><input type="hidden" name="command" value="trash restore"><input type="hidden" name="back" value="trash"><input type="hidden" name="path" value="${path}"><button aria-label="Restore: ${name}">Restore</button></form>`;
  const picture =
    checksum && html`<img src="${basePath}/thumb/kept/${encodeURIComponent(checksum)}" alt="" loading="lazy" decoding="async">`;
  return html`<li><span class="row-picture">${picture}</span><div><p>${name}</p><p class="note">${from.slice(0, from.lastIndexOf('/'))}, ${size(bytes)}, ${WHY[because] ?? because}</p></div>${restore}</li>
`;
}
