import { formatBytes, plural } from '../domain/format.ts';
import { bytesKeptFree, type FreeSpaceRule } from '../domain/free-space.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { LibraryStore } from '../ports/library-store.ts';

export interface SpaceParts {
  readonly store: Pick<LibraryStore, 'space'>;
  readonly catalog: Pick<Catalog, 'todoTotal'>;
  /** What has to stay free; undefined = the usual. */
  readonly keepFree: FreeSpaceRule;
}

/** Ends downloads before the volume is full: a full volume stops the catalog too, and every other program on it. */
export interface SpaceGuard {
  /** Waits until so many bytes may be fetched; call the answer when they have been, or not. Throws Problem `disk-full`. */
  admit(bytes: number): Promise<() => void>;
  /** Why the whole to-do list will not fit; undefined when it will. */
  forecast(): Promise<string | undefined>;
}

/** The volume is asked again after so many bytes of our own: others write to it too. */
const LOOK_EVERY_BYTES = 256e6;

export function createSpaceGuard({ store, catalog, keepFree }: SpaceParts): SpaceGuard {
  /** Bytes that may still be written before the reserve is touched, when last looked at; undefined = the volume does not say. */
  let room: number | undefined;
  let reserve = 0;
  let admittedSince = Number.POSITIVE_INFINITY;
  let underWay = 0;
  let released = Promise.withResolvers<void>();

  async function look(): Promise<void> {
    admittedSince = 0; // at once: whoever comes meanwhile counts as after it
    const space = await store.space();
    reserve = space === undefined ? 0 : bytesKeptFree(keepFree, space.totalBytes);
    room = space && space.freeBytes - reserve;
  }

  function shortage(): string {
    const { count, bytes } = catalog.todoTotal();
    const missing = bytes - (room ?? 0);
    const free = formatBytes(Math.max(0, (room ?? 0) + reserve));
    return `${plural(count, 'file')} (${formatBytes(bytes)}) are still to be fetched, and ${free} are free on the volume of the library, of which ${formatBytes(reserve)} stay free (MIN_FREE_SPACE): ${formatBytes(missing)} are missing.`;
  }

  return {
    async admit(bytes) {
      if (admittedSince + bytes > LOOK_EVERY_BYTES) await look();
      // What is under way has been written in part: in doubt its end is waited for.
      while (room !== undefined && underWay + admittedSince + bytes > room) {
        await look();
        if (underWay + bytes <= room) break;
        if (underWay === 0 || bytes > room) throw new Problem('disk-full', shortage());
        await released.promise;
      }
      underWay += bytes;
      admittedSince += bytes;
      return () => {
        underWay -= bytes;
        released.resolve();
        released = Promise.withResolvers<void>();
      };
    },
    async forecast() {
      await look();
      return room !== undefined && catalog.todoTotal().bytes > room ? shortage() : undefined;
    },
  };
}
