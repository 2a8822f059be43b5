import type { Zone } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { AssetPage, PhotoIndex, RecordTrouble } from '../../ports/photos-service.ts';
import type { CloudKit } from './cloudkit.ts';
import type { ExtraResources } from './extra-resources.ts';
import { parsePage, type RecordPage } from './page.ts';
import { createPairing } from './pairing.ts';
import { LOOKUP_NAMES, lookupBody, PAGE_ASSETS, photoKeys, photosQuery } from './queries.ts';
import { isLive } from './records.ts';
import type { WireRecord } from './wire.ts';

/** Stretches of ranks that are fetched ahead of the one being staged: bounds both requests in flight and memory. */
const AHEAD = 6;
/** Empty stretches in a row that end the planned walk: iCloud's count was too high (photos.md §3.5). */
const EMPTY_STRETCHES = 5;
/** A walk that is told "more follows" this often without a new asset is going in circles. */
const MOST_BARREN_PAGES = 100;
const WEEK_MS = 7 * 86_400_000;

/** What is walked: one index of one library. */
interface Walked {
  readonly zone: Zone;
  readonly index: PhotoIndex;
  readonly extra: ExtraResources;
}

/**
 * Walks one of a zone's indexes in rank order. Stretches of 100 ranks are fetched in parallel as far as the count
 * reaches; within a stretch, and behind the last one, the continuation marker leads, so neither a short page nor a wrong
 * count ends the walk early (photos.md §3.5).
 */
export async function* walkPhotos(
  cloudKit: CloudKit,
  walked: Walked,
  expected: number | undefined,
  now: () => number,
  signal: AbortSignal,
): AsyncGenerator<AssetPage> {
  const { zone, index, extra } = walked;
  const pairing = createPairing(zone.name, now);
  const lookup = async (names: readonly string[]) =>
    parsePage(await cloudKit(zone.database, '/records/lookup', lookupBody(zone, names, photoKeys(extra.names())), signal));
  let syncToken: string | undefined;
  for await (const page of rawPages(cloudKit, walked, { expected, weekNumber: Math.floor(now() / WEEK_MS) }, signal)) {
    extra.learn(page.records);
    syncToken = page.syncToken ?? syncToken;
    const assets = pairing.page(index === 'deleted' ? page.records : page.records.filter(isListed));
    yield { assets, troubles: page.troubles, syncToken: page.syncToken };
    if (pairing.wanted().length >= LOOKUP_NAMES) yield* lookUpMasters();
  }
  yield* lookUpMasters();

  /** An asset without its master on any page so far: ask for the master by name, then give up and say so (photos.md §6.4). */
  async function* lookUpMasters(): AsyncGenerator<AssetPage> {
    const wanted = pairing.wanted();
    for (let start = 0; start < wanted.length; start += LOOKUP_NAMES) {
      const names = wanted.slice(start, start + LOOKUP_NAMES);
      const page = await lookup(names);
      const assets = pairing.page(page.records.filter(({ recordType }) => recordType === 'CPLMaster'));
      yield { assets, troubles: pairing.giveUp(new Set(names)).map(withoutMaster), syncToken };
    }
    const orphans = pairing.giveUp(new Set());
    if (orphans.length > 0) yield { assets: [], troubles: orphans.map(withoutMaster), syncToken };
  }
}

function withoutMaster(record: WireRecord): RecordTrouble {
  return { what: 'no-master', record: record.recordName, detail: `Item ${record.recordName} was listed without its file.` };
}

/** The other indexes hold live items only; one that says otherwise is on its way out and no item of this listing. */
function isListed(record: WireRecord): boolean {
  return record.recordType === 'CPLMaster' || isLive(record);
}

/** Answers in rank order: parallel stretches first, then the marker chain behind the last one. */
async function* rawPages(
  cloudKit: CloudKit,
  walked: Walked,
  { expected, weekNumber }: { readonly expected: number | undefined; readonly weekNumber: number },
  signal: AbortSignal,
): AsyncGenerator<RecordPage> {
  // A walk that ends early (an error, a caller who stops) must not leave requests running.
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const ask = async (body: object) => parsePage(await cloudKit(walked.zone.database, '/records/query', body, both));
  const stretches = Math.max(1, Math.ceil((expected ?? 0) / PAGE_ASSETS));
  // Here every field is asked for, to see kinds of files that this version does not know: among the latest photos, and each week elsewhere.
  const wide = new Set([stretches - 1, weekNumber % stretches]);
  const inFlight: Promise<RecordPage[]>[] = [];
  let next = 0;
  const launch = () => {
    while (next < stretches && inFlight.length < AHEAD) {
      const stretch = fetchStretch(ask, walked, next * PAGE_ASSETS, wide.has(next));
      stretch.catch(() => undefined); // awaited in order below; an early failure is not unhandled
      inFlight.push(stretch);
      next += 1;
    }
  };
  try {
    let last: RecordPage | undefined;
    let empty = 0;
    for (let done = 0; done < stretches; done++) {
      launch();
      const pages = await inFlight.shift();
      for (const page of pages ?? []) {
        yield page;
        last = page;
      }
      empty = pages?.every((page) => page.records.length === 0 && page.marker === undefined) ? empty + 1 : 0;
      if (empty >= EMPTY_STRETCHES) return;
    }
    if (last?.marker !== undefined) yield* followMarker(ask, walked, (stretches - 1) * PAGE_ASSETS, last.marker);
  } finally {
    ending.abort();
  }
}

/** The pages that cover 100 ranks: one, or more when iCloud hands out short ones. */
async function fetchStretch(
  ask: (body: object) => Promise<RecordPage>,
  { zone, index, extra }: Walked,
  rank: number,
  wide: boolean,
): Promise<RecordPage[]> {
  const keys = wide ? undefined : photoKeys(extra.names());
  const pages: RecordPage[] = [];
  let covered = 0;
  let marker: string | undefined;
  do {
    const page = await ask({ ...photosQuery(zone, index, rank, keys), ...(marker ? { continuationMarker: marker } : {}) });
    pages.push(page);
    covered += countAssets(page);
    marker = page.marker;
    if (pages.length > MOST_BARREN_PAGES) throw circling();
  } while (marker !== undefined && covered < PAGE_ASSETS);
  return pages;
}

async function* followMarker(
  ask: (body: object) => Promise<RecordPage>,
  { zone, index, extra }: Walked,
  rank: number,
  from: string,
): AsyncGenerator<RecordPage> {
  let marker: string | undefined = from;
  let barren = 0;
  while (marker !== undefined) {
    const page: RecordPage = await ask({ ...photosQuery(zone, index, rank, photoKeys(extra.names())), continuationMarker: marker });
    yield page;
    barren = countAssets(page) === 0 ? barren + 1 : 0;
    if (barren > MOST_BARREN_PAGES) throw circling();
    marker = page.marker;
  }
}

/** Ranks count assets, not masters: siblings share one (photos.md §3.5). */
function countAssets(page: RecordPage): number {
  return new Set(page.records.filter(({ recordType }) => recordType === 'CPLAsset').map(({ recordName }) => recordName)).size;
}

function circling(): Problem {
  return new Problem('listing-incomplete', 'iCloud keeps saying that more photos follow and sends none.');
}
