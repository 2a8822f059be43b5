import { formatCount } from '../../domain/format.ts';
import type { Cluster } from '../../engine/places.ts';
import { areaOf, areaText, type MapView, mapQuery, moved, nearerTo, placeWords, squeezeOf, WORLD, zoomed } from '../map-view.ts';
import { type Html, html } from './html.ts';
import { type Foot, type PageFrame, renderShell } from './shell.ts';
import { thumb } from './strip.ts';
import { items } from './words.ts';

export interface MapPageView {
  readonly frame: PageFrame;
  readonly foot: Foot;
  readonly view: MapView;
  /** Largest first. */
  readonly clusters: readonly Cluster[];
  /** Items that say where they were taken. */
  readonly known: number;
}

/** The drawing counts in tenths of a degree, as the coastline does. */
const UNITS = 10;
const LISTED = 12;

/** Photos by where they were taken: links on a drawing of our own, so that nobody else learns of it and no script is needed. */
export function renderMap({ frame, foot, view, clusters, known }: MapPageView): Html {
  const shown = clusters.reduce((sum, { count }) => sum + count, 0);
  const lead =
    known === 0
      ? html`<p class="lead">No photo here says where it was taken.</p>\n`
      : html`<p class="lead">${items(shown, 'photo')} in view${shown < known ? ` of ${formatCount(known)} that say where they were taken` : ''}.</p>\n`;
  return renderShell({
    frame,
    foot,
    title: 'Map',
    place: 'photos',
    body: html`<div class="page-head"><div><p class="note"><a href="${frame.basePath}/photos">Photos</a></p><h1>Map</h1>
${lead}</div></div>
${known === 0 ? undefined : html`${drawing(frame, view, clusters)}${steering(frame.basePath, view)}${list(frame.basePath, clusters)}`}`,
  });
}

function drawing({ basePath, staticPath }: PageFrame, view: MapView, clusters: readonly Cluster[]): Html {
  const squeeze = squeezeOf(view);
  const { south, north, west } = areaOf(view);
  const high = (north - south) * UNITS;
  const wide = 2 * high;
  const x = (longitude: number) => (longitude * UNITS * squeeze).toFixed(4);
  const y = (latitude: number) => (-latitude * UNITS).toFixed(4);
  return html`<svg class="map" viewBox="${x(west)} ${y(north)} ${wide} ${high}" role="group" aria-label="Map of where photos were taken">
<use class="map-land" href="${staticPath}/land.svg#land" transform="scale(${squeeze.toFixed(5)} 1)"/>
${clusters.map((cluster) => {
  const { latitude, longitude, count } = cluster;
  const radius = wide * (0.009 + 0.0042 * Math.log10(count));
  const text = count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`;
  return html`<a href="${basePath}${targetOf(cluster, view)}" aria-label="${items(count, 'photo')} near ${placeWords(latitude, longitude)}"><circle class="map-reach" cx="${x(longitude)}" cy="${y(latitude)}" r="${(wide * 0.035).toFixed(4)}"/><circle class="map-dot" cx="${x(longitude)}" cy="${y(latitude)}" r="${radius.toFixed(4)}"/><text x="${x(longitude)}" y="${y(latitude)}" dy="0.36em" font-size="${(wide * 0.0105).toFixed(4)}">${count > 1 ? text : ''}</text></a>
`;
})}</svg>
`;
}

/** Nearer, or, where that shows nothing new, the photos themselves. */
function targetOf(cluster: Cluster, view: MapView): string {
  const nearer = nearerTo(cluster, view);
  return nearer === undefined ? photosOf(cluster) : `/map${mapQuery(nearer)}`;
}

const photosOf = ({ area }: Cluster): string => `/photos?near=${areaText(area)}`;

function steering(basePath: string, view: MapView): Html {
  const link = (label: string, to: MapView | undefined) =>
    to === undefined ? undefined : html`<li><a href="${basePath}/map${mapQuery(to)}">${label}</a></li>`;
  const isWorld = view.zoom === 0;
  return html`<nav aria-label="Move the map"><ul class="map-steer">
${link('Nearer', zoomed(view, 1))}${link('Farther', zoomed(view, -1))}${link('North', moved(view, 1, 0))}${link('South', moved(view, -1, 0))}${link('West', moved(view, 0, -1))}${link('East', moved(view, 0, 1))}${isWorld ? undefined : link('Whole world', WORLD)}
</ul></nav>
`;
}

function list(basePath: string, clusters: readonly Cluster[]): Html | undefined {
  if (clusters.length === 0) return undefined;
  const more = clusters.length - LISTED;
  return html`<section>
<div class="section-head"><h2>Most photos in view</h2></div>
<ul class="albums map-list">
${clusters.slice(0, LISTED).map((cluster) => {
  const { latitude, longitude, count, row } = cluster;
  return html`<li><a href="${basePath}${photosOf(cluster)}"><span class="cover">${thumb(row, basePath)}</span><span class="album-name">${placeWords(latitude, longitude, 2)}</span><span class="note">${items(count, 'photo')}</span></a></li>
`;
})}</ul>
${more > 0 ? html`<p class="note">And ${items(more, 'more place')} on the map.</p>\n` : undefined}</section>
`;
}
