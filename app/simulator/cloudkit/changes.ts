import { randomBytes } from 'node:crypto';
import { listProperty, property, textProperty } from '../http/answer.ts';
import type { ZoneStore } from '../library/zone-store.ts';
import { type DatabaseContext, wireContextOf, zoneOf } from './database-context.ts';
import { badRequest, CloudKitProblem, withErrors } from './errors.ts';
import { isChosen, type LieSwitches } from './lies.ts';
import { RECORD_LIMIT } from './paging.ts';
import { databaseToken, type FeedPosition, feedToken, parseDatabaseToken, parseZoneToken, queryToken } from './sync-tokens.ts';
import { type WireContext, type WireRecord, wireZoneId } from './wire-context.ts';
import { wireRecord } from './wire-record.ts';

/** Empty pages before this position although more follows (photos.md §10.1): now and then one, or as many as a lie asks for. */
const emptyPagesAt = (counter: number, lies: LieSwitches) => lies.emptyFeedPages || (counter > 0 && counter % 5 === 3 ? 1 : 0);

function zonesOf({ library, database }: DatabaseContext): readonly ZoneStore[] {
  const zones = library.zones.filter((zone) => zone.database === database).map(({ store }) => store);
  // The owner's shared library was recorded before PrimarySync (photos.md §2.2).
  return zones.sort((a, b) => Number(b.name.startsWith('SharedSync')) - Number(a.name.startsWith('SharedSync')));
}
const freshDatabaseToken = (zones: readonly ZoneStore[]) =>
  databaseToken(Object.fromEntries(zones.map(({ name, counter }) => [name, counter])), randomBytes(16));

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

/** `/changes/database`: all zones, or those that changed since a database token, gone ones as deleted (photos.md §2.3). */
export function databaseChanges(context: DatabaseContext, body: unknown): object {
  const zones = zonesOf(context);
  const text = textProperty(body, 'syncToken');
  const known = text === undefined ? {} : parseDatabaseToken(text);
  if (known === undefined) throw badRequest('Invalid continuation format');
  const { gateSilent } = context.lies;
  const changed = gateSilent ? [] : zones.filter(({ name, counter }) => counter > (known[name] ?? -1));
  const gone = Object.keys(known).filter((name) => zones.every((zone) => zone.name !== name));
  return {
    zones: [
      ...changed.map((zone) => ({ zoneID: wireZoneId(zone), deleted: false })),
      ...gone.map((name) => ({ zoneID: wireZoneId(context.library.zone(name)), deleted: true })),
    ],
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
  const { lies } = context;
  const zone = zoneOf(context, property(entry, 'zoneID'));
  if (!zone.isLibrary) throw badRequest('syncToken operations supported only in SyncZone');
  const zoneID = wireZoneId(zone);
  const text = textProperty(entry, 'syncToken');
  // An empty token means "already up to date": a trap (photos.md §10.1).
  if (text === '') return { zoneID, syncToken: '', moreComing: false, records: [] };
  const answer = (position: FeedPosition, records: readonly WireRecord[]) => ({
    zoneID,
    syncToken: feedToken(zone, position),
    moreComing: position.counter < zone.counter,
    records,
  });
  // The full history begins with a page without records.
  if (text === undefined) return answer({ counter: 0, emptyPagesShown: 1 }, []);
  const position = lies.tokensRefused ? undefined : parseZoneToken(zone, text);
  if (position === undefined) throw badRequest('Unknown sync continuation type');
  if (lies.feedSilent) return answer({ counter: zone.counter, emptyPagesShown: 0 }, []);
  if (position.counter < zone.counter && position.emptyPagesShown < emptyPagesAt(position.counter, lies))
    return answer({ ...position, emptyPagesShown: position.emptyPagesShown + 1 }, []);
  const asked = property(entry, 'resultsLimit');
  const limit = Math.min(typeof asked === 'number' ? asked : RECORD_LIMIT, RECORD_LIMIT, lies.feedPageLimit);
  const page = pageAfter(zone, position.counter, Math.max(1, limit));
  return answer({ counter: page.counter, emptyPagesShown: 0 }, shownChanges(page.names, wireContextOf(context, zone, entry), lies));
}

/** Records whose last change is later than `counter`, in change order, each once. */
function pageAfter(zone: ZoneStore, counter: number, limit: number): { names: string[]; counter: number } {
  const names: string[] = [];
  let at = counter;
  while (at < zone.counter && names.length < limit) {
    at += 1;
    const name = zone.changedAt(at);
    if (name !== undefined) names.push(name);
  }
  return { names, counter: at };
}

function shownChanges(names: readonly string[], wire: WireContext, lies: LieSwitches): readonly WireRecord[] {
  const records = names
    .filter((name) => !isChosen(lies.feedLeavesOut, name))
    .map((name) => wireChange(name, wire, lies))
    .filter(({ recordType, deleted }) => !lies.feedWithoutTypes.includes(deleted === true ? 'tombstone' : String(recordType)));
  return withErrors(records, lies.errorsInPages);
}

function wireChange(recordName: string, wire: WireContext, lies: LieSwitches): WireRecord {
  const record = wire.zone.record(recordName);
  if (record !== undefined) return wireRecord(record, wire);
  // A tombstone does not say what it was (photos.md §10.2).
  const recordChangeTag = (wire.zone.buriedAt(recordName) ?? 0).toString(36);
  const type = lies.tombstones === 'null' ? { recordType: null } : {};
  return { recordName, ...type, recordChangeTag, deleted: true, zoneID: wireZoneId(wire.zone) };
}
