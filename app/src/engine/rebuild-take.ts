import type { StoredFile } from '../domain/asset.ts';
import { fold } from '../domain/fold.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import type { Catalog, TodoItem } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileStamp, FoundFile, FoundStore, TakeHow } from '../ports/found-files.ts';
import type { LibraryStore } from '../ports/library-store.ts';
import type { Sidecars } from './sidecars.ts';

export interface TakeParts {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly foundStore: FoundStore;
  /** Other programs look for a sidecar at the moment a photo appears. */
  readonly sidecars: Pick<Sidecars, 'before'>;
  readonly clock: Clock;
}

/** `kept`: it lay at its path already. `moved`: it got another name within the library. */
export interface Taken {
  readonly how: 'kept' | 'moved' | TakeHow;
  readonly bytes: number;
  /** Where it lay. */
  readonly from: string;
}

/**
 * Brings a rendition to its path from files that were found on disk, without a download: from its own path, from elsewhere
 * in the trees, or from a folder that is imported. Undefined when nobody's file has its bytes.
 */
export async function takeFound(
  parts: TakeParts,
  item: TodoItem,
  before: StoredFile | undefined,
  source: { readonly root: string; readonly how: TakeHow } | undefined,
  signal: AbortSignal,
): Promise<Taken | undefined> {
  if (before) return undefined; // an older version lies there: a download and its trash rules decide
  const { checksum } = item.rendition;
  const own = parts.catalog.found.withChecksum('', checksum);
  for (const file of own.toSorted((a, b) => Number(b.path === item.path) - Number(a.path === item.path))) {
    const taken = await takeInside(parts, item, file, signal);
    if (taken) return taken;
  }
  if (!source) return undefined;
  for (const file of parts.catalog.found.withChecksum(source.root, checksum)) {
    if (!(await isAsRead(parts, file))) continue;
    const to = { path: item.path, modifiedAtMs: modifiedAtMs(item.asset) };
    await parts.sidecars.before(item);
    const how = await parts.foundStore.take(file, to, source.how, signal);
    record(parts, item, file);
    if (how === 'move') parts.catalog.found.forget(file.root, file.path);
    return { how, bytes: file.size, from: file.path };
  }
  return undefined;
}

async function takeInside(parts: TakeParts, item: TodoItem, file: FoundFile, signal: AbortSignal): Promise<Taken | undefined> {
  const { catalog, store, foundStore } = parts;
  if (file.checksum !== item.rendition.checksum || !(await isAsRead(parts, file))) return undefined;
  const time = modifiedAtMs(item.asset);
  if (file.path === item.path) {
    if (time !== undefined) await store.setTime(item.path, time);
    record(parts, item, file);
    return { how: 'kept', bytes: file.size, from: file.path };
  }
  if ((await store.sizeOf(item.path)) !== undefined) return undefined; // what lies there comes first, or is in the way
  await parts.sidecars.before(item);
  if (belongsToAnother(catalog, file.path, item.path)) {
    await foundStore.take(file, { path: item.path, modifiedAtMs: time }, 'copy', signal);
    record(parts, item, file);
    return { how: 'copy', bytes: file.size, from: file.path };
  }
  if (!(await store.move(file.path, item.path))) return undefined;
  if (time !== undefined) await store.setTime(item.path, time);
  record(parts, item, file);
  catalog.found.forget('', file.path);
  return { how: 'moved', bytes: file.size, from: file.path };
}

/** Equal bytes for two items, and the other one has been given this place: leave it its file. */
function belongsToAnother(catalog: Catalog, path: string, wanted: string): boolean {
  const [there, here] = [placesOf(path), placesOf(wanted)];
  if (there.folder === here.folder && there.bases.some((base) => here.bases.includes(base))) return false; // a part of this very item
  return there.bases.some((base) => catalog.found.isPlaceGiven(there.folder, base));
}

/** Folder and folded bases that a path may stand for, with its mark and without. */
function placesOf(path: string): { folder: string; bases: readonly string[] } {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const stem = name.lastIndexOf('.') > 0 ? name.slice(0, name.lastIndexOf('.')) : name;
  const bare = stem.replace(/(?:-(?:edited|alt|live|imported))?(?:-\d{1,3})?$/, '');
  return { folder: path.slice(0, slash), bases: [...new Set([fold(stem), fold(bare)])] };
}

/** The digests stand for the file only as long as it looks as it did when it was read. */
async function isAsRead({ catalog, foundStore }: TakeParts, file: FoundFile): Promise<boolean> {
  const now: FileStamp | undefined = await foundStore.look(file.root, file.path);
  if (now && now.size === file.size && now.modifiedMs === file.modifiedMs && now.changedMs === file.changedMs) return true;
  catalog.found.forget(file.root, file.path);
  return false;
}

function record({ catalog, clock }: TakeParts, item: TodoItem, { sha256, size }: FoundFile): void {
  catalog.stored(item, { sha256, size, proof: 'apple', nowMs: clock.now() });
}
