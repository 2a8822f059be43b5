import { formatCount } from '../../domain/format.ts';
import type { AlbumSummary } from '../../ports/browse.ts';
import type { ArchivedAlbum } from '../library-answers.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { type Notice, noticeLine } from './notices.ts';
import { renderPhotos } from './photos.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { thumb } from './strip.ts';
import { formatDay } from './when.ts';
import { items, size } from './words.ts';

export interface AlbumsView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly albums: readonly AlbumSummary[];
  readonly archives: readonly ArchivedAlbum[];
  readonly canUndo: boolean;
  readonly notice: Notice | undefined;
  readonly nowMs: number;
}

/** Folders with their albums, in the order that they have in iCloud. */
export function renderAlbums(view: AlbumsView): Html {
  const { frame, foot, albums: all } = view;
  const albums = all.filter(({ kind }) => kind === 'album');
  const groups = [...Map.groupBy(albums, ({ folders }) => folders.join(' / '))].sort(([a], [b]) => Number(a === '') - Number(b === ''));
  const folders = all.filter(({ kind }) => kind === 'folder').length;
  const title =
    albums.length === 0
      ? html`<p class="lead">No albums in this library.</p>\n`
      : html`<p class="lead">${items(albums.length, 'album')}${folders > 0 ? ` in ${items(folders, 'folder')}` : ''}</p>\n`;
  return renderShell({
    frame,
    foot,
    title: 'Albums',
    place: 'albums',
    scripts: ['albums'],
    body: html`${noticeLine(view.notice)}<div class="page-head"><div><h1>Albums</h1>
${title}</div>${
      albums.length > 0
        ? html`<form role="search" class="search" id="search">${icon('search')}<label class="hear" for="q">Find an album</label><input id="q" type="search" placeholder="Find an album" autocomplete="off"></form>`
        : undefined
    }</div>
<p class="note" id="found" role="status"></p>
${groups.map(
  ([path, inside]) => html`<section class="folder" data-folder>
<div class="folder-head">${icon('folder')}<h2>${path === '' ? 'In no folder' : path}</h2><span class="note">${items(inside.length, 'album')}</span></div>
<ul class="albums">${inside.map((album) => tile(album, frame.basePath))}</ul>
</section>
`,
)}${archived(view)}`,
  });
}

/** Folders that no sync touches any more, and what iCloud lost for them. */
function archived({ archives, frame, canUndo, nowMs }: AlbumsView): Html | undefined {
  if (archives.length === 0) return undefined;
  return html`<section>
<div class="section-head"><h2>Archived</h2><p class="note">fixed folders on this disk</p></div>
<ul class="rows">${archives.map((archive) => {
    const { id, name, path, files, bytes, archivedAtMs, isComplete, deleted, recoverableUntilMs } = archive;
    const isUndoable = canUndo && deleted > 0 && recoverableUntilMs > nowMs;
    const until = Number.isFinite(recoverableUntilMs) ? `, can be brought back until ${formatDay(recoverableUntilMs, nowMs)}` : '';
    const gone = deleted === 0 ? 'iCloud still has all of it' : `${items(deleted)} deleted in iCloud${until}`;
    const undo = html`<form method="post" action="${frame.basePath}/act"><input type="hidden" name="command" value="archive undo"><input type="hidden" name="back" value="albums"><input type="hidden" name="id" value="${id}"><button aria-label="Bring back: ${name}">Bring back</button></form>`;
    return html`<li><div><p>${name}</p><p class="note"><code>${path}</code>, ${items(files, 'file')}, ${size(bytes)}, ${formatDay(archivedAtMs, nowMs)}. ${gone}.</p>${isComplete ? undefined : html`<p class="says amber">Not finished: archive the album again to go on.</p>`}</div>${isUndoable ? undo : undefined}</li>
`;
  })}</ul>
</section>
`;
}

function tile({ row, name, items: count, cover }: AlbumSummary, basePath: string): Html {
  const picture = cover === undefined ? html`<span class="no-cover"></span>` : thumb(cover, basePath);
  return html`<li data-name="${name.toLowerCase()}"><a href="${basePath}/albums/${row}"><span class="cover">${picture}</span><span class="album-name">${name}</span><span class="note">${items(count)}</span></a></li>
`;
}

export interface AlbumView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly album: AlbumSummary;
  readonly canArchive: boolean;
}

export function renderAlbum({ frame, foot, album, canArchive }: AlbumView): Html {
  const { row, name, path, folders, items: count } = album;
  const archive = canArchive
    ? html`<button type="button" class="other" id="archive" data-album="${path ?? name}" data-name="${name}">${icon('archive')}<span>Archive…</span></button>`
    : undefined;
  return renderPhotos({
    frame,
    foot,
    title: name,
    place: 'albums',
    album: row,
    intro: html`<div class="page-head"><div><p class="note"><a href="${frame.basePath}/albums">Albums</a>${folders.map((folder) => html` / ${folder}`)}</p><h1>${name}</h1><p class="note">${formatCount(count)} ${count === 1 ? 'item' : 'items'}</p></div>${archive}</div>
`,
  });
}
