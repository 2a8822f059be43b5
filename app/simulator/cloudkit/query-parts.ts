import type { AssetState, MasterState } from '../library/record-states.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import type { PageRequest } from './paging.ts';
import type { Filters } from './query-filters.ts';
import { type WireContext, type WireRecord, wireZoneId } from './wire-record.ts';

/** An index query, read. */
export interface Query {
  readonly recordType: string;
  readonly filters: Filters;
  /** Records per page, at most 200. */
  readonly limit: number;
  readonly marker: string | undefined;
  readonly zone: ZoneStore;
  readonly wire: WireContext;
}

export function pageRequest({ filters, marker }: Query, take: number): PageRequest {
  return { startRank: filters.number('startRank'), descending: filters.text('direction') === 'DESCENDING', marker, take };
}

/** Results of an index rather than records have no owner of their own (photos.md §1.4). */
export function indexResult(zone: ZoneStore, recordType: string, recordName: string, fields: object, nowMs: number): WireRecord {
  const by = { timestamp: nowMs, userRecordName: '_10', deviceID: '1' };
  return {
    recordName,
    recordType,
    fields,
    pluginFields: {},
    recordChangeTag: '0',
    created: by,
    modified: by,
    deleted: false,
    zoneID: wireZoneId(zone),
  };
}

/** Two assets of one master in a page bring it once (photos.md §3.4). */
export function mastersOf(zone: ZoneStore, assets: readonly AssetState[]): MasterState[] {
  const names = new Set(assets.map(({ masterName }) => masterName));
  return [...names].flatMap((name) => zone.master(name) ?? []);
}
