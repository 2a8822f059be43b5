import type { Download, RenditionKind, Zone } from '../domain/asset.ts';
import type { TodoItem } from '../ports/catalog.ts';
import type { PhotosService, Refreshed } from '../ports/photos-service.ts';

/** Addresses kept from the listing; each is under 1 KB, so this bounds memory to about 20 MB. The oldest are used first, so new ones are left out when it is full. */
const MOST_KEPT = 20_000;
/** An address this close to its end is asked for anew: a big film has to be opened before it expires. */
const MARGIN_MS = 5 * 60_000;

/**
 * Signed addresses live an hour (photos.md §12.1) and belong into no database. They come with the listing; where one is
 * missing or old a lookup brings it, for many items at once.
 */
export interface Addresses {
  keep(assetRow: number, kind: RenditionKind, checksum: string, download: Download): void;
  /** Makes sure there is an answer for each item, by one lookup for all that have none. */
  prepare(items: readonly TodoItem[], signal: AbortSignal): Promise<void>;
  /** The answer for one item, looked up if needed. */
  of(item: TodoItem, signal: AbortSignal): Promise<Refreshed>;
  /** The address did not work: the next `of` looks it up. */
  forget(item: TodoItem): void;
}

export function createAddresses(photos: PhotosService, zoneOf: (name: string) => Zone | undefined, now: () => number): Addresses {
  const kept = new Map<string, Refreshed>();
  const keyOf = (assetRow: number, kind: RenditionKind) => `${assetRow}/${kind}`;
  const isFresh = (answer: Refreshed | undefined) =>
    answer !== undefined && (answer.is !== 'there' || answer.download.expiresAtMs - now() > MARGIN_MS);

  async function prepare(items: readonly TodoItem[], signal: AbortSignal): Promise<void> {
    const lacking = items.filter((item) => item.rendition.size > 0 && !isFresh(kept.get(keyOf(item.assetRow, item.rendition.kind))));
    for (const [zoneName, ofZone] of Map.groupBy(lacking, (item) => item.asset.zone)) {
      const zone = zoneOf(zoneName);
      // A zone that is no longer listed (a shared library that was left) cannot be asked.
      const answers = zone
        ? await photos.refresh(
            zone,
            ofZone.map(({ asset, rendition }) => ({ assetId: asset.id, masterId: asset.masterId, kind: rendition.kind })),
            signal,
          )
        : [];
      for (const [index, item] of ofZone.entries()) kept.set(keyOf(item.assetRow, item.rendition.kind), answers[index] ?? { is: 'gone' });
    }
  }

  return {
    keep(assetRow, kind, checksum, download) {
      if (kept.size < MOST_KEPT) kept.set(keyOf(assetRow, kind), { is: 'there', checksum, download });
    },
    prepare,
    async of(item, signal) {
      const key = keyOf(item.assetRow, item.rendition.kind);
      if (!isFresh(kept.get(key))) await prepare([item], signal);
      return kept.get(key) ?? { is: 'gone' };
    },
    forget: (item) => void kept.delete(keyOf(item.assetRow, item.rendition.kind)),
  };
}
