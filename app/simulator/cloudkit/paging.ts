import { firstNotBefore, type RankedList } from '../library/ranked-list.ts';
import { type Marker, readMarker, writeMarker } from './continuation-marker.ts';

/** Never more records in one answer, whatever is asked (photos.md §3.5). */
export const RECORD_LIMIT = 200;

export interface PageRequest {
  readonly startRank: number | undefined;
  readonly descending: boolean;
  readonly marker: string | undefined;
  /** Items, not records. */
  readonly take: number;
  /** Each page but the first begins so many items too early. */
  readonly repeated: number;
}

export interface Page<T> {
  /** In walking order. */
  readonly items: readonly T[];
  /** The item walked over just before this page. */
  readonly before: T | undefined;
  /** Absent on the last and on the empty page. */
  readonly continuationMarker: string | undefined;
}

/** First index whose item stands behind the marker, in ascending order; the list's length if none does. */
function indexAfter(list: RankedList<unknown>, marker: Marker): number {
  const at = firstNotBefore(list, marker);
  const { rank, recordName } = list.key(at);
  return at < list.length && rank === marker.rank && recordName === marker.recordName ? at + 1 : at;
}

/** Where the walk goes on behind a marker whose item may be gone. */
function indexBehind<T>(list: RankedList<T>, marker: Marker, descending: boolean): number {
  const behind = indexAfter(list, marker);
  if (!descending) return behind;
  if (behind === 0) return -1;
  const { rank, recordName } = list.key(behind - 1);
  return recordName === marker.recordName && rank === marker.rank ? behind - 2 : behind - 1;
}

/** Ranks count items from 0 in ascending order; DESCENDING starts at the highest rank and walks down. */
export function pageOf<T>(list: RankedList<T>, request: PageRequest): Page<T> {
  const { descending, take } = request;
  const last = list.length - 1;
  const step = descending ? -1 : 1;
  const first = request.startRank ?? (descending ? last : 0);
  let at = descending ? Math.min(first, last) : first;
  if (request.marker !== undefined) at = indexBehind(list, readMarker(request.marker), descending);
  if (request.repeated > 0) at = descending ? Math.min(last, at + request.repeated) : Math.max(0, at - request.repeated);
  const items: T[] = [];
  const before = list.item(at - step);
  let end = at;
  // A repeated item does not count, or a walk would never end.
  for (const most = take + request.repeated; items.length < most; at += step) {
    const item = list.item(at);
    if (item === undefined) break;
    items.push(item);
    end = at;
  }
  const more = items.length > 0 && list.item(at) !== undefined;
  return { items, before, continuationMarker: more ? writeMarker(list.key(end)) : undefined };
}
