import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import type { Filters } from '../domain/filters.ts';
import { formatBytes, formatDuration, noLongerListedNotice, plural } from '../domain/format.ts';
import type { Layout } from '../domain/layout.ts';
import { asProblem, type ProblemCode } from '../domain/problem.ts';
import { NO_COUNTS, outcomeOf, ProblemTally, type RunCounts, type RunReport } from '../domain/run-report.ts';
import type { FileInFlight } from '../domain/service-state.ts';
import type { AlbumLinks } from '../domain/volume.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { OldLibrary } from '../ports/old-library.ts';
import type { SharedAlbumsService } from '../ports/shared-albums.ts';
import { createAddresses } from './addresses.ts';
import { type AlbumParts, linkAlbums, readAlbums, unlinkAlbums } from './albums.ts';
import { followArchives, unparkArchives } from './archive-follow.ts';
import { checkPresence } from './check-presence.ts';
import { type DownloadParts, type Downloads, startDownloads } from './downloads.ts';
import { wantedKeys } from './fetch-item.ts';
import { createFilter } from './filter.ts';
import { refreshJpegCopies } from './jpeg-copies.ts';
import type { JpegCopyParts } from './jpeg-copy-make.ts';
import { moveFiles } from './moves.ts';
import { type ICloudRead, readICloud } from './read-icloud.ts';
import { recoverTree, unknownFilesNotice } from './rebuild.ts';
import { removeGone } from './removals.ts';
import { readSharedAlbums } from './shared-albums.ts';
import { type Sidecars, tellOfSidecars } from './sidecars.ts';
import { createTrashIndex, purgeTrash } from './trash.ts';
import { nothingFound, type VerifyFileParts } from './verify-file.ts';

export interface SyncParts
  extends Pick<VerifyFileParts, 'look'>,
    AlbumParts,
    Pick<JpegCopyParts, 'jpegCopies' | 'jpegCopyStore'>,
    Omit<DownloadParts, 'addresses' | 'inTrash' | 'onDone' | 'onFailed'> {
  /** Where new items are filed. */
  readonly layout: Layout;
  readonly oldLibrary: OldLibrary;
  readonly archiveStore: ArchiveStore;
  readonly sidecars: Sidecars;
  readonly sharedAlbums: SharedAlbumsService;
  readonly fetchSharedAlbums: boolean;
  /** What the owner wants to have here, as of now. */
  readonly filters: () => Filters;
  /** `none`: nobody wants album folders, or the volume cannot hold links. */
  readonly albumLinks: AlbumLinks;
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
  /** Files are being fetched from now on; `inFlight` tells which, at any moment until the run ends. */
  readonly onFetching?: (inFlight: () => readonly FileInFlight[]) => void;
  /** Lists and plans only: nothing is fetched, nothing in the library changes. */
  readonly planOnly: boolean;
  /** A full listing is due (RECONCILE_SCHEDULE), or was asked for. */
  readonly full: boolean;
  readonly maxDeletions: number | undefined;
  readonly allowDeletions: boolean;
  readonly trashDays: number;
  /** The run ended by a defect of this program. */
  readonly onDefect?: (error: unknown) => void;
  /** Called when a full listing of everything was complete. */
  readonly onReconciled: () => void;
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
      if (problem.code === 'internal') parts.onDefect?.(error);
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
  if (!parts.planOnly) await recoverTree(parts, signal);
  const addresses = createAddresses(
    photos,
    (name) => catalog.zones().find(({ zone }) => zone.name === name)?.zone,
    () => clock.now(),
  );
  const filter = createFilter(catalog, parts.filters());
  if (!parts.planOnly) await store.sweepIncoming((keys) => wantedKeys(catalog, keys));
  const startedMs = clock.now();
  let downloads: Downloads | undefined;
  const fetching = (): Downloads => {
    if (downloads !== undefined) return downloads;
    downloads = startDownloads(
      {
        ...parts,
        wish: parts.full ? 'everything' : parts.wish,
        addresses,
        inTrash: createTrashIndex(store),
        ...countDownloads(parts, tally, counts),
      },
      signal,
    );
    parts.onFetching?.(downloads.inFlight);
    return downloads;
  };
  try {
    const onStaged = (assets: number, wanted: number, mayStart: boolean) => {
      counts.listed += assets;
      if (wanted > 0 && mayStart && !parts.planOnly) fetching().wake();
      parts.onProgress(counts);
    };
    const read = await readICloud({ ...parts, addresses, tally, onStaged, filter }, signal);
    parts.onListed();
    notices.push(...read.notices);
    if (read.unlisted > 0)
      notices.push(`${plural(read.unlisted, 'stored part')} of listed items that iCloud no longer shows. Nothing was removed.`);
    const albumsKnown = await tryAlbums(parts, read, tally, notices, counts, signal);
    filter.admitMembers(clock.now());
    if (parts.planOnly) return;
    if (read.listedInFull) await lookAtTree(parts, startedMs, notices, signal);
    // As long as nothing is being fetched: what went from one library to the other is moved, not fetched again.
    if (downloads === undefined) counts.moved += await moveFiles({ ...parts, tally }, signal);
    await fetching().finish();
    const speed = counts.downloaded > 0 ? ` in ${formatDuration(clock.now() - startedMs)}` : '';
    log.info(
      `${plural(counts.downloaded, 'file')} fetched (${formatBytes(counts.downloadedBytes)})${speed}, ${counts.reused} taken from what was here.`,
    );
    await settleTree(parts, read, tally, counts, signal);
    if (albumsKnown) notices.push(...(await followArchives(parts, signal)));
    if (albumsKnown) await tryLinks(parts, tally, counts, signal);
    if (albumsKnown) await unparkArchives(parts, signal);
    if (parts.fetchSharedAlbums || read.listedInFull) await readSharedAlbums({ ...parts, tally }, parts.fetchSharedAlbums, signal);
    notices.push(...tellOfSidecars(await parts.sidecars.refresh(signal), log));
    notices.push(...(await refreshJpegCopies(parts, read.listedInFull, signal)));
    const unknown = read.complete ? unknownFilesNotice(catalog) : undefined;
    if (unknown) notices.push(unknown);
    if (read.complete && read.listedInFull) parts.onReconciled();
  } finally {
    await downloads?.stop();
    counts.noLongerListed = catalog.countOnlyHere();
    if (counts.noLongerListed > 0) notices.push(noLongerListedNotice(counts.noLongerListed));
  }
}

/** With a full listing of iCloud goes a look at the disk: what is missing here is fetched again in this run. */
async function lookAtTree(parts: SyncParts, sinceMs: number, notices: string[], signal: AbortSignal): Promise<void> {
  const found = nothingFound();
  // What a rebuild read and nobody owns at the end is told by unknownFilesNotice.
  const isAwaited = (path: string) => parts.catalog.found.checksumAt('', path) !== undefined;
  const { foreign } = await checkPresence({ ...parts, repair: false, otherCopy: undefined }, found, signal, isAwaited, sinceMs);
  for (const { examples } of found.tally.list()) notices.push(...examples);
  if (foreign.count > 0)
    notices.push(
      `${plural(foreign.count, 'file')} in the photo folders did not come from here and ${foreign.count === 1 ? 'stays' : 'stay'} untouched: ${foreign.examples.join(', ')}.`,
    );
}

/** Moves and removals wait until everything new is in place, and for a state of iCloud that is known to its end. */
async function settleTree(
  parts: SyncParts,
  read: ICloudRead,
  tally: ProblemTally,
  counts: MutableCounts,
  signal: AbortSignal,
): Promise<void> {
  await parts.stillThere();
  counts.moved += await moveFiles({ ...parts, tally }, signal);
  if (!read.complete) return;
  const removed = await removeGone({ ...parts, tally }, signal);
  counts.removed = removed.items;
  counts.held = removed.held;
  await purgeTrash(parts, parts.trashDays, signal);
}

function countDownloads(
  parts: SyncParts,
  tally: ProblemTally,
  counts: MutableCounts,
): Pick<DownloadParts, 'onDone' | 'onFailed' | 'onPutOff'> {
  return {
    onDone: (item, fetched) => {
      if (fetched.how === 'downloaded') {
        counts.downloaded += 1;
        counts.downloadedBytes += fetched.bytes;
      } else counts.reused += 1;
      if (fetched.replaced) counts.replaced += 1;
      parts.log.debug('stored', { path: item.path, how: fetched.how, bytes: fetched.bytes });
      parts.onProgress(counts);
    },
    onFailed: (_item, code, message) => tally.add(code, message),
    onPutOff: ({ code, count, example }) => tally.add(code, example, count),
  };
}

/** Albums that cannot be read leave the folders as they are; the photos are safe all the same. */
async function tryAlbums(
  parts: SyncParts,
  read: ICloudRead,
  tally: ProblemTally,
  notices: string[],
  counts: MutableCounts,
  signal: AbortSignal,
): Promise<boolean> {
  const personal = read.zones.find(({ name }) => name === PERSONAL_ZONE);
  if (!personal) return false;
  const skipped = read.skippedAlbums.map(({ name }) => name);
  try {
    if (read.listedInFull || parts.catalog.memo(ALBUMS_READ) !== 'yes') {
      const albums = await readAlbums(parts, personal, parts.clock.now(), signal);
      parts.catalog.setMemo(ALBUMS_READ, 'yes');
      skipped.push(...albums.skipped);
      parts.catalog.noteNotBrought({ smartAlbums: albums.skipped, recentlyDeleted: await countDeleted(parts, personal, signal) });
      if (albums.stray > 0)
        notices.push(`${plural(albums.stray, 'album entry', 'album entries')} without a listed photo, deleted ones for instance.`);
    }
    counts.albums = parts.catalog.albums().filter(({ kind }) => kind === 'album').length;
    if (skipped.length > 0)
      notices.push(
        `${plural(skipped.length, 'smart album')} left out, because iCloud keeps no members for them: ${skipped.slice(0, 5).join(', ')}.`,
      );
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.remedy === 'person' || problem.remedy === 'fix' || problem.code === 'session-ended') throw problem;
    // What the feed tells of albums from now on is a part of the truth only.
    parts.catalog.setMemo(ALBUMS_READ, '');
    tally.add('listing-incomplete', `The albums could not be read: ${problem.message}`);
    return false;
  }
}

/** Told by the status only, so not knowing it is no failure. */
async function countDeleted({ photos }: SyncParts, zone: Zone, signal: AbortSignal): Promise<number | undefined> {
  return photos.count(zone, signal, 'deleted').catch((error: unknown) => {
    signal.throwIfAborted();
    if (asProblem(error).remedy === 'person') throw error;
    return undefined;
  });
}

/** How the links that lie here were made. */
const ALBUM_FORM = 'album-form';

/** Set when the albums have been read to their end once: since then the feed keeps them true. */
const ALBUMS_READ = 'albums-read';

async function tryLinks(parts: SyncParts, tally: ProblemTally, counts: MutableCounts, signal: AbortSignal): Promise<void> {
  const { catalog, albumLinks } = parts;
  const form = `${albumLinks}${parts.numbered ? ' numbered' : ''}`;
  if (catalog.memo(ALBUM_FORM) !== form) catalog.allDirty();
  if (!catalog.anyDirty()) return;
  if (albumLinks === 'none') {
    if (catalog.memo(ALBUM_FORM) !== form) await unlinkAlbums(parts, signal);
    catalog.setMemo(ALBUM_FORM, form);
    return;
  }
  const { links, occupied } = await linkAlbums(parts, signal);
  catalog.setMemo(ALBUM_FORM, form);
  counts.links = links;
  for (const path of occupied) tally.add('path-occupied', `${path}: a file of your own lies where the album's link belongs.`);
  parts.log.info(`${plural(counts.albums, 'album')}, ${plural(links, 'new link')}.`);
}
