import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { formatCount, plural } from '../domain/format.ts';
import { asProblem } from '../domain/problem.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import { type StageParts, stagePage } from './stage.ts';

export interface ListingParts extends StageParts {
  readonly photos: PhotosService;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: ProblemTally;
  readonly onExpected: (items: number) => void;
  /** New items are on the to-do list. */
  readonly onStaged: (assets: number, wanted: number) => void;
}

export interface ZoneListed {
  readonly complete: boolean;
  readonly noLongerListed: number;
  readonly unlisted: number;
}

/**
 * Lists one library into the catalog. It counts as complete only when it was read to its end, no page held an error, and
 * indexing was finished: everything else leaves what is stored alone and tries again at the next run.
 */
export async function listZone(parts: ListingParts, zone: Zone, signal: AbortSignal): Promise<ZoneListed> {
  const { catalog, clock, log, photos, tally } = parts;
  const title = zoneTitle(zone);
  const indexed = await photos.indexed(zone, signal);
  if (!indexed) tally.add('indexing-unfinished', `iCloud has not finished preparing the ${title}.`);
  const expected = await photos.count(zone, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (asProblem(error).remedy === 'person') throw error;
    return undefined; // a hint only: without it the walk follows the markers
  });
  if (expected !== undefined) parts.onExpected(expected);
  const listing = catalog.beginListing(zone, clock.now());
  let listed = await walk(parts, listing, zone, expected, signal);
  // Ranks shift when the library changes during the walk, so pages fetched in parallel can miss an item: once more by markers alone.
  if (listed.changed) listed = await walk(parts, listing, zone, undefined, signal);
  const complete = indexed && listed.troubles === 0;
  catalog.endListing(listing, { complete, syncToken: indexed ? listed.firstToken : undefined, nowMs: clock.now() });
  const noLongerListed = complete ? catalog.countUnseen(listing) : 0;
  log.info(
    `${title[0]?.toUpperCase()}${title.slice(1)}: ${plural(listed.assets, 'item')} listed${expected !== undefined && expected !== listed.assets ? ` (iCloud counts ${formatCount(expected)})` : ''}.`,
  );
  return { complete, noLongerListed, unlisted: listed.unlisted };
}

async function walk(
  parts: ListingParts,
  listing: { id: number; zoneId: number },
  zone: Zone,
  expected: number | undefined,
  signal: AbortSignal,
) {
  let assets = 0;
  let unlisted = 0;
  let troubles = 0;
  let firstToken: string | undefined;
  let lastToken: string | undefined;
  for await (const page of parts.photos.assets(zone, expected, signal)) {
    firstToken ??= page.syncToken;
    lastToken = page.syncToken ?? lastToken;
    const staged = stagePage(parts, listing, page, parts.clock.now());
    assets += staged.assets;
    unlisted += staged.unlisted;
    troubles += page.troubles.length;
    for (const { what, detail } of page.troubles) parts.tally.add(what === 'no-master' ? 'half-a-record' : 'listing-incomplete', detail);
    parts.onStaged(staged.assets, staged.wanted);
  }
  return { assets, unlisted, troubles, firstToken, changed: firstToken !== lastToken };
}

function zoneTitle(zone: Zone): string {
  return zone.name === PERSONAL_ZONE ? 'personal library' : 'shared library';
}

/** Lists every library; one that fails is reported and never stops the others. */
export async function listZones(parts: ListingParts, zones: readonly Zone[], signal: AbortSignal): Promise<ZoneListed> {
  let complete = true;
  let noLongerListed = 0;
  let unlisted = 0;
  for (const zone of zones) {
    try {
      const listed = await listZone(parts, zone, signal);
      complete &&= listed.complete;
      noLongerListed += listed.noLongerListed;
      unlisted += listed.unlisted;
    } catch (error) {
      signal.throwIfAborted();
      const problem = asProblem(error);
      // Without a network, or told to pause, the other libraries would fare no better.
      if (['no-network', 'rate-limited'].includes(problem.code)) throw problem;
      if (zone.name === PERSONAL_ZONE && (problem.remedy === 'person' || problem.remedy === 'fix')) throw problem;
      complete = false;
      parts.log.warn(`The ${zoneTitle(zone)} could not be listed to its end.`, { reason: problem.message });
      parts.tally.add(
        problem.remedy === 'person' ? problem.code : 'listing-incomplete',
        `The ${zoneTitle(zone)} could not be listed to its end: ${problem.message}`,
      );
    }
  }
  return { complete, noLongerListed, unlisted };
}
