import type { StoredFile } from '../domain/asset.ts';
import type { Catalog, TodoItem } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { LibraryStore, TrashedFile } from '../ports/library-store.ts';

export interface TrashParts {
  readonly store: LibraryStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** A file in `_Trash` by Apple's checksum. */
  readonly inTrash: (checksum: string) => Promise<TrashedFile | undefined>;
}

/** An item that came back to iCloud: its file leaves the trash for its old path, if its bytes are still what they were. Answers its size. */
export async function takeFromTrash(
  { store, catalog, clock, inTrash }: TrashParts,
  item: TodoItem,
  before: StoredFile | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (before) return undefined; // a new version of something stored: it takes the other's place the usual way
  const file = await inTrash(item.rendition.checksum);
  if (file === undefined || (await store.sizeOf(file.path)) !== item.rendition.size) return undefined;
  const { checksum, sha256, size } = await store.inspect(file.path, signal);
  if (checksum !== item.rendition.checksum || !(await store.restore(file, item.path))) return undefined;
  catalog.stored(item, { sha256, size, proof: 'apple', nowMs: clock.now() });
  return size;
}
