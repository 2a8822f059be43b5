import type { Asset, StoredFile } from '../domain/asset.ts';

/** A copy in `_JPEG` as it was made. */
export interface JpegCopy {
  readonly path: string;
  /** Apple's checksum of the file that it shows. */
  readonly from: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** An item whose copy may be out of date. */
export interface CopySubject {
  readonly row: number;
  readonly asset: Pick<Asset, 'zone' | 'id' | 'masterId' | 'hidden' | 'captureMs' | 'addedMs'>;
  /** No longer in iCloud; its files may still be here. */
  readonly gone: boolean;
  readonly folder: string;
  readonly base: string;
  readonly files: readonly StoredFile[];
  readonly copy: JpegCopy | undefined;
  /** SHA-256 of an earlier download that disagreed with Apple's checksum. */
  readonly disagreedSha256: string | undefined;
}

/** Which items' copies may be out of date. The catalog puts an item on this list by itself, whoever changes its files. */
export interface JpegCopyCatalog {
  /** Items to look at, in the order of their rows. */
  toCopy(afterRow: number, limit: number): readonly CopySubject[];
  copyDone(row: number): void;
  copyDisagreed(row: number, sha256: string): void;
  copyAgain(row: number): void;
  /** Every item with a stored file or a copy. */
  copyAll(): void;
  copyNone(): void;
  copies(afterRow: number, limit: number): readonly { readonly row: number; readonly path: string }[];
  /** Noted before the file takes its name: after a crash what lies there is known as ours, or made again. */
  putCopy(row: number, copy: JpegCopy): void;
  dropCopy(row: number): void;
  /** Another item's copy has this path, in whatever spelling. */
  isCopyPathTaken(path: string, row: number): boolean;
}

/** The one place where files are removed for good outside the trash: copies that can be made again. */
export interface JpegCopyStore {
  /** Removes a copy if it still holds exactly the bytes that were put there. False when something else lies there now. Throws Problem `disk-error`. */
  remove(copy: Pick<JpegCopy, 'path' | 'size' | 'sha256'>, signal: AbortSignal): Promise<boolean>;
}
