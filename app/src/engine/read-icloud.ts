import type { SkippedAlbum } from '../domain/album.ts';
import { type Database, PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { plural } from '../domain/format.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { ZoneState } from '../ports/feed-catalog.ts';
import { followChanges } from './changes.ts';
import { type ListingParts, listZone, zoneTitle } from './listing.ts';
import { stagePage } from './stage.ts';

export interface ReadingParts extends ListingParts {
  /** A full listing is due, whatever the change feed says. */
  readonly full: boolean;
}

export interface ICloudRead {
  /** Libraries that can be asked for addresses. */
  readonly zones: readonly Zone[];
  /** Every library is known in its present state: removals may go on. */
  readonly complete: boolean;
  /** Some library was listed in full: the albums are to be read again too. */
  readonly listedInFull: boolean;
  readonly unlisted: number;
  readonly skippedAlbums: readonly SkippedAlbum[];
  /** Items that only the full listing told of, although the feed had been read to its end just before. */
  readonly missedByFeed: number;
  readonly notices: readonly string[];
}

const DATABASES = ['private', 'shared'] as const satisfies readonly Database[];
const gateKey = (database: Database) => `gate/${database}`;

/**
 * Brings the catalog up to date with iCloud as cheaply as possible: one question to each database whether anything changed,
 * the change feed of the libraries that did, and a full listing where there is no token or the weekly look is due. One library
 * that fails is reported and never stops the others.
 */
export async function readICloud(parts: ReadingParts, signal: AbortSignal): Promise<ICloudRead> {
  const { catalog } = parts;
  const gate = await askGate(parts, signal);
  const read: Mutable<ICloudRead> & { notices: string[]; skippedAlbums: SkippedAlbum[] } = {
    zones: gate.zones,
    complete: gate.complete,
    listedInFull: false,
    unlisted: 0,
    skippedAlbums: [],
    missedByFeed: 0,
    notices: [...leaveZones(parts, gate)],
  };
  for (const zone of gate.zones) {
    const state = catalog.zones().find((known) => known.zone.name === zone.name);
    try {
      const done = await readZone(parts, zone, state, gate.changed.has(zone.name), signal);
      read.complete &&= done.complete;
      read.listedInFull ||= done.listedInFull;
      read.unlisted += done.unlisted;
      read.missedByFeed += done.missedByFeed;
      read.skippedAlbums.push(...done.skippedAlbums);
    } catch (error) {
      signal.throwIfAborted();
      read.complete = false;
      noteFailure(parts, zone, state, asProblem(error), read.notices);
    }
  }
  // Last of all: until here a broken run asks the gate the same question again.
  if (read.complete) for (const [database, token] of gate.tokens) catalog.setMemo(gateKey(database), token);
  if (read.missedByFeed > 0)
    read.notices.push(
      `The full listing found ${plural(read.missedByFeed, 'change')} that the change feed had not reported. All of it is taken in.`,
    );
  return read;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Gate {
  /** Personal library first: it is what the owner thinks of, and its albums name the others' items. */
  readonly zones: readonly Zone[];
  readonly changed: ReadonlySet<string>;
  readonly left: readonly string[];
  readonly tokens: ReadonlyMap<Database, string>;
  readonly complete: boolean;
}

/** Which libraries there are and which of them changed: one request for each database (photos.md §2.3). */
async function askGate(parts: ReadingParts, signal: AbortSignal): Promise<Gate> {
  const { catalog, tally } = parts;
  const known = catalog.zones().filter(({ left }) => !left);
  const zones = new Map<string, Zone>();
  const changed = new Set<string>();
  const left = new Set<string>();
  const tokens = new Map<Database, string>();
  let complete = true;
  let listedAll = true;
  for (const database of DATABASES) {
    try {
      const token = parts.full ? undefined : catalog.memo(gateKey(database)) || undefined;
      const answer = await librariesOf(parts, database, token, signal);
      if (answer.delta) {
        listedAll = false;
        for (const { zone } of known) if (zone.database === database && !answer.left.includes(zone.name)) zones.set(zone.name, zone);
      }
      // A zone found in both databases is taken from `private` (photos.md §2.1).
      for (const zone of answer.zones) {
        if (!zones.has(zone.name)) zones.set(zone.name, zone);
        changed.add(zone.name);
      }
      for (const name of answer.left) left.add(name);
      if (answer.token) tokens.set(database, answer.token);
    } catch (error) {
      signal.throwIfAborted();
      const problem = asProblem(error);
      if (database === 'private' || problem.code === 'session-ended') throw error;
      complete = false;
      listedAll = false;
      tally.add('listing-incomplete', `The ${database} libraries could not be asked for: ${problem.message}`);
    }
  }
  // An answer without the personal library, where there was one, is no answer about libraries: go on with what is known.
  if (!zones.has(PERSONAL_ZONE)) {
    listedAll = false;
    for (const { zone } of known) if (!zones.has(zone.name)) zones.set(zone.name, zone);
  }
  if (!zones.has(PERSONAL_ZONE)) throw new Problem('photos-not-set-up', 'iCloud shows no photo library for this account.');
  if (listedAll) for (const { zone } of known) if (!zones.has(zone.name)) left.add(zone.name);
  const sorted = [...zones.values()].sort((a, b) => Number(b.name === PERSONAL_ZONE) - Number(a.name === PERSONAL_ZONE));
  return { zones: sorted, changed, left: [...left].filter((name) => !zones.has(name)), tokens, complete };
}

async function librariesOf({ photos, log }: ReadingParts, database: Database, token: string | undefined, signal: AbortSignal) {
  if (token !== undefined) {
    try {
      return { ...(await photos.libraries(database, token, signal)), delta: true };
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'sync-token-refused') throw error;
      log.debug('The gate did not take its token.', { database });
    }
  }
  return { ...(await photos.libraries(database, undefined, signal)), delta: false };
}

/** A shared library that was left: what it brought stays, and is never asked about again (decisions.md 4). */
function leaveZones({ catalog, clock }: ReadingParts, gate: Gate): string[] {
  return gate.left.flatMap((name) => {
    const state = catalog.zones().find(({ zone, left }) => zone.name === name && !left);
    if (!state) return [];
    const { items } = catalog.leaveZone(state.zoneId, clock.now());
    return [leftNotice(items)];
  });
}

const leftNotice = (items: number) =>
  `This account no longer takes part in the shared library. Its ${plural(items, 'item')} stay here and are never removed.`;

async function readZone(parts: ReadingParts, zone: Zone, state: ZoneState | undefined, isChanged: boolean, signal: AbortSignal) {
  const { catalog, clock } = parts;
  const done = { complete: true, listedInFull: false, unlisted: 0, missedByFeed: 0, skippedAlbums: [] as readonly SkippedAlbum[] };
  let followed = false;
  if (state?.syncToken !== undefined && state.completeAtMs !== undefined && !state.left) {
    await askAgain(parts, state, signal);
    if (!isChanged) {
      catalog.refreshed(state.zoneId, undefined, clock.now());
      followed = true;
    } else {
      const changes = await tryChanges(parts, { ...state, zone, syncToken: state.syncToken }, signal);
      followed = changes !== undefined;
      done.skippedAlbums = changes?.skippedAlbums ?? [];
    }
    if (followed && !parts.full) return done;
  }
  const listed = await listZone(parts, zone, signal);
  return {
    ...done,
    complete: listed.complete,
    listedInFull: true,
    unlisted: listed.unlisted,
    missedByFeed: followed ? listed.news : 0,
  };
}

/** Undefined when iCloud does not take the token any more: then a full listing is due (photos.md §10.3). */
async function tryChanges(parts: ReadingParts, state: ZoneState & { syncToken: string }, signal: AbortSignal) {
  try {
    return await followChanges(parts, state, signal);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'sync-token-refused') throw error;
    parts.log.info('iCloud no longer takes the token of the last listing: everything is listed once more.');
    parts.catalog.forgetToken(state.zoneId);
    return undefined;
  }
}

/** Items that came without their other half last time: no change will tell of them again, so they are asked for by name. */
async function askAgain(parts: ReadingParts, { zoneId, zone }: ZoneState, signal: AbortSignal): Promise<void> {
  const { catalog, clock, photos, tally } = parts;
  const names = catalog.troubles(zoneId);
  if (names.length === 0) return;
  const found = await photos.items(zone, names, signal);
  const staged = catalog.transaction(() => {
    for (const name of names) catalog.dropTrouble(zoneId, name);
    for (const { id, because } of found.gone) catalog.markGone(zoneId, id, because, clock.now());
    return stagePage(parts, catalog.beginChanges(zoneId, clock.now()), found, clock.now());
  });
  for (const { detail } of found.troubles) tally.add('half-a-record', detail);
  parts.onStaged(staged.assets, staged.wanted, false);
}

function noteFailure(parts: ReadingParts, zone: Zone, state: ZoneState | undefined, problem: Problem, notices: string[]): void {
  // Without a network or a login, or told to pause, the other libraries would fare no better.
  if (['no-network', 'rate-limited', 'session-ended'].includes(problem.code)) throw problem;
  if (zone.name === PERSONAL_ZONE && (problem.remedy === 'person' || problem.remedy === 'fix')) throw problem;
  if (problem.code === 'library-left' && state) {
    notices.push(leftNotice(parts.catalog.leaveZone(state.zoneId, parts.clock.now()).items));
    return;
  }
  parts.log.warn(`The ${zoneTitle(zone)} could not be read to its end.`, { reason: problem.message });
  parts.tally.add(
    problem.remedy === 'person' ? problem.code : 'listing-incomplete',
    `The ${zoneTitle(zone)} could not be read to its end: ${problem.message}`,
  );
}
