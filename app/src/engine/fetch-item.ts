import type { StoredFile } from '../domain/asset.ts';
import { type ChecksumPolicy, judge } from '../domain/judge.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog, StoredAs, TodoItem } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { FoundStore } from '../ports/found-files.ts';
import type { Arrival, LibraryStore, Received, RemoteFile, TrashItem } from '../ports/library-store.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { Addresses } from './addresses.ts';
import { type TrashParts, takeFromTrash } from './from-trash.ts';
import { takeFound } from './rebuild-take.ts';
import type { Sidecars } from './sidecars.ts';

export interface FetchParts extends Pick<TrashParts, 'inTrash'> {
  readonly photos: PhotosService;
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly foundStore: FoundStore;
  readonly addresses: Addresses;
  readonly clock: Clock;
  readonly policy: ChecksumPolicy;
  readonly sidecars: Pick<Sidecars, 'ofNew' | 'before'>;
}

export interface Fetched {
  readonly how: 'downloaded' | 'reused';
  readonly bytes: number;
  readonly replaced: boolean;
  /** For the catalog, which does not know yet that the file is in place; undefined = it does. */
  readonly as: StoredAs | undefined;
}

/** Names the file in the incoming folder: equal bytes share it, so an interrupted transfer is continued whoever asks next. */
export function incomingKey(checksum: string): string {
  return checksum
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/[^A-Za-z0-9_=-]/g, '.');
}

/** The way back; a key of another form leads to no item, so its file is swept. */
export function checksumOfKey(key: string): string {
  return key.replaceAll('-', '+').replaceAll('_', '/');
}

/** Those of the keys that the to-do list waits for. */
export function wantedKeys(catalog: Catalog, keys: readonly string[]): ReadonlySet<string> {
  const wanted = catalog.wantedChecksums(keys.map(checksumOfKey));
  return new Set(keys.filter((key) => wanted.has(checksumOfKey(key))));
}

/** What the to-do list remembers of bytes that Apple's checksum disagrees with. */
export class Disagreement extends Problem {
  readonly sha256: string | undefined;
  constructor(message: string, sha256: string | undefined) {
    super('content-mismatch', message);
    this.sha256 = sha256;
  }
}

/**
 * Brings one rendition to its path: from what was found in the trees, from what lies there already after a crash, from a
 * file with the same bytes, or from iCloud. Nothing is in place before it is proven; what is in place is for the caller to record.
 */
export async function fetchItem(parts: FetchParts, item: TodoItem, signal: AbortSignal): Promise<Fetched> {
  const before = parts.catalog.filesOf(item.assetRow).find(({ kind }) => kind === item.rendition.kind);
  const taken = await takeFound(parts, item, before, undefined, signal);
  if (taken) return { how: 'reused', bytes: taken.bytes, replaced: false, as: undefined };
  const { checksum, size } = item.rendition;
  const twin = parts.catalog.fileWithChecksum(checksum);
  const replacesItself = before?.path === item.path;
  // The usual file is new and unlike any other: whether its path is free is looked at on the way, which saves a call.
  if (replacesItself || twin || size === 0 || (await parts.inTrash(checksum))) {
    const near = await takeNear(parts, item, twin, before, signal);
    if (near) return near;
    if (size === 0) throw new Problem('not-uploaded-yet', `${item.path} is not in iCloud yet.`);
  }
  const isNew = before === undefined;
  const { files, described } = isNew ? parts.sidecars.ofNew(item) : { files: [], described: undefined };
  const arrival = isNew ? { path: item.path, modifiedAtMs: modifiedAtMs(item.asset), checksum, beside: files } : undefined;
  const received = await download(parts, item, { vacant: replacesItself ? undefined : item.path, arrival }, signal);
  if (received !== 'occupied') {
    if (!received.placed) return settle(parts, item, received, before, 'downloaded');
    const as = { sha256: received.sha256, size: received.size, proof: 'apple', nowMs: parts.clock.now(), described } as const;
    return { how: 'downloaded', bytes: received.size, replaced: false, as };
  }
  const adopted = await adopt(parts, item, before, signal);
  if (adopted) return adopted;
  throw new Problem('transfer-failed', `${item.path}: what lay there has just gone.`);
}

/** The bytes are on this disk, perhaps. */
async function takeNear(
  parts: FetchParts,
  item: TodoItem,
  twin: StoredFile | undefined,
  before: StoredFile | undefined,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  const adopted = await adopt(parts, item, before, signal);
  if (adopted) return adopted;
  const fromTrash = await takeFromTrash(parts, item, before, signal);
  if (fromTrash !== undefined) return { how: 'reused', bytes: fromTrash, replaced: false, as: undefined };
  return twin && copyStored(parts, item, twin, before, signal);
}

/** A crash between the rename and the catalog leaves the right file at the right path: take it instead of fetching it again. */
async function adopt(parts: FetchParts, item: TodoItem, before: StoredFile | undefined, signal: AbortSignal): Promise<Fetched | undefined> {
  const size = await parts.store.sizeOf(item.path);
  if (size === undefined) return undefined;
  if (size === item.rendition.size) {
    const found = await parts.store.inspect(item.path, signal);
    if (found.checksum === item.rendition.checksum) {
      const time = modifiedAtMs(item.asset);
      if (time !== undefined) await parts.store.setTime(item.path, time);
      const as = { sha256: found.sha256, size: found.size, proof: 'apple', nowMs: parts.clock.now() } as const;
      return { how: 'reused', bytes: found.size, replaced: false, as };
    }
  }
  if (before?.path === item.path) return undefined; // the older version, which leaves when the new one is complete
  throw new Problem('path-occupied', `${item.path} cannot be stored: another file lies there that did not come from here.`);
}

/** Identical bytes are fetched once (design.md). The copy goes through the same proof as a download. */
async function copyStored(
  parts: FetchParts,
  item: TodoItem,
  twin: StoredFile,
  before: StoredFile | undefined,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  if (twin.size !== item.rendition.size || twin.path === item.path) return undefined;
  if ((await parts.store.sizeOf(twin.path)) !== twin.size) return undefined;
  const key = incomingKey(item.rendition.checksum);
  await parts.store.discard(key);
  const received = await parts.store.receive(key, item.rendition, () => parts.store.read(twin.path), signal);
  if (received.checksum !== item.rendition.checksum) {
    await parts.store.discard(key); // the twin has rotted: fetch this one from iCloud, `verify` will find the other
    return undefined;
  }
  return settle(parts, item, received, before, 'reused');
}

async function download(
  parts: FetchParts,
  item: TodoItem,
  to: { readonly vacant: string | undefined; readonly arrival: Arrival | undefined },
  signal: AbortSignal,
): ReturnType<LibraryStore['fetch']> {
  const key = incomingKey(item.rendition.checksum);
  const expected = { size: item.rendition.size, ...to };
  const received = await parts.store.fetch(key, expected, remoteFile(parts, item), signal);
  if (received === 'occupied' || !received.resumed || received.checksum === item.rendition.checksum) return received;
  // What an earlier run left may be damaged (a power cut, a disk): once more from the first byte.
  await parts.store.discard(key);
  parts.addresses.forget(item);
  return parts.store.fetch(key, expected, remoteFile(parts, item), signal);
}

/** The bytes behind the item's address, which is looked up when it is needed. */
function remoteFile(parts: FetchParts, item: TodoItem): RemoteFile {
  let file: RemoteFile | undefined;
  const find = async (signal: AbortSignal): Promise<RemoteFile> => {
    const answer = await parts.addresses.of(item, signal);
    if (answer.is === 'gone') throw new Problem('gone-from-icloud', `${item.path} is no longer in iCloud.`);
    if (answer.is === 'not-uploaded') throw new Problem('not-uploaded-yet', `${item.path} is not in iCloud yet.`);
    if (answer.is === 'failed') throw new Problem('transfer-failed', `${item.path}: iCloud gave no address (${answer.detail}).`);
    if (answer.checksum !== item.rendition.checksum)
      throw new Problem('transfer-failed', `${item.path} has changed in iCloud since it was listed.`);
    return parts.photos.remote(answer.download);
  };
  return {
    async request(from, signal) {
      file ??= await find(signal);
      return file.request(from, signal);
    },
    async refused(refusal, signal) {
      if (file === undefined) throw new TypeError('A file refuses what was asked of it.');
      return file.refused(refusal, signal);
    },
    accepted: () => file?.accepted(),
  };
}

/** Decides and puts in place. Bytes that are not good enough leave nothing behind. */
async function settle(
  parts: FetchParts,
  item: TodoItem,
  received: Received,
  before: StoredFile | undefined,
  how: Fetched['how'],
): Promise<Fetched> {
  const verdict = judge(
    { kind: item.rendition.kind, expected: item.rendition, got: received, disagreedBefore: item.disagreedSha256 },
    parts.policy,
  );
  if (!verdict.keep) {
    await parts.store.discard(received.key);
    const what = {
      size: 'arrived with the wrong size',
      'error-page': 'arrived as an error page',
      checksum: "does not match Apple's checksum",
    }[verdict.why];
    throw new Disagreement(`${item.path} ${what}.`, verdict.remember);
  }
  const replaces: TrashItem | undefined = before && { because: 'superseded', zone: item.asset.zone, asset: item.asset.id, ...before };
  const described = await parts.sidecars.before(item);
  await parts.store.place(received, { path: item.path, modifiedAtMs: modifiedAtMs(item.asset), replaces });
  const as = { sha256: received.sha256, size: received.size, proof: verdict.proof, nowMs: parts.clock.now(), described };
  return { how, bytes: received.size, replaced: before !== undefined, as };
}
