import { type Area, rowsIn } from '../engine/places.ts';
import { findWords, fitsDate, readWish } from '../engine/search.ts';
import { type FilterName, readTimeline, selectView, type Timeline, type View } from '../engine/timeline.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { MapPlaces } from './map-places.ts';

/** Which items a page shows. */
export interface Selection {
  readonly filter: FilterName;
  readonly album: number | undefined;
  readonly query: string;
  /** Only what was taken there. */
  readonly area: Area | undefined;
}

export interface Selected {
  readonly timeline: Timeline;
  readonly view: View;
}

export interface LibraryViews {
  /** The items of a selection, newest first. `version`: of that very timeline; undefined when it is no longer kept. */
  select(door: LibraryDoor, selection: Selection, version?: number): Promise<Selected | undefined>;
  /** Somebody may look at photos soon: reads the timeline in the background if that has not been done yet. */
  warm(door: LibraryDoor): void;
}

/** While a sync writes, the timeline of a large library may be so old before it is read again. */
const OLD_MS = 20_000;
/** Below so many items reading it again is done in a moment, so nobody sees an old one. */
const LARGE = 20_000;
/** A page that is scrolling goes on with the timeline it began with. */
const MOST_TIMELINES = 3;
const MOST_VIEWS = 12;

const pause = (): Promise<void> => new Promise((go) => setImmediate(go));

/** Timelines in memory, read again only when the catalog has changed; who looks meanwhile sees the last one. */
export function createLibraryViews(nowMs: () => number, places: MapPlaces): LibraryViews {
  const timelines = new Map<number, Timeline>();
  const views = new Map<string, Promise<View>>();
  let source: LibraryDoor | undefined;
  let readAtMs = 0;
  let reading: Promise<Timeline> | undefined;

  async function read(door: LibraryDoor): Promise<Timeline> {
    const timeline = await readTimeline(door.browse, pause);
    timelines.set(timeline.version, timeline);
    for (const oldest of timelines.keys()) if (timelines.size > MOST_TIMELINES) timelines.delete(oldest);
    readAtMs = nowMs();
    return timeline;
  }

  async function current(door: LibraryDoor): Promise<Timeline> {
    if (source !== door) {
      timelines.clear();
      views.clear();
      source = door;
    }
    const newest = [...timelines.values()].at(-1);
    const mayBeOld = newest !== undefined && newest.rows.length >= LARGE;
    if (newest !== undefined && (newest.version === door.browse.version() || (mayBeOld && nowMs() - readAtMs < OLD_MS))) return newest;
    reading ??= read(door).finally(() => {
      reading = undefined;
    });
    return mayBeOld ? newest : reading;
  }

  async function viewOf(door: LibraryDoor, timeline: Timeline, { filter, album, query, area }: Selection): Promise<View> {
    const inAlbum = album === undefined ? undefined : new Set(door.browse.albumItems(album));
    const wish = readWish(query);
    const found = await findWords(door.browse, wish.words, pause);
    const taken = area && rowsIn(await places(door), area);
    const [first, ...others] = [inAlbum, found, taken].filter((rows) => rows !== undefined);
    const among = first && new Set([...first].filter((row) => others.every((rows) => rows.has(row))));
    const view = selectView(timeline, filter, among);
    return wish.dates.length === 0 ? view : view.filter((at) => fitsDate(wish.dates, timeline.takenMs[at] ?? 0));
  }

  return {
    async select(door, selection, version) {
      const timeline = version === undefined ? await current(door) : source === door ? timelines.get(version) : undefined;
      if (timeline === undefined) return undefined;
      const key = JSON.stringify([timeline.version, selection.filter, selection.album, selection.query, selection.area]);
      const known = views.get(key) ?? viewOf(door, timeline, selection);
      views.delete(key);
      views.set(key, known);
      for (const oldest of views.keys()) if (views.size > MOST_VIEWS) views.delete(oldest);
      return { timeline, view: await known };
    },
    warm(door) {
      if (source !== door || timelines.size === 0) current(door).catch(() => undefined); // whoever asks in earnest is told
    },
  };
}
