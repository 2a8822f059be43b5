import type { Area } from '../../engine/places.ts';
import { areaText, placeWords } from '../map-view.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { type Foot, type PageFrame, type Place, renderShell } from './shell.ts';
import { viewerDialog } from './viewer.ts';

export interface PhotosView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly title: string;
  readonly place: Place;
  /** The grid of one album instead of everything. */
  readonly album?: number;
  /** Only what was taken there. */
  readonly area?: Area;
  readonly intro?: Html;
}

const FILTERS = [
  ['all', 'All'],
  ['favourites', 'Favourites'],
  ['videos', 'Videos'],
  ['live', 'Live'],
  ['edited', 'Edited'],
  ['only-here', 'Only here'],
  ['hidden', 'Hidden'],
] as const;

/** The frame of the timeline; its script fills it, because a hundred thousand photos are no document. */
export function renderPhotos({ frame, foot, title, place, album, area, intro }: PhotosView): Html {
  return renderShell({
    frame,
    foot,
    title,
    place,
    scripts: ['photos'],
    wide: true,
    body: html`<div class="photos-head">
${intro ?? (area ? areaIntro(area, frame.basePath) : html`<h1 class="hear">${title}</h1>\n`)}<form role="search" class="search" id="search">${icon('search')}<label class="hear" for="q">Search</label><input id="q" name="q" type="search" placeholder="Name, album, date, keyword" autocomplete="off" enterkeyhint="search" maxlength="200"></form>
<div class="filters" role="group" aria-label="Show">${FILTERS.map(
      ([name, label], index) =>
        html`<button type="button" data-filter="${name}" aria-pressed="${index === 0 ? 'true' : 'false'}">${label}</button>`,
    )}${album === undefined && area === undefined ? html`<a href="${frame.basePath}/map">Map</a>` : undefined}</div>
</div>
<p class="grid-says lead" id="grid-says" role="status"></p>
<noscript><p class="lead">The timeline needs JavaScript. Your photos lie in plain folders, by year and month.</p></noscript>
<div class="timeline" id="timeline"${album === undefined ? undefined : html` data-album="${album}"`}${area && html` data-near="${areaText(area)}"`}><div class="timeline-content" id="content" role="group" aria-label="${title}, arrow keys to move" tabindex="0"></div></div>
<div class="rail" id="rail" role="slider" tabindex="0" aria-label="Date" aria-orientation="vertical" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0" hidden><div class="rail-mark" id="rail-mark"></div><div class="rail-label" id="rail-label"></div></div>
${viewerDialog()}`,
  });
}

function areaIntro({ south, west, north, east }: Area, basePath: string): Html {
  return html`<div class="page-head"><div><p class="note"><a href="${basePath}/photos">Photos</a> / <a href="${basePath}/map">Map</a></p><h1>Near ${placeWords((south + north) / 2, (west + east) / 2, 2)}</h1></div></div>
`;
}
