import { listProperty, property } from '../http/answer.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { type DatabaseContext, syncTokenPart, zoneOf } from './database-context.ts';
import { isChosen } from './lies.ts';
import { countIndex } from './photo-indexes.ts';
import { shownList } from './photo-list.ts';
import { filtersOf } from './query-filters.ts';
import { indexResult } from './query-parts.ts';
import type { WireRecord } from './wire-context.ts';

const MEMBERS = 'CPLContainerRelationNotDeletedByAssetDate:';

function countOf(zone: ZoneStore, countId: string, { lies, library }: DatabaseContext): number {
  if (countId.startsWith(MEMBERS)) {
    const relations = zone.relationsOf(countId.slice(MEMBERS.length));
    return lies.countsAgree ? relations.filter(({ itemId }) => !isChosen(lies.membersLeaveOut, itemId)).length : relations.length;
  }
  const index = countIndex(countId, library.burstFrames);
  if (index === undefined) return 0;
  return lies.countsAgree ? shownList(zone, index, lies).length : zone.count(index.selection);
}

/** One `IndexCountResult` for each id; the number is a hint (photos.md §4). */
export function countRecords(countIds: readonly string[], zone: ZoneStore, context: DatabaseContext): WireRecord[] {
  return countIds.map((id) => {
    const value = Math.max(0, countOf(zone, id, context) + context.lies.countsOffBy);
    return indexResult(zone, 'IndexCountResult', id, { itemCount: { value, type: 'INT64' } }, context.now());
  });
}

/** `/internal/records/query/batch`: several count queries in one call. */
export function countBatch(context: DatabaseContext, body: unknown): object {
  const batch = listProperty(body, 'batch').map((entry) => {
    const zone = zoneOf(context, property(entry, 'zoneID'));
    const ids = filtersOf(property(entry, 'query')).texts('indexCountID');
    return { records: countRecords(ids, zone, context), ...syncTokenPart(context, zone) };
  });
  return { batch };
}
