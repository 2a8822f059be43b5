import { randomUUID } from 'node:crypto';
import { property, textProperty } from '../http/answer.ts';
import type { AlbumState, AssetState, MasterState } from '../library/record-states.ts';
import { queryAlbumMembers } from './album-members.ts';
import { countRecords } from './counts.ts';
import { type DatabaseContext, syncTokenPart, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest } from './errors.ts';
import { type Page, pageOf, RECORD_LIMIT } from './paging.ts';
import { assetsOfIndex, photoIndex } from './photo-indexes.ts';
import { filtersOf } from './query-filters.ts';
import { indexResult, mastersOf, pageRequest, type Query } from './query-parts.ts';
import { type WireRecord, wireRecord } from './wire-record.ts';

export interface QueryAnswer {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string;
  readonly syncToken?: string;
}

const INVALID_INDEX = 'Index has invalid data';

function readQuery(context: DatabaseContext, body: unknown): Query {
  const query = property(body, 'query');
  const recordType = textProperty(query, 'recordType');
  if (recordType === undefined) throw badRequest('missing required field query.recordType');
  const asked = property(body, 'resultsLimit');
  const zone = zoneOf(context, property(body, 'zoneID'));
  return {
    recordType,
    filters: filtersOf(query),
    limit: typeof asked === 'number' ? Math.max(1, Math.min(asked, RECORD_LIMIT)) : RECORD_LIMIT,
    marker: textProperty(body, 'continuationMarker'),
    zone,
    wire: wireContextOf(context, zone, body),
  };
}

/** `/records/query`, photos.md §3. */
export function queryRecords(context: DatabaseContext, body: unknown): QueryAnswer {
  const query = readQuery(context, body);
  const { continuationMarker, records } = runQuery(context, query);
  return { records, ...(continuationMarker === undefined ? {} : { continuationMarker }), ...syncTokenPart(context, query.zone) };
}

interface Found {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string | undefined;
}

function runQuery(context: DatabaseContext, query: Query): Found {
  const { recordType, zone } = query;
  if (recordType === 'CheckIndexingState') {
    const state = context.account.spec.indexing;
    const fields = { progress: { value: state === 'FINISHED' ? 100 : 42, type: 'INT64' }, state: { value: state, type: 'STRING' } };
    return { records: [indexResult(zone, recordType, `_${randomUUID()}`, fields, context.now())] };
  }
  if (!zone.isLibrary) throw badRequest(INVALID_INDEX);
  if (recordType === 'HyperionIndexCountLookup') return { records: countRecords(query.filters.texts('indexCountID'), zone, context.now()) };
  if (recordType === 'CPLAlbumByPositionLive') return queryAlbums(context, query);
  if (recordType.startsWith('CPLContainerRelationLiveBy')) return queryAlbumMembers(context.library, query);
  return queryPhotos(context, query);
}

function queryAlbums({ account }: DatabaseContext, query: Query): Found {
  const { zone, filters, wire } = query;
  if (zone.name !== 'PrimarySync') {
    // Empty for some accounts, an error for others (photos.md §3.2).
    if (account.spec.sharedAlbumIndex === 'invalid') throw badRequest(INVALID_INDEX);
    return { records: [] };
  }
  const parentId = filters.text('parentId');
  const wantedName = filters.text('recordName');
  const rank = (album: AlbumState) => album.position;
  const list = zone.sorted<AlbumState>(
    `albums of ${parentId ?? 'top'}`,
    (records) => {
      const albums: AlbumState[] = [];
      for (const record of records)
        if (record.kind === 'album' && record.deletedMs === undefined && record.parent === parentId) albums.push(record);
      return albums;
    },
    rank,
  );
  const shown = wantedName === undefined ? list : list.filter(({ recordName }) => recordName === wantedName);
  const page = pageOf(shown, rank, pageRequest(query, query.limit));
  return { records: page.items.map((album) => wireRecord(album, wire)), continuationMarker: page.continuationMarker };
}

function queryPhotos({ library }: DatabaseContext, query: Query): Found {
  const { recordType, filters, zone, wire, limit } = query;
  const assetOnly = /^CPLAsset(?!AndMaster)/.test(recordType);
  const indexName = assetOnly ? recordType.replace(/^CPLAsset/, 'CPLAssetAndMaster') : recordType;
  const smartAlbum = filters.text('smartAlbum');
  const index = photoIndex(indexName, smartAlbum);
  if (index === undefined) throw badRequest(`Type is not marked indexable: ${recordType}`);
  const wantedName = filters.text('recordName');
  const all = assetsOfIndex(zone, index, `${indexName} ${smartAlbum ?? ''}`);
  const list = wantedName === undefined ? all : all.filter(({ recordName }) => recordName === wantedName);
  const pairs = assetOnly ? limit : Math.max(1, Math.floor(limit / 2) - (library.order === 'split' ? 1 : 0));
  const page = pageOf(list, index.rank, pageRequest(query, pairs));
  const assets = index.windowed === true && filters.text('direction') === 'DESCENDING' ? [...page.items].reverse() : page.items;
  if (assetOnly) return { records: assets.map((asset) => wireRecord(asset, wire)), continuationMarker: page.continuationMarker };
  const split = library.order === 'split' && wantedName === undefined;
  const masters = mastersOf(zone, split ? shifted(page) : assets);
  const wireAll = (records: readonly (AssetState | MasterState)[]) => records.map((record) => wireRecord(record, wire));
  const records = library.order === 'masters-first' ? [...wireAll(masters), ...wireAll(assets)] : [...wireAll(assets), ...wireAll(masters)];
  return { records, continuationMarker: page.continuationMarker };
}

/** Each page brings the master of the asset that ended the page before, and keeps its own last one back, unless it is the last page. */
function shifted(page: Page<AssetState>): AssetState[] {
  const kept = page.continuationMarker === undefined ? page.items : page.items.slice(0, -1);
  return page.before === undefined ? [...kept] : [page.before, ...kept];
}
