import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { formatBytes, formatDuration, noLongerListedNotice, plural } from '../domain/format.ts';
import { asProblem, Problem, type ProblemCode } from '../domain/problem.ts';
import { NO_COUNTS, outcomeOf, ProblemTally, type RunCounts, type RunReport } from '../domain/run-report.ts';
import { createAddresses } from './addresses.ts';
import { type AlbumParts, linkAlbums, readAlbums } from './albums.ts';
import { type DownloadParts, startDownloads } from './downloads.ts';
import { checksumOfKey } from './fetch-item.ts';
import { listZones } from './listing.ts';

export interface SyncParts extends Omit<AlbumParts, 'albumStore'>, Omit<DownloadParts, 'addresses' | 'onDone' | 'onFailed'> {
  /** Undefined when the volume cannot hold links. */
  readonly albumStore: AlbumParts['albumStore'] | undefined;
  /** Makes the login valid first. Throws Problem. */
  readonly signIn: (signal: AbortSignal) => Promise<void>;
  readonly onPhase: (phase: 'signing-in' | 'syncing') => void;
  /** The listing has been read to its end: from now on the figures only shrink. */
  readonly onListed: () => void;
  /** How many items iCloud counts: a hint for the display. */
  readonly onExpected: (items: number) => void;
  /** Throws Problem `volume-missing` when the library's volume has gone away. */
  readonly stillThere: () => Promise<void>;
  /** Called now and then with the figures so far. */
  readonly onProgress: (counts: RunCounts) => void;
  /** Lists and plans only: nothing is fetched, nothing in the library changes. */
  readonly planOnly: boolean;
}

type MutableCounts = { -readonly [Key in keyof RunCounts]: RunCounts[Key] };

/**
 * One run: list, fetch what is missing while listing goes on, link the albums. Whatever fails is in the report; the catalog
 * and the tree are true at every moment, so a run that ends anywhere is continued by the next one.
 */
export async function sync(parts: SyncParts, command: string, signal: AbortSignal): Promise<RunReport> {
  const { catalog, clock, log } = parts;
  const startedAtMs = clock.now();
  const run = catalog.startRun(command, startedAtMs);
  const tally = new ProblemTally();
  const notices: string[] = [];
  const counts: MutableCounts = { ...NO_COUNTS };
  let ended: ProblemCode | undefined;
  try {
    await runSteps(parts, tally, notices, counts, signal);
  } catch (error) {
    const problem = asProblem(signal.aborted ? signal.reason : error);
    ended = problem.code;
    if (problem.code !== 'interrupted') {
      tally.add(problem.code, problem.message);
      log.debug('The run ended early.', {
        code: problem.code,
        reason: problem.message,
        stack: (error instanceof Error && error.stack) || '',
      });
    }
  }
  counts.missing = catalog.todoTotal().count;
  counts.unconfirmed = catalog.countUnconfirmed();
  const problems = tally.list();
  const report: RunReport = {
    command,
    startedAtMs,
    endedAtMs: clock.now(),
    outcome: outcomeOf(problems, ended),
    counts,
    problems,
    notices,
  };
  catalog.endRun(run, report);
  return report;
}

async function runSteps(
  parts: SyncParts,
  tally: ProblemTally,
  notices: string[],
  counts: MutableCounts,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, clock, log, photos, store } = parts;
  await parts.stillThere();
  parts.onPhase('signing-in');
  await parts.signIn(signal);
  parts.onPhase('syncing');
  const { zones, failed } = await photos.zones(signal);
  for (const { database, problem } of failed)
    tally.add('listing-incomplete', `The ${database} libraries could not be asked for: ${problem.message}`);
  if (!zones.some(({ name }) => name === PERSONAL_ZONE))
    throw new Problem('photos-not-set-up', 'iCloud shows no photo library for this account.');
  const byName = new Map(zones.map((zone) => [zone.name, zone]));
  const addresses = createAddresses(
    photos,
    (name) => byName.get(name),
    () => clock.now(),
  );
  if (!parts.planOnly) await store.sweepIncoming((key) => catalog.hasTodoWithChecksum(checksumOfKey(key)));
  const startedMs = clock.now();
  const downloads = parts.planOnly
    ? undefined
    : startDownloads(
        {
          ...parts,
          addresses,
          onDone: (item, fetched) => {
            if (fetched.how === 'downloaded') {
              counts.downloaded += 1;
              counts.downloadedBytes += fetched.bytes;
            } else counts.reused += 1;
            if (fetched.replaced) counts.replaced += 1;
            log.debug('stored', { path: item.path, how: fetched.how, bytes: fetched.bytes });
            parts.onProgress(counts);
          },
          onFailed: (_item, code, message) => tally.add(code, message),
        },
        signal,
      );
  try {
    const onStaged = (assets: number, wanted: number) => {
      counts.listed += assets;
      if (wanted > 0) downloads?.wake();
      parts.onProgress(counts);
    };
    const listed = await listZones({ ...parts, addresses, tally, onStaged }, sortZones(zones), signal);
    parts.onListed();
    counts.noLongerListed = listed.noLongerListed;
    if (listed.noLongerListed > 0) notices.push(noLongerListedNotice(listed.noLongerListed));
    if (listed.unlisted > 0)
      notices.push(
        `${plural(listed.unlisted, 'stored version')} of listed items no longer in iCloud, after an edit was undone for instance. Nothing was removed.`,
      );
    const albumsRead = await tryAlbums(parts, zones, tally, notices, counts, signal);
    await downloads?.finish();
    const speed = counts.downloaded > 0 ? ` in ${formatDuration(clock.now() - startedMs)}` : '';
    if (!parts.planOnly)
      log.info(
        `${plural(counts.downloaded, 'file')} fetched (${formatBytes(counts.downloadedBytes)})${speed}, ${counts.reused} taken from what was here.`,
      );
    if (albumsRead && !parts.planOnly) await tryLinks(parts, tally, counts, signal);
  } finally {
    await downloads?.stop();
  }
}

/** The personal library first: it is what the owner thinks of, and its albums name the others' items. */
function sortZones(zones: readonly Zone[]): Zone[] {
  return zones.toSorted((a, b) => Number(b.name === PERSONAL_ZONE) - Number(a.name === PERSONAL_ZONE));
}

/** Albums that cannot be read leave the folders as they are; the photos are safe all the same. */
async function tryAlbums(
  parts: SyncParts,
  zones: readonly Zone[],
  tally: ProblemTally,
  notices: string[],
  counts: MutableCounts,
  signal: AbortSignal,
): Promise<boolean> {
  const personal = zones.find(({ name }) => name === PERSONAL_ZONE);
  if (!personal || !parts.albumStore) return false;
  try {
    const read = await readAlbums({ ...parts, albumStore: parts.albumStore }, personal, parts.clock.now(), signal);
    counts.albums = read.albums;
    if (read.skipped.length > 0)
      notices.push(
        `${plural(read.skipped.length, 'smart album')} left out, because iCloud keeps no members for them: ${read.skipped.slice(0, 5).join(', ')}.`,
      );
    if (read.stray > 0)
      notices.push(`${plural(read.stray, 'album entry', 'album entries')} without a listed photo, hidden ones for instance.`);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.remedy === 'person' || problem.remedy === 'fix') throw problem;
    tally.add('listing-incomplete', `The albums could not be read: ${problem.message}`);
    return false;
  }
}

async function tryLinks(parts: SyncParts, tally: ProblemTally, counts: MutableCounts, signal: AbortSignal): Promise<void> {
  if (!parts.albumStore) return;
  const { links, occupied } = await linkAlbums({ ...parts, albumStore: parts.albumStore }, signal);
  counts.links = links;
  for (const path of occupied) tally.add('path-occupied', `${path}: a file of your own lies where the album's link belongs.`);
  parts.log.info(`${plural(counts.albums, 'album')}, ${plural(links, 'new link')}.`);
}
