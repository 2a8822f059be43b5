import { type Cluster, clustersIn } from '../engine/places.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Places } from '../ports/overview.ts';
import { areaOf, type MapView } from './map-view.ts';

/** Where photos were taken, in memory; read again when the catalog has changed. */
export type MapPlaces = (door: LibraryDoor) => Promise<Places>;

/** While a sync writes, places may be so old. */
const OLD_MS = 30_000;
/** Heaps that a finger can tell apart. */
const COLUMNS = 14;
const ROWS = 7;

export function createMapPlaces(nowMs: () => number): MapPlaces {
  let kept:
    | { readonly door: LibraryDoor; readonly version: number; readonly places: Promise<Places>; readonly readAtMs: number }
    | undefined;
  return (door) => {
    const version = door.browse.version();
    const isGood = kept?.door === door && (kept.version === version || nowMs() - kept.readAtMs < OLD_MS);
    if (kept === undefined || !isGood) {
      const places = Promise.resolve(door.overview.places());
      kept = { door, version, places, readAtMs: nowMs() };
      // A failure is told to who asks now; the next one asks again.
      places.catch(() => {
        if (kept?.places === places) kept = undefined;
      });
    }
    return kept.places;
  };
}

export interface MapContent {
  /** Largest first. */
  readonly clusters: readonly Cluster[];
  /** Items that say where they were taken. */
  readonly known: number;
}

export async function mapContent(places: MapPlaces, door: LibraryDoor, view: MapView): Promise<MapContent> {
  const all = await places(door);
  return { clusters: clustersIn(all, areaOf(view), COLUMNS, ROWS), known: all.rows.length };
}
