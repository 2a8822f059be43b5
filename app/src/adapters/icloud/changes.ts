import type { Database, ListedAsset, Zone } from '../../domain/asset.ts';
import { isLibraryZone, PERSONAL_ZONE } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { AlbumChange, ChangePage, DatabaseChanges, MemberChange, Presence, RecordTrouble } from '../../ports/photos-service.ts';
import { albumChangeOf, relationOf } from './album-tree.ts';
import type { CloudKit } from './cloudkit.ts';
import type { ExtraResources } from './extra-resources.ts';
import { parsePage } from './page.ts';
import { FEED_KEYS, LOOKUP_NAMES, lookupBody, PAGE_RECORDS, zoneId } from './queries.ts';
import { assetHalf, isLive, joinHalves } from './records.ts';
import { FeedAnswer, flagValue, type WireRecord, ZonesAnswer } from './wire.ts';

/** Empty pages with more to come, 70 in a row, have been seen (photos.md §10.1); this many are a circle. */
const MOST_EMPTY_PAGES = 1_000;
const MOST_DATABASE_PAGES = 100;
const BAD_TOKEN = /BAD_REQUEST/i;
const GONE_ZONE = /^ZONE_NOT_FOUND$/i;

/** `/changes/database`: which libraries exist or changed (photos.md §2.3). Anything that is no library is left out (§2.1). */
export async function readDatabaseChanges(
  cloudKit: CloudKit,
  database: Database,
  token: string | undefined,
  signal: AbortSignal,
): Promise<DatabaseChanges> {
  const zones = new Map<string, Zone>();
  const left = new Set<string>();
  let syncToken = token;
  for (let page = 0; page < MOST_DATABASE_PAGES; page++) {
    const answer = ZonesAnswer.safeParse(
      await askOrRefuse(() => cloudKit(database, '/changes/database', syncToken ? { syncToken } : {}, signal)),
    );
    if (!answer.success) throw new Problem('answer-not-understood', `iCloud's list of libraries (${database}) was not understood.`);
    for (const { zoneID, deleted } of answer.data.zones) {
      if (!isLibraryZone(zoneID.zoneName)) continue;
      if (deleted === true) {
        zones.delete(zoneID.zoneName);
        left.add(zoneID.zoneName);
      } else zones.set(zoneID.zoneName, { name: zoneID.zoneName, owner: zoneID.ownerRecordName, database });
    }
    // Never an empty token: it would mean "nothing new" for ever (photos.md §10.1).
    syncToken = answer.data.syncToken || undefined;
    if (answer.data.moreComing !== true || syncToken === undefined) break;
  }
  return { zones: [...zones.values()], left: [...left].filter((name) => !zones.has(name)), token: syncToken };
}

/** A token of another kind or of another database is answered with BAD_REQUEST (photos.md §10.3). */
async function askOrRefuse(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem && BAD_TOKEN.test(String(error.context.code ?? '')))
      throw new Problem('sync-token-refused', 'iCloud does not take the token of the last listing.', { cause: error });
    throw error;
  }
}

/** `/changes/zone` to its end, every item with both halves: what a delta lacks is looked up by name (photos.md §10.2). */
export async function* readChanges(
  cloudKit: CloudKit,
  zone: Zone,
  token: string,
  assetsOf: (masters: readonly string[]) => readonly string[],
  now: () => number,
  extra: Pick<ExtraResources, 'learn'>,
  signal: AbortSignal,
): AsyncGenerator<ChangePage> {
  let syncToken = token;
  let empty = 0;
  for (;;) {
    const entry = await readFeedPage(cloudKit, zone, syncToken, signal);
    const page = parsePage({ records: entry.records ?? [] });
    extra.learn(page.records);
    if (!entry.syncToken) throw new Problem('answer-not-understood', "iCloud's change feed gave no token to go on from.");
    syncToken = entry.syncToken;
    empty = page.records.length === 0 ? empty + 1 : 0;
    if (empty > MOST_EMPTY_PAGES) throw new Problem('listing-incomplete', 'iCloud keeps saying that more changes follow and sends none.');
    yield await resolved(cloudKit, zone, page.records, page.troubles, syncToken, assetsOf, now, signal);
    if (entry.moreComing !== true) return;
  }
}

async function readFeedPage(cloudKit: CloudKit, zone: Zone, syncToken: string, signal: AbortSignal) {
  const body = { zones: [{ zoneID: zoneId(zone), syncToken, resultsLimit: PAGE_RECORDS, desiredKeys: FEED_KEYS, reverse: false }] };
  const answer = FeedAnswer.safeParse(await cloudKit(zone.database, '/changes/zone', body, signal));
  const entry = answer.success ? answer.data.zones[0] : undefined;
  if (!entry) throw new Problem('answer-not-understood', "iCloud's change feed was not understood.");
  const code = entry.serverErrorCode;
  if (code === undefined) return entry;
  if (BAD_TOKEN.test(code))
    throw new Problem('sync-token-refused', `iCloud does not take the token of the last listing (${entry.reason ?? code}).`);
  if (GONE_ZONE.test(code))
    throw zone.name === PERSONAL_ZONE
      ? new Problem('photos-not-set-up', 'iCloud shows no photo library for this account.')
      : new Problem('library-left', 'iCloud no longer shows the shared library to this account.');
  throw new Problem('icloud-failed', `iCloud's change feed answered ${code}${entry.reason ? `: ${entry.reason}` : ''}.`);
}

/** Sorts the records of a page by what they tell, and completes the items. The later state of a record wins. */
async function resolved(
  cloudKit: CloudKit,
  zone: Zone,
  records: readonly WireRecord[],
  pageTroubles: readonly RecordTrouble[],
  syncToken: string,
  assetsOf: (masters: readonly string[]) => readonly string[],
  now: () => number,
  signal: AbortSignal,
): Promise<ChangePage> {
  const latest = new Map(records.map((record) => [record.recordName, record]));
  const found = sortRecords([...latest.values()]);
  const troubles = [...pageTroubles];
  const assets = new Map(found.assets.map((record) => [record.recordName, record]));
  const masters = new Map(found.masters.map((record) => [record.recordName, record]));
  // A master alone: its items changed too (a film that was uploaded later, for instance).
  const claimed = new Set(found.assets.map((record) => assetHalf(record).masterId));
  const lone = [...masters.keys()].filter((name) => !claimed.has(name));
  const alsoAssets = lone.length > 0 ? assetsOf(lone).filter((name) => !latest.has(name)) : [];
  await lookUp(
    cloudKit,
    zone,
    alsoAssets,
    signal,
    (record) => {
      if (isLive(record)) assets.set(record.recordName, record);
    },
    troubles,
  );
  const missing = new Set<string>();
  for (const record of assets.values()) {
    const { masterId } = assetHalf(record);
    if (masterId !== undefined && !masters.has(masterId)) missing.add(masterId);
  }
  await lookUp(cloudKit, zone, [...missing], signal, (record) => masters.set(record.recordName, record), troubles);
  const whole: ListedAsset[] = [];
  for (const record of assets.values()) {
    const { masterId } = assetHalf(record);
    const master = masterId === undefined ? undefined : masters.get(masterId);
    if (master) whole.push(joinHalves(zone.name, record, master, now()));
    else troubles.push({ what: 'no-master', record: record.recordName, detail: `Item ${record.recordName} was listed without its file.` });
  }
  return {
    assets: whole,
    gone: found.gone,
    tombstones: found.tombstones,
    albums: found.albums,
    skippedAlbums: found.skippedAlbums,
    members: found.members,
    troubles,
    syncToken,
  };
}

interface Sorted {
  readonly assets: WireRecord[];
  readonly masters: WireRecord[];
  readonly gone: { id: string; because: 'deleted' | 'expunged' }[];
  readonly tombstones: string[];
  readonly albums: AlbumChange[];
  readonly skippedAlbums: ChangePage['skippedAlbums'][number][];
  readonly members: MemberChange[];
}

/** The order of tests of photos.md §10.2: a tombstone first, then expunged, then deleted, else live. Unknown types are none of ours (§6.3). */
function sortRecords(records: readonly WireRecord[]): Sorted {
  const sorted: Sorted = { assets: [], masters: [], gone: [], tombstones: [], albums: [], skippedAlbums: [], members: [] };
  for (const record of records) {
    const relation = relationOf(record);
    if (relation) sorted.members.push(relation);
    else if (record.deleted === true) sorted.tombstones.push(record.recordName);
    else if (record.recordType === 'CPLAsset') {
      if (isLive(record)) sorted.assets.push(record);
      else sorted.gone.push({ id: record.recordName, because: flagValue(record.fields?.isExpunged) ? 'expunged' : 'deleted' });
    } else if (record.recordType === 'CPLMaster') {
      // A deleted master says nothing of itself: its items do, and a live item may still need it.
      if (isLive(record)) sorted.masters.push(record);
    } else if (record.recordType === 'CPLAlbum') {
      const change = albumChangeOf(record);
      if (change?.is === 'skipped') sorted.skippedAlbums.push(change.album);
      else if (change) sorted.albums.push(change);
    }
  }
  return sorted;
}

async function lookUp(
  cloudKit: CloudKit,
  zone: Zone,
  names: readonly string[],
  signal: AbortSignal,
  take: (record: WireRecord) => void,
  troubles: RecordTrouble[],
): Promise<void> {
  for (let start = 0; start < names.length; start += LOOKUP_NAMES) {
    const page = parsePage(
      await cloudKit(zone.database, '/records/lookup', lookupBody(zone, names.slice(start, start + LOOKUP_NAMES)), signal),
    );
    for (const record of page.records) take(record);
    troubles.push(...page.troubles.filter(({ detail }) => !NOT_FOUND.test(detail)));
  }
}

/** Items by name, as the feed would tell of them. */
export async function readItems(
  cloudKit: CloudKit,
  zone: Zone,
  assetIds: readonly string[],
  now: () => number,
  signal: AbortSignal,
): Promise<Pick<ChangePage, 'assets' | 'gone' | 'troubles'>> {
  const records: WireRecord[] = [];
  const troubles: RecordTrouble[] = [];
  await lookUp(cloudKit, zone, assetIds, signal, (record) => records.push(record), troubles);
  return resolved(cloudKit, zone, records, troubles, '', () => [], now, signal);
}

const NOT_FOUND = /^(NOT_FOUND|UNKNOWN_ITEM)/i;

/** Lookups by name (photos.md §3.7): a purged record is NOT_FOUND, a trashed one says so itself. */
export async function readPresence(
  cloudKit: CloudKit,
  zone: Zone,
  assetIds: readonly string[],
  signal: AbortSignal,
): Promise<readonly Presence[]> {
  const presence = new Map<string, Presence>();
  for (let start = 0; start < assetIds.length; start += LOOKUP_NAMES) {
    const page = parsePage(
      await cloudKit(zone.database, '/records/lookup', lookupBody(zone, assetIds.slice(start, start + LOOKUP_NAMES)), signal),
    );
    for (const record of page.records)
      presence.set(record.recordName, isLive(record) ? (flagValue(record.fields?.isHidden) ? 'hidden' : 'live') : 'gone');
    for (const { record, detail } of page.troubles) presence.set(record, NOT_FOUND.test(detail) ? 'gone' : 'unclear');
  }
  return assetIds.map((id) => presence.get(id) ?? 'unclear');
}
