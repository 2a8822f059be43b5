import type { Library } from '../library/photo-library.ts';
import { rankedArray } from '../library/ranked-list.ts';
import type { AssetState, RelationState } from '../library/record-states.ts';
import { rankOf, visibleAs } from '../library/traits.ts';
import { badRequest } from './errors.ts';
import { isChosen } from './lies.ts';
import { pageOf } from './paging.ts';
import { type Found, mastersOf, pageRequest, type Query } from './query-parts.ts';
import { wireRecord } from './wire-record.ts';

/** A member of an album page; the asset is missing when it lives in another zone (photos.md §5). */
interface Member {
  readonly recordName: string;
  readonly relation: RelationState;
  readonly asset: AssetState | undefined;
  readonly rank: number;
}

function membersOf(library: Library, { zone, filters, recordType }: Query, album: string): Member[] {
  const byPosition = recordType.endsWith('ByPosition');
  const newest = filters.number('startDate') ?? Number.POSITIVE_INFINITY;
  const oldest = filters.number('endDate') ?? 0;
  const limited = oldest > 0 || newest < Number.MAX_SAFE_INTEGER;
  const members: Member[] = [];
  for (const relation of zone.relationsOf(album)) {
    const found = library.findAsset(relation.itemId);
    if (found?.asset.deletedMs !== undefined) continue; // trashed items drop out of album listings (photos.md §18)
    const takenMs = found === undefined ? 0 : rankOf(found.asset, visibleAs.visible);
    if (limited && (takenMs < oldest || takenMs > newest)) continue;
    const asset = found?.zone === zone ? found.asset : undefined;
    members.push({ recordName: relation.recordName, relation, asset, rank: byPosition ? relation.position : takenMs });
  }
  return members.sort((a, b) => a.rank - b.rank || (a.recordName < b.recordName ? -1 : 1));
}

/** Members of an album: relation, master and asset for each, so 66 of them fill a page (photos.md §3.4, §3.5). */
export function queryAlbumMembers(library: Library, query: Query): Found {
  const album = query.filters.text('parentId');
  if (album === undefined) throw badRequest('missing required filter parentId');
  if (query.lies.emptyLists.includes('members')) return { records: [] };
  const wantedName = query.filters.text('recordName');
  const all = membersOf(library, query, album).filter(({ relation }) => !isChosen(query.lies.membersLeaveOut, relation.itemId));
  const list = wantedName === undefined ? all : all.filter(({ relation }) => relation.itemId === wantedName);
  const page = pageOf(
    rankedArray(list, ({ rank }) => rank),
    pageRequest(query, Math.max(1, Math.floor(query.limit / 3))),
  );
  const assets = page.items.flatMap(({ asset }) => asset ?? []);
  const records = [...page.items.map(({ relation }) => relation), ...mastersOf(query.zone, assets), ...assets];
  return { records: records.map((record) => wireRecord(record, query.wire)), continuationMarker: page.continuationMarker };
}
