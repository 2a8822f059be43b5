import type { Area, Cluster } from '../engine/places.ts';

/** What a map shows: a middle, and how near it is. At 0 the whole world is in it, each step shows half as much. */
export interface MapView {
  readonly zoom: number;
  readonly latitude: number;
  readonly longitude: number;
}

const DEEPEST = 14;
/** From here on the map is true to shape around its middle; the whole world has no single shape. */
const TRUE_FROM = 3;
/** So many photos are looked at rather than cut into smaller heaps. */
const FEW = 24;
/** About the length of a street, degrees. */
const SMALL = 0.0005;

export const WORLD: MapView = { zoom: 0, latitude: 0, longitude: 0 };

/** Reads `z`, `lat` and `lon` of an address; what is not understood is the whole world. */
export function readMapView(query: Readonly<Record<string, unknown>>): MapView {
  const [zoom, latitude, longitude] = ['z', 'lat', 'lon'].map((name) => numberIn(query[name]));
  if (zoom === undefined || latitude === undefined || longitude === undefined) return WORLD;
  return inside({ zoom: Math.round(zoom), latitude, longitude });
}

export function mapQuery({ zoom, latitude, longitude }: MapView): string {
  return zoom === 0 ? '' : `?z=${zoom}&lat=${degrees(latitude)}&lon=${degrees(longitude)}`;
}

/** How much narrower a degree of longitude is than one of latitude here. */
export function squeezeOf({ zoom, latitude }: MapView): number {
  return zoom < TRUE_FROM ? 1 : Math.max(0.2, Math.cos((latitude * Math.PI) / 180));
}

export function areaOf(view: MapView): Area {
  const high = 90 / 2 ** view.zoom;
  const wide = (2 * high) / squeezeOf(view);
  const { latitude, longitude } = view;
  return { south: latitude - high, north: latitude + high, west: longitude - wide, east: longitude + wide };
}

export function zoomed(view: MapView, by: 1 | -1): MapView | undefined {
  const zoom = view.zoom + by;
  return zoom < 0 || zoom > DEEPEST ? undefined : inside({ ...view, zoom });
}

/** Half a map further on; undefined where the world ends. */
export function moved(view: MapView, north: number, east: number): MapView | undefined {
  const { north: top, south, west, east: right } = areaOf(view);
  const next = inside({
    ...view,
    latitude: view.latitude + (north * (top - south)) / 2,
    longitude: view.longitude + (east * (right - west)) / 2,
  });
  return next.latitude === view.latitude && next.longitude === view.longitude ? undefined : next;
}

/** As near as a cluster can be seen whole; undefined when its photos are better looked at themselves. */
export function nearerTo({ count, area }: Cluster, view: MapView): MapView | undefined {
  const span = Math.max(area.north - area.south, (area.east - area.west) / 2);
  if (count <= FEW || span < SMALL || view.zoom >= DEEPEST) return undefined;
  const middle = { latitude: (area.north + area.south) / 2, longitude: (area.east + area.west) / 2 };
  const fits = Math.floor(Math.log2(180 / (span * 1.3)));
  return inside({ ...middle, zoom: Math.min(DEEPEST, Math.max(view.zoom + 1, fits)) });
}

/** `52.5° N, 13.4° E` */
export function placeWords(latitude: number, longitude: number, digits = 1): string {
  const one = (value: number, [plus, minus]: readonly [string, string]) =>
    `${Math.abs(value).toFixed(digits)}°\u00a0${value < 0 ? minus : plus}`;
  return `${one(latitude, ['N', 'S'])}, ${one(longitude, ['E', 'W'])}`;
}

/** Four numbers in an address; a little wider than the photos, because the catalog holds more digits than the map. */
export function areaText({ south, west, north, east }: Area): string {
  const edge = 0.00005;
  return [south - edge, west - edge, north + edge, east + edge].map(degrees).join(',');
}

export function readArea(text: unknown): Area | undefined {
  const parts = typeof text === 'string' && text.length < 80 ? text.split(',').map(numberIn) : [];
  const [south, west, north, east] = parts;
  if (parts.length !== 4 || south === undefined || west === undefined || north === undefined || east === undefined) return undefined;
  return { south, west, north, east };
}

/** The middle stays where the map never shows more than the world. */
function inside({ zoom: wanted, latitude, longitude }: MapView): MapView {
  const zoom = Math.min(DEEPEST, Math.max(0, wanted));
  const high = 90 / 2 ** zoom;
  const held = Math.min(90 - high, Math.max(high - 90, latitude));
  const wide = Math.min(180, (2 * high) / squeezeOf({ zoom, latitude: held, longitude: 0 }));
  return { zoom, latitude: held, longitude: Math.min(180 - wide, Math.max(wide - 180, longitude)) };
}

const degrees = (value: number): string => String(Number(value.toFixed(5)));

function numberIn(text: unknown): number | undefined {
  return typeof text === 'string' && /^-?\d{1,3}(\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}
