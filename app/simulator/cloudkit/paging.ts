import { type Marker, readMarker, writeMarker } from './continuation-marker.ts';

/** Never more records in one answer, whatever is asked (photos.md §3.5). */
export const RECORD_LIMIT = 200;

export interface PageRequest {
  readonly startRank: number | undefined;
  readonly descending: boolean;
  readonly marker: string | undefined;
  /** Items, not records. */
  readonly take: number;
}

export interface Page<T> {
  /** In walking order. */
  readonly items: readonly T[];
  /** The item walked over just before this page. */
  readonly before: T | undefined;
  /** Absent on the last and on the empty page. */
  readonly continuationMarker: string | undefined;
}

type Keyed = { readonly recordName: string };

const isAfter = (rank: number, name: string, marker: Marker) => rank > marker.rank || (rank === marker.rank && name > marker.recordName);

/** First index whose item stands behind the marker, in ascending order; the list's length if none does. */
function indexAfter<T extends Keyed>(list: readonly T[], rank: (item: T) => number, marker: Marker): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && isAfter(rank(item), item.recordName, marker)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ranks count items from 0 in ascending order; DESCENDING starts at the highest rank and walks down. */
export function pageOf<T extends Keyed>(list: readonly T[], rank: (item: T) => number, request: PageRequest): Page<T> {
  const { descending, take } = request;
  const marker = request.marker === undefined ? undefined : readMarker(request.marker);
  const walked = <V>(up: V, down: V) => (descending ? down : up);
  const first = marker === undefined ? request.startRank : undefined;
  let at = walked(first ?? 0, Math.min(first ?? list.length - 1, list.length - 1));
  if (marker !== undefined) {
    const behind = indexAfter(list, rank, marker);
    const previous = list[behind - 1];
    const markedIsThere = previous?.recordName === marker.recordName && rank(previous) === marker.rank;
    at = walked(behind, markedIsThere ? behind - 2 : behind - 1);
  }
  const step = walked(1, -1);
  const items: T[] = [];
  const before = list[at - step];
  for (; items.length < take; at += step) {
    const item = list[at];
    if (item === undefined) break;
    items.push(item);
  }
  const last = items.at(-1);
  const more = list[at] !== undefined && last !== undefined;
  return { items, before, continuationMarker: more ? writeMarker({ rank: rank(last), recordName: last.recordName }) : undefined };
}
