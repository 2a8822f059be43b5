import type { Download, ListedPreview, Zone } from '../domain/asset.ts';
import { asProblem } from '../domain/problem.ts';
import type { Browse, ItemSummary } from '../ports/browse.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { PreviewCache, PreviewSize, Previews } from '../ports/previews.ts';

export interface ThumbnailParts {
  readonly browse: Browse;
  readonly cache: PreviewCache;
  /** Answers only with a login that is there; never begins one. */
  readonly photos: Pick<PhotosService, 'previews' | 'open'>;
  readonly log: Log;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

export interface Thumbnails extends Previews {
  /** Fetches the small pictures that are not there yet, until the cache is nearly full. Answers how many came. */
  warm(signal: AbortSignal): Promise<number>;
}

interface Wanted {
  readonly item: ItemSummary;
  readonly size: PreviewSize;
  readonly key: string;
  readonly done: (bytes: Uint8Array | undefined) => void;
}

/** iCloud is asked for so many items in one lookup, and so many pictures come at a time. */
const BATCH = 50;
const AT_A_TIME = 6;
/** Wishes that come within this time go together: a screen of a grid asks for dozens at once. */
const GATHER_MS = 40;
/** After a failure nothing is asked for this long: a page full of tiles must not hammer a service that refuses. */
const QUIET_MS = 60_000;
const MOST_BYTES = 6_000_000;
const NEARLY_FULL = 0.85;
const WALK = 500;

const KIND_OF: Readonly<Record<PreviewSize, ListedPreview['kind']>> = { small: 'thumb', large: 'medium' };

/** Small pictures for the page: from the cache, or by lookup when they are looked at (decisions.md 17). */
export function createThumbnails(parts: ThumbnailParts): Thumbnails {
  const { browse, cache, log, nowMs } = parts;
  const waiting: Wanted[] = [];
  const underWay = new Map<string, Promise<Uint8Array | undefined>>();
  const missing = new Set<string>();
  let quietUntilMs = 0;
  let gathering = false;

  async function read(row: number, size: PreviewSize, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const [item] = browse.items([row]);
    if (!item) return undefined;
    const kept = await cache.get(item.shown, size);
    const key = `${size} ${item.shown}`;
    if (kept || missing.has(key) || nowMs() < quietUntilMs) return kept;
    return underWay.get(key) ?? fetchSoon(item, size, key, signal);
  }

  function fetchSoon(item: ItemSummary, size: PreviewSize, key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    waiting.push({ item, size, key, done: resolve });
    const all = promise.finally(() => underWay.delete(key));
    underWay.set(key, all);
    void gather(signal);
    return all;
  }

  async function gather(signal: AbortSignal): Promise<void> {
    if (gathering) return;
    gathering = true;
    // The wish of one visitor brings the pictures of all: a lookup ends by its own time limit, not with the first visitor.
    await parts.sleep(GATHER_MS, signal).catch(() => undefined);
    gathering = false;
    while (waiting.length > 0) await fetchBatch(waiting.splice(0, BATCH), AbortSignal.timeout(30_000));
  }

  async function fetchBatch(batch: readonly Wanted[], signal: AbortSignal): Promise<void> {
    const byZone = Map.groupBy(batch, ({ item }) => item.zone);
    for (const [name, wanted] of byZone) {
      try {
        const zone = browse.zone(name);
        if (zone) await fetchFrom(zone, wanted, signal);
      } catch (error) {
        quietUntilMs = nowMs() + QUIET_MS;
        log.debug('Small pictures cannot be fetched at the moment.', { reason: asProblem(error).message });
      }
    }
    for (const { done } of batch) done(undefined); // those that came were answered before
  }

  async function fetchFrom(zone: Zone, wanted: readonly Wanted[], signal: AbortSignal): Promise<void> {
    const requests = wanted.map(({ item }) => ({ assetId: item.asset, masterId: item.master }));
    const found = await parts.photos.previews(zone, requests, signal);
    const queue = wanted.map((one, index) => ({ one, preview: found[index]?.find(({ kind }) => kind === KIND_OF[one.size]) }));
    await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { one, preview } = next;
          const bytes = preview?.download && (await fetchOne(preview.download, signal));
          if (bytes) await cache.put(one.item.shown, one.size, bytes);
          else if (!preview?.download) missing.add(one.key);
          one.done(bytes);
        }
      }),
    );
  }

  /** Undefined for what is no picture: iCloud sends errors as pages. */
  async function fetchOne(download: Download, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { bytes } = await parts.photos.open(download, 0, signal);
    const blocks: Uint8Array[] = [];
    let size = 0;
    for await (const block of bytes) {
      size += block.length;
      if (size > MOST_BYTES) return undefined;
      blocks.push(new Uint8Array(block)); // its memory will be used again
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const block of blocks) {
      whole.set(block, at);
      at += block.length;
    }
    return isJpeg(whole) ? whole : undefined;
  }

  async function warm(signal: AbortSignal): Promise<number> {
    let count = 0;
    for (let after = 0; !signal.aborted && nowMs() >= quietUntilMs; ) {
      const { bytes, limit } = await cache.usage();
      const rows = browse.timeline(after, WALK).map(({ row }) => row);
      const last = rows.at(-1);
      if (last === undefined || bytes > limit * NEARLY_FULL) break;
      after = last;
      for (const item of browse.items(rows)) {
        const key = `small ${item.shown}`;
        if (missing.has(key) || underWay.has(key) || (await cache.has(item.shown, 'small'))) continue;
        waiting.push({
          item,
          size: 'small',
          key,
          done(bytes) {
            if (bytes) count += 1;
          },
        });
        if (waiting.length >= BATCH) await fetchBatch(waiting.splice(0, BATCH), signal);
        if (signal.aborted) break;
      }
      if (waiting.length > 0) await fetchBatch(waiting.splice(0, BATCH), signal);
    }
    return count;
  }

  return { read, warm, kept: (checksum, size) => cache.get(checksum, size) };
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}
