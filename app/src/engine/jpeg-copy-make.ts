import type { FreeSpaceRule } from '../domain/free-space.ts';
import { type CopyWish, copyStem } from '../domain/jpeg-copy.ts';
import { type ChecksumPolicy, judge } from '../domain/judge.ts';
import { modifiedAtMs } from '../domain/library-path.ts';
import { type Digest, firstFree } from '../domain/names.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { CopySubject, JpegCopyStore } from '../ports/jpeg-copies.ts';
import type { AlbumStore, ByteSource, LibraryStore } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';
import type { PhotosService } from '../ports/photos-service.ts';
import { incomingKey } from './fetch-item.ts';
import type { SpaceGuard } from './space-guard.ts';

export interface JpegCopyParts {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly jpegCopyStore: JpegCopyStore;
  readonly albumStore: Pick<AlbumStore, 'dropFolder'>;
  readonly photos: Pick<PhotosService, 'previews' | 'open'>;
  readonly digest: Digest;
  readonly policy: ChecksumPolicy;
  readonly keepFree?: FreeSpaceRule;
  readonly log: Log;
  /** Off: what is there stays as it is. */
  readonly jpegCopies: boolean;
}

/** One round over the items whose copies may be out of date. */
export interface CopyRound extends JpegCopyParts {
  readonly space: SpaceGuard;
  readonly failed: string[];
  made: number;
  /** Bytes of the copy that asks for space: what a full disk has no room for. */
  next: number;
}

/** A picture to copy: its bytes as iCloud or the catalog names them. */
export interface Picture {
  readonly size: number;
  readonly checksum: string;
  readonly open: (from: number) => Promise<ByteSource>;
}

/** Brings a copy to its place, proven like every other file. Throws Problem. */
export async function makeCopy(
  work: CopyRound,
  subject: CopySubject,
  wish: CopyWish,
  picture: Picture,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, store } = work;
  const { row, copy } = subject;
  const path = pathFor(work, subject);
  const made = (bytes: { size: number; sha256: string }) => ({ path, from: wish.from, size: bytes.size, sha256: bytes.sha256 });
  const size = await store.sizeOf(path);
  if (size !== undefined) {
    const there = size === 'other' ? undefined : await store.inspect(path, signal);
    if (there && there.size === picture.size && there.checksum === picture.checksum) {
      catalog.putCopy(row, made(there));
      return catalog.copyDone(row);
    }
    if (copy?.path !== path || there?.sha256 !== copy.sha256)
      throw new Problem('path-occupied', `${path}: a file of your own lies where the copy belongs.`);
  }
  work.next = picture.size;
  const done = await work.space.admit(picture.size);
  try {
    // The row: items with one master have one picture, and may arrive at the same time.
    const received = await store.receive(incomingKey(`jpeg ${row} ${picture.checksum}`), picture, picture.open, signal);
    const verdict = judge({ kind: 'other:jpeg', expected: picture, got: received, disagreedBefore: subject.disagreedSha256 }, work.policy);
    if (!verdict.keep) {
      await store.discard(received.key);
      if (verdict.remember !== undefined) catalog.copyDisagreed(row, verdict.remember);
      throw new Problem('content-mismatch', `${path} arrived damaged.`);
    }
    if (copy) await work.jpegCopyStore.remove(copy, signal);
    catalog.putCopy(row, made(received));
    await store.place(received, { path, modifiedAtMs: modifiedAtMs(subject.asset), replaces: undefined });
  } finally {
    done();
  }
  catalog.copyDone(row);
  work.made += 1;
}

/** A copy keeps its path as long as its item keeps its own. */
export function pathFor({ catalog, digest }: CopyRound, { row, asset, folder, base, copy }: CopySubject): string {
  const stem = copyStem(folder, base);
  if (copy && (copy.path === `${stem}.jpg` || copy.path.startsWith(`${stem}-`))) return copy.path;
  return `${firstFree(stem, `${asset.zone}/${asset.id}`, digest, (free) => catalog.isCopyPathTaken(`${free}.jpg`, row))}.jpg`;
}
