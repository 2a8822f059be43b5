import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { doubtAbout } from '../domain/brake.ts';
import { formatCount, plural } from '../domain/format.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { Listing } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PhotoIndex, PhotosService } from '../ports/photos-service.ts';
import { rememberSurplus, usualSurplus } from './listing-memory.ts';
import { type StageParts, stagePage } from './stage.ts';

export interface ListingParts extends StageParts {
  readonly photos: PhotosService;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: ProblemTally;
  readonly onExpected: (items: number) => void;
  /** New items are on the to-do list; `mayStart` = fetching may begin while reading goes on. */
  readonly onStaged: (assets: number, wanted: number, mayStart: boolean) => void;
}

export interface ZoneListed {
  /** Read to its end and believed: absence has been looked at. */
  readonly complete: boolean;
  /** Stored parts of listed items that iCloud no longer shows, edits apart: they stay. */
  readonly unlisted: number;
  /** Items that are new or newly gone: what a change feed should have told before. */
  readonly news: number;
}

/** What is hidden or stacked is in lists of its own; a shared library may have none of these (photos.md §3.2). */
const MORE_INDEXES: readonly PhotoIndex[] = ['hidden', 'bursts'];

/**
 * Lists one library into the catalog. It counts as complete only when it was read to its end, no page held an error, and
 * indexing was finished: everything else leaves what is stored alone and tries again at the next run.
 */
export async function listZone(parts: ListingParts, zone: Zone, signal: AbortSignal): Promise<ZoneListed> {
  const { catalog, clock, log, photos, tally } = parts;
  const title = zoneTitle(zone);
  const indexed = await photos.indexed(zone, signal);
  if (!indexed) tally.add('indexing-unfinished', `iCloud has not finished preparing the ${title}.`);
  const expected = await countHint(parts, zone, signal);
  if (expected !== undefined) parts.onExpected(expected);
  const listing = catalog.beginListing(zone, clock.now());
  const before = catalog.countLive(listing.zoneId);
  let listed = await walk(parts, listing, zone, 'all', expected, signal);
  // Ranks shift when the library changes during the walk, so pages fetched in parallel can miss an item: once more by markers alone.
  if (listed.changed) listed = await walk(parts, listing, zone, 'all', undefined, signal);
  let troubles = listed.troubles;
  let items = listed.assets;
  let unlisted = listed.unlisted;
  for (const index of MORE_INDEXES) {
    const more = await walkIfThere(parts, listing, zone, index, signal);
    troubles += more.troubles;
    items += more.assets;
    unlisted += more.unlisted;
  }
  log.info(
    `${title[0]?.toUpperCase()}${title.slice(1)}: ${plural(items, 'item')} listed${expected !== undefined && expected !== listed.assets ? ` (iCloud counts ${formatCount(expected)})` : ''}.`,
  );
  const facts = { listed: listed.assets, counted: expected, before, usualSurplus: usualSurplus(catalog, zone.name, clock.now()) };
  let doubt = doubtAbout(facts);
  if (indexed && troubles === 0 && doubt === undefined) doubt = await checkAbsence(parts, listing, zone, signal);
  rememberSurplus(catalog, zone.name, facts, doubt === undefined, clock.now());
  if (doubt !== undefined) tally.add('listing-suspicious', `${doubt}. This listing is not believed about what is missing from it.`);
  const complete = indexed && troubles === 0 && doubt === undefined;
  const nowMs = clock.now();
  const gone = complete ? catalog.markUnseenGone(listing, nowMs) : 0;
  catalog.endListing(listing, { complete, syncToken: indexed ? listed.firstToken : undefined, nowMs });
  if (complete) catalog.allDirty();
  return { complete, unlisted, news: Math.max(0, catalog.countLive(listing.zoneId) - before) + gone };
}

/** A hint only: without it the walk follows the markers. */
async function countHint({ photos }: ListingParts, zone: Zone, signal: AbortSignal): Promise<number | undefined> {
  return photos.count(zone, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (asProblem(error).remedy === 'person') throw error;
    return undefined;
  });
}

interface Walked {
  readonly assets: number;
  readonly unlisted: number;
  /** Entries that could not be used and whose item is not known: absence proves nothing any more. */
  readonly troubles: number;
  readonly firstToken: string | undefined;
  readonly changed: boolean;
}

async function walk(
  parts: ListingParts,
  listing: Listing,
  zone: Zone,
  index: PhotoIndex,
  expected: number | undefined,
  signal: AbortSignal,
): Promise<Walked> {
  let assets = 0;
  let unlisted = 0;
  let troubles = 0;
  let firstToken: string | undefined;
  let lastToken: string | undefined;
  for await (const page of parts.photos.assets(zone, expected, signal, index)) {
    firstToken ??= page.syncToken;
    lastToken = page.syncToken ?? lastToken;
    // The other indexes repeat items of the first: those were staged already.
    const isNew = ({ id }: { id: string }) => index === 'all' || parts.catalog.findAsset(listing.zoneId, id)?.listingId !== listing.id;
    const staged = stagePage(parts, listing, { ...page, assets: page.assets.filter(isNew) }, parts.clock.now());
    assets += staged.assets;
    unlisted += staged.unlisted;
    for (const { what, detail } of page.troubles) {
      parts.tally.add(what === 'no-master' ? 'half-a-record' : 'listing-incomplete', detail);
      if (what !== 'no-master') troubles += 1;
    }
    parts.onStaged(staged.assets, staged.wanted, true);
  }
  return { assets, unlisted, troubles, firstToken, changed: firstToken !== lastToken };
}

/** An index that iCloud refuses for this library counts as empty: what it might hold is asked for by name before it is believed gone. */
async function walkIfThere(parts: ListingParts, listing: Listing, zone: Zone, index: PhotoIndex, signal: AbortSignal): Promise<Walked> {
  try {
    return await walk(parts, listing, zone, index, undefined, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Problem) || error.context.code !== 'BAD_REQUEST') throw error;
    parts.log.debug('An index is not there.', { index, reason: error.message });
    return { assets: 0, unlisted: 0, troubles: 0, firstToken: undefined, changed: false };
  }
}

const ASKED_AT_ONCE = 100;

/**
 * Absence alone is weak proof, so every item that the listing did not show is asked for by name. One that is still there
 * discredits the whole listing; the answer is why, or undefined when every absence was confirmed.
 */
async function checkAbsence(parts: ListingParts, listing: Listing, zone: Zone, signal: AbortSignal): Promise<string | undefined> {
  const { catalog, photos } = parts;
  let stillThere = 0;
  for (let after = 0; ; ) {
    const absent = catalog.unseen(listing, after, ASKED_AT_ONCE);
    const last = absent.at(-1);
    if (!last) break;
    after = last.assetRow;
    const presence = await photos.presence(
      zone,
      absent.map(({ id }) => id),
      signal,
    );
    const kept = absent.filter((_, index) => presence[index] !== 'gone');
    stillThere += presence.filter((is) => is === 'live').length;
    catalog.markSeen(
      listing,
      kept.map(({ assetRow }) => assetRow),
    );
    if (stillThere > ASKED_AT_ONCE) break; // no need to ask for all of a library
  }
  return stillThere === 0 ? undefined : `iCloud left out ${plural(stillThere, 'item')} that it still holds`;
}

export function zoneTitle(zone: Zone): string {
  return zone.name === PERSONAL_ZONE ? 'personal library' : 'shared library';
}
