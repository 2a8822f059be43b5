import type { StoredFile } from '../domain/asset.ts';
import { type ChecksumPolicy, judge } from '../domain/judge.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog, TodoItem } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { ByteSource, LibraryStore, Received, TrashItem } from '../ports/library-store.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import type { Addresses } from './addresses.ts';

export interface FetchParts {
  readonly photos: PhotosService;
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly addresses: Addresses;
  readonly clock: Clock;
  readonly policy: ChecksumPolicy;
}

export type Fetched = { readonly how: 'downloaded' | 'reused'; readonly bytes: number; readonly replaced: boolean };

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

/** What the to-do list remembers of bytes that Apple's checksum disagrees with. */
export class Disagreement extends Problem {
  readonly sha256: string | undefined;
  constructor(message: string, sha256: string | undefined) {
    super('content-mismatch', message);
    this.sha256 = sha256;
  }
}

/**
 * Brings one rendition to its path: from what lies there already after a crash, from a file with the same bytes, or from
 * iCloud. Nothing is recorded before it is in place; nothing is in place before it is proven.
 */
export async function fetchItem(parts: FetchParts, item: TodoItem, signal: AbortSignal): Promise<Fetched> {
  const before = parts.catalog.filesOf(item.assetRow).find(({ kind }) => kind === item.rendition.kind);
  const adopted = await adopt(parts, item, before, signal);
  if (adopted) return adopted;
  const copied = await copyStored(parts, item, before, signal);
  if (copied) return copied;
  if (item.rendition.size === 0) throw new Problem('not-uploaded-yet', `${item.path} is not in iCloud yet.`);
  const received = await download(parts, item, signal);
  await settle(parts, item, received, before);
  return { how: 'downloaded', bytes: received.size, replaced: before !== undefined };
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
      parts.catalog.stored(item, { sha256: found.sha256, size: found.size, proof: 'apple', nowMs: parts.clock.now() });
      return { how: 'reused', bytes: found.size, replaced: false };
    }
  }
  if (before?.path === item.path) return undefined; // the older version, which leaves when the new one is complete
  throw new Problem('path-occupied', `${item.path} cannot be stored: another file lies there that did not come from here.`);
}

/** Identical bytes are fetched once (design.md). The copy goes through the same proof as a download. */
async function copyStored(
  parts: FetchParts,
  item: TodoItem,
  before: StoredFile | undefined,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  const twin = parts.catalog.fileWithChecksum(item.rendition.checksum);
  if (!twin || twin.size !== item.rendition.size || twin.path === item.path) return undefined;
  if ((await parts.store.sizeOf(twin.path)) !== twin.size) return undefined;
  const key = incomingKey(item.rendition.checksum);
  await parts.store.discard(key);
  const received = await parts.store.receive(key, item.rendition, () => parts.store.read(twin.path), signal);
  if (received.checksum !== item.rendition.checksum) {
    await parts.store.discard(key); // the twin has rotted: fetch this one from iCloud, `verify` will find the other
    return undefined;
  }
  await settle(parts, item, received, before);
  return { how: 'reused', bytes: received.size, replaced: before !== undefined };
}

async function download(parts: FetchParts, item: TodoItem, signal: AbortSignal): Promise<Received> {
  const key = incomingKey(item.rendition.checksum);
  const open = async (from: number): Promise<ByteSource> => {
    const answer = await parts.addresses.of(item, signal);
    if (answer.is === 'gone') throw new Problem('gone-from-icloud', `${item.path} is no longer in iCloud.`);
    if (answer.is === 'not-uploaded') throw new Problem('not-uploaded-yet', `${item.path} is not in iCloud yet.`);
    if (answer.is === 'failed') throw new Problem('transfer-failed', `${item.path}: iCloud gave no address (${answer.detail}).`);
    if (answer.checksum !== item.rendition.checksum)
      throw new Problem('transfer-failed', `${item.path} has changed in iCloud since it was listed.`);
    return parts.photos.open(answer.download, from, signal);
  };
  const received = await parts.store.receive(key, item.rendition, open, signal);
  if (!received.resumed || received.checksum === item.rendition.checksum) return received;
  // What an earlier run left may be damaged (a power cut, a disk): once more from the first byte.
  await parts.store.discard(key);
  parts.addresses.forget(item);
  return parts.store.receive(key, item.rendition, open, signal);
}

/** Decides, puts in place, records. Bytes that are not good enough leave nothing behind. */
async function settle(parts: FetchParts, item: TodoItem, received: Received, before: StoredFile | undefined): Promise<void> {
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
  await parts.store.place(received, { path: item.path, modifiedAtMs: modifiedAtMs(item.asset), replaces });
  parts.catalog.stored(item, { sha256: received.sha256, size: received.size, proof: verdict.proof, nowMs: parts.clock.now() });
}
