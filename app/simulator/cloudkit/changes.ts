import { randomBytes } from 'node:crypto';
import { listProperty, property, textProperty } from '../http/answer.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { type DatabaseContext, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest, CloudKitProblem } from './errors.ts';
import { RECORD_LIMIT } from './paging.ts';
import { databaseToken, type FeedPosition, feedToken, parseDatabaseToken, parseZoneToken, queryToken } from './sync-tokens.ts';
import { type WireContext, type WireRecord, wireRecord, wireZoneId } from './wire-record.ts';

/** Positions before which the feed shows one page without records although more follows (photos.md §10.1). */
const isEmptyPagePlace = ({ counter, emptyPageShown }: FeedPosition) => !emptyPageShown && counter > 0 && counter % 5 === 3;

function zonesOf({ library, database }: DatabaseContext): readonly ZoneStore[] {
  const zones = library.zones.filter((zone) => zone.database === database).map(({ store }) => store);
  // The owner's shared library was recorded before PrimarySync (photos.md §2.2).
  return zones.sort((a, b) => Number(b.name.startsWith('SharedSync')) - Number(a.name.startsWith('SharedSync')));
}
const freshDatabaseToken = (zones: readonly ZoneStore[]) =>
  databaseToken(
    zones.map(({ counter }) => counter),
    randomBytes(16),
  );

/** `/zones/list`, photos.md §2.2. */
export function listZones(context: DatabaseContext): object {
  const zones = zonesOf(context);
  const list = zones.map((zone) => ({
    zoneID: wireZoneId(zone),
    ...(zone.isLibrary ? { syncToken: queryToken(zone) } : {}),
    deleted: false,
  }));
  return { moreComing: false, syncToken: freshDatabaseToken(zones), zones: list };
}

/** `/changes/database`: all zones, or those that changed since a database token (photos.md §2.3). */
export function databaseChanges(context: DatabaseContext, body: unknown): object {
  const zones = zonesOf(context);
  const text = textProperty(body, 'syncToken');
  const known = text === undefined ? [] : parseDatabaseToken(text);
  if (known === undefined) throw badRequest('Invalid continuation format');
  const changed = zones.filter((zone, i) => known[i] === undefined || zone.counter > known[i]);
  return {
    zones: changed.map((zone) => ({ zoneID: wireZoneId(zone), deleted: false })),
    moreComing: false,
    syncToken: freshDatabaseToken(zones),
  };
}

/** `/changes/zone`: an error of one zone stands in that zone's entry (photos.md §10). */
export function zoneChanges(context: DatabaseContext, body: unknown): object {
  const zones = listProperty(body, 'zones').map((entry) => {
    try {
      return changesOfZone(context, entry);
    } catch (error) {
      if (!(error instanceof CloudKitProblem)) throw error;
      return { zoneID: property(entry, 'zoneID'), ...error.error };
    }
  });
  return { zones };
}

function changesOfZone(context: DatabaseContext, entry: unknown): object {
  const zone = zoneOf(context, property(entry, 'zoneID'));
  if (!zone.isLibrary) throw badRequest('syncToken operations supported only in SyncZone');
  const zoneID = wireZoneId(zone);
  const text = textProperty(entry, 'syncToken');
  // An empty token means "already up to date": a trap (photos.md §10.1).
  if (text === '') return { zoneID, syncToken: '', moreComing: false, records: [] };
  // The full history begins with a page without records.
  if (text === undefined)
    return { zoneID, syncToken: feedToken(zone, { counter: 0, emptyPageShown: true }), moreComing: zone.counter > 0, records: [] };
  const position = parseZoneToken(zone, text);
  if (position === undefined) throw badRequest('Unknown sync continuation type');
  if (isEmptyPagePlace(position) && position.counter < zone.counter)
    return { zoneID, syncToken: feedToken(zone, { ...position, emptyPageShown: true }), moreComing: true, records: [] };
  const limit = property(entry, 'resultsLimit');
  const page = pageAfter(zone, position.counter, typeof limit === 'number' ? Math.max(1, Math.min(limit, RECORD_LIMIT)) : RECORD_LIMIT);
  const wire = wireContextOf(context, zone, entry);
  return {
    zoneID,
    syncToken: feedToken(zone, { counter: page.counter, emptyPageShown: false }),
    moreComing: page.counter < zone.counter,
    records: page.names.map((name) => wireChange(name, wire)),
  };
}

/** Records whose last change is later than `counter`, in change order, each once. */
function pageAfter(zone: ZoneStore, counter: number, limit: number): { names: string[]; counter: number } {
  const names: string[] = [];
  let at = counter;
  while (at < zone.counter && names.length < limit) {
    at += 1;
    const name = zone.journal[at - 1];
    const lastChange = name === undefined ? undefined : (zone.records.get(name)?.tag ?? zone.tombstones.get(name));
    if (name !== undefined && lastChange === at) names.push(name);
  }
  return { names, counter: at };
}

function wireChange(recordName: string, wire: WireContext): WireRecord {
  const record = wire.zone.records.get(recordName);
  if (record !== undefined) return wireRecord(record, wire);
  // A tombstone does not say what it was (photos.md §10.2).
  const tag = (wire.zone.tombstones.get(recordName) ?? 0).toString(36);
  return { recordName, recordType: null, recordChangeTag: tag, deleted: true, zoneID: wireZoneId(wire.zone) };
}
