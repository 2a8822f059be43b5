import { type Browse, FLAG } from '../ports/browse.ts';

/** All stored items of an account, newest first, as plain arrays: 14 bytes an item. */
export interface Timeline {
  /** Of the catalog when the walk began; names this timeline. */
  readonly version: number;
  readonly rows: Uint32Array;
  readonly takenMs: Float64Array;
  readonly ratios: Uint8Array;
  readonly flags: Uint8Array;
}

/** Positions in a timeline, in its order. */
export type View = Uint32Array;

export interface Month {
  /** `2024-05`; empty where no date is known. */
  readonly month: string;
  readonly count: number;
}

/** So many rows are read in one go, a few milliseconds; then others may have their turn. */
const CHUNK = 2000;
const UNKNOWN_RATIO = 4 / 3;

/** Reads the whole catalog without holding anybody up: between two chunks `pause` lets the rest of the program run. */
export async function readTimeline(browse: Browse, pause: () => Promise<void>): Promise<Timeline> {
  const version = browse.version();
  const chunks: { row: number; takenMs: number; ratio: number | undefined; flags: number }[][] = [];
  for (let after = 0; ; ) {
    const chunk = browse.timeline(after, CHUNK);
    if (chunk.length > 0) chunks.push([...chunk]);
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < CHUNK) break;
    after = last.row;
    await pause();
  }
  return { version, ...sorted(chunks) };
}

function sorted(chunks: readonly (readonly { row: number; takenMs: number; ratio: number | undefined; flags: number }[])[]) {
  const all = chunks.flat();
  const order = Uint32Array.from(all.keys());
  // What has no date comes last, after photos that are older than 1970.
  const takenAt = (at: number) => all[at]?.takenMs || Number.MIN_SAFE_INTEGER;
  // Bursts share one moment: their rows keep them in the order in which they came.
  order.sort((a, b) => takenAt(b) - takenAt(a) || b - a);
  const rows = new Uint32Array(all.length);
  const takenMs = new Float64Array(all.length);
  const ratios = new Uint8Array(all.length);
  const flags = new Uint8Array(all.length);
  for (const [to, from] of order.entries()) {
    const item = all[from];
    if (!item) continue;
    rows[to] = item.row;
    takenMs[to] = item.takenMs;
    ratios[to] = ratioByte(item.ratio ?? UNKNOWN_RATIO);
    flags[to] = item.flags;
  }
  return { rows, takenMs, ratios, flags };
}

/** Steps of 1.1 % between 1:4 and 4:1. The page turns it back with `2 ** (byte / 63.75 - 2)`. */
export function ratioByte(ratio: number): number {
  return Math.min(255, Math.max(0, Math.round((Math.log2(ratio) + 2) * 63.75)));
}

export type FilterName = 'all' | 'favourites' | 'videos' | 'live' | 'edited' | 'only-here' | 'hidden';

const WANTED: Readonly<Record<FilterName, number>> = {
  all: 0,
  favourites: FLAG.favorite,
  videos: FLAG.video,
  live: FLAG.live,
  edited: FLAG.edited,
  'only-here': FLAG.onlyHere,
  hidden: FLAG.hidden,
};

export function isFilterName(text: unknown): text is FilterName {
  return typeof text === 'string' && Object.hasOwn(WANTED, text);
}

/** Hidden items are seen where they are asked for, and nowhere else. `among`: only these rows. */
export function selectView({ rows, flags }: Timeline, filter: FilterName, among?: ReadonlySet<number>): View {
  const positions = new Uint32Array(rows.length);
  let count = 0;
  for (let at = 0; at < rows.length; at++) {
    const bits = flags[at] ?? 0;
    const wanted = (bits & WANTED[filter]) === WANTED[filter];
    const seen = filter === 'hidden' || (bits & FLAG.hidden) === 0;
    if (wanted && seen && (among === undefined || among.has(rows[at] ?? 0))) positions[count++] = at;
  }
  return positions.slice(0, count);
}

export function monthsOf({ takenMs }: Timeline, view: View): Month[] {
  const months: { month: string; count: number }[] = [];
  let startMs = Number.POSITIVE_INFINITY;
  let current: { month: string; count: number } | undefined;
  for (const at of view) {
    const ms = takenMs[at] ?? 0;
    if (current === undefined || ms < startMs || (ms === 0 && current.month !== '')) {
      const date = new Date(ms);
      startMs = ms === 0 ? Number.NEGATIVE_INFINITY : Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
      current = { month: ms === 0 ? '' : date.toISOString().slice(0, 7), count: 0 };
      months.push(current);
    }
    current.count += 1;
  }
  return months;
}

export function ratiosOf({ ratios }: Timeline, view: View): Uint8Array {
  return Uint8Array.from(view, (at) => ratios[at] ?? 0);
}
