import type { Catalog, StoredAs, TodoItem } from '../ports/catalog.ts';

/** Group commit: files that are in place go into the catalog many at a time. A crash before that costs reading them again, no download. */
export interface StoredRecorder {
  /** Resolves when the file is in the catalog. */
  record(item: TodoItem, file: StoredAs): Promise<void>;
  /** Everything that was given goes in at once. */
  flush(): void;
}

/** Long enough to gather dozens of small files, short enough for a person not to notice. */
const GATHER_MS = 25;
const MOST = 200;

interface Entry {
  readonly item: TodoItem;
  readonly file: StoredAs;
  readonly settle: { resolve: () => void; reject: (reason: unknown) => void };
}

export function createStoredRecorder(catalog: Pick<Catalog, 'stored' | 'transaction'>): StoredRecorder {
  let entries: Entry[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = entries;
    entries = [];
    if (batch.length === 0) return;
    try {
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
