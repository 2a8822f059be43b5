import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openCatalog, readLibraryId } from '../adapters/catalog/open-catalog.ts';
import { createAlbumStore } from '../adapters/disk/album-store.ts';
import type { KnownLibraries } from '../adapters/disk/known-libraries.ts';
import { createLibraryStore } from '../adapters/disk/library-store.ts';
import { takeLock } from '../adapters/disk/lock.ts';
import { openLibrary, probeVolume } from '../adapters/disk/volume.ts';
import type { Settings } from '../config/settings.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlbumStore, LibraryStore } from '../ports/library-store.ts';

/** A library that this process may write: marker checked, locks held, catalog open. */
export interface LibraryApp {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  /** Undefined when the volume cannot hold links. */
  readonly albumStore: AlbumStore | undefined;
  readonly nameLimitBytes: number;
  readonly stillThere: () => Promise<void>;
  /** Aborts when another machine has taken the library over. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

const catalogFile = (settings: Settings) => join(settings.configDir, 'catalog.sqlite');

export const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

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
  const library = await openKnown(settings, file, known);
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
    const catalog = openCatalog({ file, appleId });
    closers.push(() => catalog.close());
    catalog.setLibraryId(library.libraryId);
    const root = settings.dataDir;
    return {
      catalog,
      store: createLibraryStore({ root, incomingDir: library.incomingDir, now: () => clock.now(), timeStepMs: volume.timeStepMs }),
      albumStore: volume.symlinks ? createAlbumStore({ root }) : undefined,
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

/** The library that the state or our own note of it names; a first run only where neither knows of one. */
async function openKnown(settings: Settings, file: string, known: KnownLibraries) {
  const options = { root: settings.dataDir, stateDir: settings.configDir, createIfEmpty: true };
  const fromState = readLibraryId(file);
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
  return openCatalog({ file, appleId });
}
