import type { TodoItem } from '../ports/catalog.ts';
import { createAddresses } from './addresses.ts';
import { type DownloadParts, startDownloads } from './downloads.ts';
import { createTrashIndex } from './trash.ts';

export type FetchItemsParts = Omit<DownloadParts, 'addresses' | 'inTrash' | 'onDone' | 'onFailed'>;

/** Fetches what is missing of some items, and nothing else of the to-do list. What fails stays on the list. */
export async function fetchItems(parts: FetchItemsParts, rows: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
  const { catalog, photos, store, clock } = parts;
  const addresses = createAddresses(
    photos,
    (name) => catalog.zones().find(({ zone }) => zone.name === name)?.zone,
    () => clock.now(),
  );
  const todo: typeof catalog.todo = (afterSeq, limit, wish) => {
    for (let after = afterSeq; ; ) {
      const batch = catalog.todo(after, limit, wish);
      const chosen: TodoItem[] = batch.filter(({ assetRow }) => rows.has(assetRow));
      if (chosen.length > 0 || batch.length === 0) return chosen;
      after = batch.at(-1)?.seq ?? after;
    }
  };
  const downloads = startDownloads(
    {
      ...parts,
      catalog: { ...catalog, todo },
      addresses,
      inTrash: createTrashIndex(store),
      onDone: () => undefined,
      onFailed: () => undefined,
    },
    signal,
  );
  try {
    await downloads.finish();
  } finally {
    await downloads.stop();
  }
}
