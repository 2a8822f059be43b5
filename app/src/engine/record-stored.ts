import type { Catalog, StoredAs, TodoItem } from '../ports/catalog.ts';
import type { LibraryStore } from '../ports/library-store.ts';

/**
 * Group commit: files that are in place go into the catalog many at a time, after their names were made to survive a power
 * loss. A crash before that costs reading them again, no download.
 */
export interface StoredRecorder {
  /** Resolves when the file is in the catalog. */
  record(item: TodoItem, file: StoredAs): Promise<void>;
  /** What was given goes in now. */
  flush(): void;
}

/** Long enough to gather dozens of small files, short enough for a person not to notice. */
const GATHER_MS = 250;
const MOST = 500;

interface Entry {
  readonly item: TodoItem;
  readonly file: StoredAs;
  readonly settle: { resolve: () => void; reject: (reason: unknown) => void };
}

export function createStoredRecorder(
  catalog: Pick<Catalog, 'stored' | 'transaction'>,
  store: Pick<LibraryStore, 'settle'>,
): StoredRecorder {
  let entries: Entry[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = entries;
    entries = [];
    if (batch.length > 0) void putIn(batch);
  }

  async function putIn(batch: readonly Entry[]): Promise<void> {
    try {
      await store.settle(batch.map(({ item }) => item.path));
      catalog.transaction(() => {
        for (const { item, file } of batch) catalog.stored(item, file);
      });
      for (const { settle } of batch) settle.resolve();
    } catch (error) {
      for (const { settle } of batch) settle.reject(error);
    }
  }

  return {
    record(item, file) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      entries.push({ item, file, settle: { resolve, reject } });
      if (entries.length >= MOST) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
      return promise;
    },
    flush,
  };
}
