import type { AssetState, MasterState } from '../library/record-states.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import type { LieSwitches } from './lies.ts';
import type { PageRequest } from './paging.ts';
import type { Filters } from './query-filters.ts';
import { type WireContext, type WireRecord, wireZoneId } from './wire-context.ts';

/** An index query, read. */
export interface Query {
  readonly recordType: string;
  readonly filters: Filters;
  /** Records per page, at most 200. */
  readonly limit: number;
  readonly marker: string | undefined;
  readonly zone: ZoneStore;
  readonly wire: WireContext;
  readonly lies: LieSwitches;
}

/** What an index answers. */
export interface Found {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string | undefined;
}

export function pageRequest({ filters, marker, lies }: Query, take: number): PageRequest {
  const descending = filters.text('direction') === 'DESCENDING';
  const startRank = filters.number('startRank');
  // The first page of all has nothing before it.
  const repeated = marker !== undefined || (!descending && (startRank ?? 0) > 0) ? lies.repeatedItems : 0;
  return { startRank, descending, marker, take: Math.max(1, take - repeated), repeated };
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
  return [...new Map(assets.map((asset) => [asset.masterName, zone.masterOf(asset)])).values()].flatMap((master) => master ?? []);
}
