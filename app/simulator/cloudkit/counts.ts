import { listProperty, property } from '../http/answer.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { type DatabaseContext, syncTokenPart, zoneOf } from './database-context.ts';
import { assetsOfIndex, countIndex } from './photo-indexes.ts';
import { filtersOf } from './query-filters.ts';
import { indexResult } from './query-parts.ts';
import type { WireRecord } from './wire-record.ts';

const MEMBERS = 'CPLContainerRelationNotDeletedByAssetDate:';

function countOf(zone: ZoneStore, countId: string): number {
  if (countId.startsWith(MEMBERS)) return zone.relationsOf(countId.slice(MEMBERS.length)).length;
  const index = countIndex(countId);
  return index === undefined ? 0 : assetsOfIndex(zone, index, `count ${countId}`).length;
}

/** One `IndexCountResult` for each id; the number is a hint (photos.md §4). */
export function countRecords(countIds: readonly string[], zone: ZoneStore, nowMs: number): WireRecord[] {
  return countIds.map((id) => {
    const fields = { itemCount: { value: countOf(zone, id), type: 'INT64' } };
    return indexResult(zone, 'IndexCountResult', id, fields, nowMs);
  });
}

/** `/internal/records/query/batch`: several count queries in one call. */
export function countBatch(context: DatabaseContext, body: unknown): object {
  const batch = listProperty(body, 'batch').map((entry) => {
    const zone = zoneOf(context, property(entry, 'zoneID'));
    const ids = filtersOf(property(entry, 'query')).texts('indexCountID');
    return { records: countRecords(ids, zone, context.now()), ...syncTokenPart(context, zone) };
  });
  return { batch };
}
