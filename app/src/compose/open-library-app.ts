import { hash } from 'node:crypto';
import { join } from 'node:path';
import { openCatalog, readLibraryId } from '../adapters/catalog/open-catalog.ts';
import { isBrokenCatalog, setCatalogAside } from '../adapters/catalog/set-aside.ts';
import { createFoundStore } from '../adapters/disk/adopt.ts';
import { createOldLibrary } from '../adapters/disk/adopt-old-albums.ts';
import { createAlbumStore } from '../adapters/disk/album-store.ts';
import { createArchiveStore } from '../adapters/disk/archive-store.ts';
import { readOldTrustToken } from '../adapters/disk/foreign.ts';
import { createJpegCopyStore } from '../adapters/disk/jpeg-copy-store.ts';
import type { KnownLibraries } from '../adapters/disk/known-libraries.ts';
import { createLibraryLook } from '../adapters/disk/library-look.ts';
import { createLibraryStore } from '../adapters/disk/library-store.ts';
import { takeLock } from '../adapters/disk/lock.ts';
import { createSidecarStore } from '../adapters/disk/sidecar-store.ts';
import { openLibrary, probeVolume } from '../adapters/disk/volume.ts';
import type { Pace } from '../adapters/http/pace.ts';
import { parseXmp } from '../adapters/xmp/parse-xmp.ts';
import type { Settings } from '../config/settings.ts';
import { Problem } from '../domain/problem.ts';
import { type AlbumLinks, linksFor, type VolumeTraits, volumeNotice } from '../domain/volume.ts';
import { createSidecars, type Sidecars } from '../engine/sidecars.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { FoundStore } from '../ports/found-files.ts';
import type { JpegCopyStore } from '../ports/jpeg-copies.ts';
import type { LibraryLook } from '../ports/library-look.ts';
import type { AlbumStore, LibraryStore } from '../ports/library-store.ts';
import type { OldLibrary } from '../ports/old-library.ts';
import { openTransfers } from './transfers.ts';

/** A library that this process may write: marker checked, locks held, catalog open. */
export interface LibraryApp {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  /** The rate that all downloads share; undefined = no limit. */
  readonly pace: Pace | undefined;
  readonly look: LibraryLook;
  readonly foundStore: FoundStore;
  readonly oldLibrary: OldLibrary;
  readonly archiveStore: ArchiveStore;
  readonly jpegCopyStore: JpegCopyStore;
  /** What the owner should hear once: a library of an older version was taken over, a broken catalog set aside. */
  readonly openingNotices: readonly string[];
  /** From a library that was taken over just now. */
  readonly oldTrustToken: string | undefined;
  readonly sidecars: Sidecars;
  readonly albumStore: AlbumStore;
  /** As wished, or what the volume can do instead. */
  readonly albumLinks: AlbumLinks;
  readonly numbered: boolean;
  readonly nameLimitBytes: number;
  readonly stillThere: () => Promise<void>;
  /** Aborts when another machine has taken the library over. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

const catalogFile = (settings: Settings) => join(settings.configDir, 'catalog.sqlite');

export const digest = (text: string): Uint8Array => hash('sha256', text, 'buffer');

/** Checks the volume before anything is written to it, creates an empty library at the first run, and takes both locks. */
export async function openLibraryApp(
  settings: Settings,
  appleId: string,
  command: string,
  clock: Clock,
  known: KnownLibraries,
  signal: AbortSignal,
): Promise<LibraryApp> {
  const file = catalogFile(settings);
  const isBroken = isBrokenCatalog(file, command === 'rebuild');
  const library = await openKnown(settings, isBroken ? undefined : readLibraryId(file), known);
  await known.remember(settings.dataDir, library.libraryId);
  const lockParts = { force: settings.force, now: () => clock.now(), signal, name: command };
  const libraryLock = await takeLock({ ...lockParts, file: library.lockFile });
  const closers: (() => Promise<void> | void)[] = [() => libraryLock.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const accountLock = await takeLock({ ...lockParts, file: join(settings.configDir, 'account') });
    closers.push(() => accountLock.release());
    const volume = await probeVolume(settings.dataDir);
    const albumLinks = linksOrRefuse(settings.albumLinks, volume);
    const aside = isBroken ? setCatalogAside(file, clock.now()) : undefined;
    const catalog = openCatalog({ file, appleId, verifyDays: settings.verifyDays, now: () => clock.now() });
    closers.push(() => catalog.close());
    catalog.setLibraryId(library.libraryId);
    const root = settings.dataDir;
    const { threads, pace } = openTransfers(settings, library.incomingDir, volume.timeStepMs);
    return {
      catalog,
      pace,
      store: createLibraryStore({ root, incomingDir: library.incomingDir, now: () => clock.now(), timeStepMs: volume.timeStepMs, threads }),
      look: createLibraryLook(root),
      foundStore: createFoundStore({ root, incomingDir: library.incomingDir, now: () => clock.now() }),
      archiveStore: createArchiveStore({ root, incomingDir: library.incomingDir }),
      jpegCopyStore: createJpegCopyStore(root),
      oldLibrary: createOldLibrary(root, () => clock.now()),
      oldTrustToken: library.adopted ? await readOldTrustToken(root) : undefined,
      openingNotices: [
        ...newVolumeNotice(catalog, volume, settings.albumLinks, albumLinks),
        ...(library.adopted ? [ADOPTED] : []),
        ...(aside ? [catalogAside(aside)] : []),
      ],
      sidecars: createSidecars({
        catalog,
        sidecarStore: createSidecarStore({ root, incomingDir: library.incomingDir }),
        parseXmp,
        metadata: settings.metadata,
        digest,
      }),
      albumStore: createAlbumStore({ root, links: albumLinks === 'none' ? 'symlink' : albumLinks }),
      albumLinks,
      numbered: settings.albumOrder,
      nameLimitBytes: volume.nameLimitBytes,
      stillThere: library.stillThere,
      lost: AbortSignal.any([libraryLock.lost, accountLock.lost]),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const ADOPTED =
  'This folder holds a library of icloud-photos-sync 1 to 4. It is taken over: photos keep their bytes and get readable names, archived albums stay as they are, and nothing is downloaded twice or removed. Do not let the older program run on it again. See docs/import.md.';

const catalogAside = (aside: string) =>
  `The catalog was damaged. It now lies in ${aside}, and a new one is made from the photos that are here: they are read, not downloaded again.`;

/** A wish that cannot be fulfilled in any way is no reason to start and do something else. */
function linksOrRefuse(wish: AlbumLinks, volume: VolumeTraits): AlbumLinks {
  const links = linksFor(wish, volume);
  if (links) return links;
  throw new Problem(
    'settings-invalid',
    'ALBUM_LINKS=hardlink cannot be: this volume takes neither hard links nor symbolic ones. Set ALBUM_LINKS=none.',
  );
}

/** Said once, and again when it changes. */
function newVolumeNotice(catalog: Catalog, volume: VolumeTraits, wish: AlbumLinks, links: AlbumLinks): readonly string[] {
  const notice = volumeNotice(volume, wish, links);
  const isNew = notice !== undefined && catalog.memo('volume-notice') !== notice;
  catalog.setMemo('volume-notice', notice ?? '');
  return isNew ? [notice] : [];
}

/** The library that the state or our own note of it names; a first run only where neither knows of one. */
async function openKnown(settings: Settings, fromState: string | undefined, known: KnownLibraries) {
  const options = { root: settings.dataDir, stateDir: settings.configDir, createIfEmpty: true, force: settings.force };
  if (fromState !== undefined) return openLibrary({ ...options, expectedLibraryId: fromState });
  try {
    return await openLibrary({ ...options, expectedLibraryId: await known.idAt(settings.dataDir) });
  } catch (error) {
    if (!(error instanceof Problem) || (error.code !== 'volume-missing' && error.code !== 'library-foreign')) throw error;
    const message = `${error.message} That a library was there is known from ${known.file}; if you took it away on purpose, delete that file.`;
    throw error.code === 'volume-missing' ? new Problem(error.code, message, { cause: error }) : error;
  }
}

/** The catalog alone, for questions that need neither lock nor network. Undefined when there has been no run yet. */
export async function openCatalogForStatus(settings: Settings, appleId: string): Promise<Catalog | undefined> {
  const file = catalogFile(settings);
  const expectedLibraryId = readLibraryId(file);
  if (expectedLibraryId === undefined) return undefined;
  await openLibrary({ root: settings.dataDir, stateDir: settings.configDir, createIfEmpty: false, expectedLibraryId });
  return openCatalog({ file, appleId, verifyDays: settings.verifyDays });
}
