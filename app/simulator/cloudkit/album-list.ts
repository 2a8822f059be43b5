import { rankedArray } from '../library/ranked-list.ts';
import type { AlbumState } from '../library/record-states.ts';
import { badRequest, INVALID_INDEX } from './errors.ts';
import { isChosen } from './lies.ts';
import { pageOf } from './paging.ts';
import { type Found, pageRequest, type Query } from './query-parts.ts';
import { wireRecord } from './wire-record.ts';

/** Albums and folders of the top level or of a folder (photos.md §5). */
export function queryAlbums(foreignZone: 'empty' | 'invalid', query: Query): Found {
  const { zone, filters, wire, lies } = query;
  if (zone.name !== 'PrimarySync') {
    // Empty for some accounts, an error for others (photos.md §3.2).
    if (foreignZone === 'invalid') throw badRequest(INVALID_INDEX);
    return { records: [] };
  }
  if (lies.emptyLists.includes('albums')) return { records: [] };
  const parentId = filters.text('parentId');
  const wantedName = filters.text('recordName');
  const rank = (album: AlbumState) => album.position;
  const list = zone.albumsIn(parentId).filter(({ recordName }) => !isChosen(lies.albumsLeaveOut, recordName));
  const shown = wantedName === undefined ? list : list.filter(({ recordName }) => recordName === wantedName);
  const page = pageOf(rankedArray(shown, rank), { ...pageRequest(query, query.limit), repeated: 0, take: query.limit });
  return { records: page.items.map((album) => wireRecord(album, wire)), continuationMarker: page.continuationMarker };
}
