import { randomUUID } from 'node:crypto';
import { property, textProperty } from '../http/answer.ts';
import { queryAlbums } from './album-list.ts';
import { queryAlbumMembers } from './album-members.ts';
import { countRecords } from './counts.ts';
import { type DatabaseContext, syncTokenPart, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest, INVALID_INDEX, withErrors } from './errors.ts';
import { RECORD_LIMIT } from './paging.ts';
import { queryPhotos } from './photo-list.ts';
import { filtersOf } from './query-filters.ts';
import { type Found, indexResult, type Query } from './query-parts.ts';
import type { WireRecord } from './wire-context.ts';

interface QueryAnswer {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string;
  readonly syncToken?: string;
}

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
    lies: context.lies,
  };
}

/** `/records/query`, photos.md §3. */
export function queryRecords(context: DatabaseContext, body: unknown): QueryAnswer {
  const query = readQuery(context, body);
  const { continuationMarker, records } = runQuery(context, query);
  return { records, ...(continuationMarker === undefined ? {} : { continuationMarker }), ...syncTokenPart(context, query.zone) };
}

function runQuery(context: DatabaseContext, query: Query): Found {
  const { recordType, zone } = query;
  if (recordType === 'CheckIndexingState') {
    const state = context.account.spec.indexing;
    const fields = { progress: { value: state === 'FINISHED' ? 100 : 42, type: 'INT64' }, state: { value: state, type: 'STRING' } };
    return { records: [indexResult(zone, recordType, `_${randomUUID()}`, fields, context.now())] };
  }
  if (!zone.isLibrary) throw badRequest(INVALID_INDEX);
  if (recordType === 'HyperionIndexCountLookup') return { records: countRecords(query.filters.texts('indexCountID'), zone, context) };
  const found = afterEmptyPages(query, (rest) => {
    if (recordType === 'CPLAlbumByPositionLive') return queryAlbums(context.account.spec.sharedAlbumIndex, rest);
    if (recordType.startsWith('CPLContainerRelationLiveBy')) return queryAlbumMembers(context.library, rest);
    return queryPhotos(context.library, rest);
  });
  return { ...found, records: withErrors(found.records, context.lies.errorsInPages) };
}

const PAUSE = /^empty page (\d+) before (.*)$/;

/** Empty pages that are not the end: only their marker says so (photos.md §3.5). It carries how many there were, and the real one. */
function afterEmptyPages(query: Query, run: (query: Query) => Found): Found {
  const text = query.marker === undefined ? '' : Buffer.from(query.marker, 'base64').toString('utf8');
  const [, shown, real] = PAUSE.exec(text) ?? [];
  const marker = shown === undefined ? query.marker : real === '' ? undefined : real;
  if (Number(shown ?? 0) >= query.lies.emptyListPages) return run({ ...query, marker });
  const next = `empty page ${Number(shown ?? 0) + 1} before ${marker ?? ''}`;
  return { records: [], continuationMarker: Buffer.from(next, 'utf8').toString('base64') };
}
