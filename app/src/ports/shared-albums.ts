import type { ListedAsset } from '../domain/asset.ts';

/** An album that was shared with others, the owner's or somebody else's. It holds copies of its own, smaller than the originals. */
export interface SharedAlbum {
  readonly guid: string;
  readonly name: string;
  /** Changes whenever the album does. */
  readonly tag: string;
  /** Where it is read: an address of Apple's. */
  readonly location: string;
}

export interface SharedAlbumsService {
  /** Undefined when this account has no such service. Throws Problem. */
  albums(signal: AbortSignal): Promise<readonly SharedAlbum[] | undefined>;
  /** Every photo of an album, page by page. Throws rather than end early. */
  photos(album: SharedAlbum, signal: AbortSignal): AsyncIterable<readonly ListedAsset[]>;
}

/** A file of a shared album that lies in `_Shared-Albums`. */
export interface SharedFile {
  readonly guid: string;
  readonly record: string;
  readonly kind: string;
  readonly base: string;
  readonly path: string;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
}

export interface SharedAlbumCatalog {
  /** The album's folder, once it has one. */
  sharedFolder(guid: string): string | undefined;
  sharedFolders(): readonly string[];
  /** `tag`: everything of this state of the album is stored. */
  putSharedAlbum(guid: string, folder: string, tag: string | undefined): void;
  sharedTag(guid: string): string | undefined;
  sharedFiles(guid: string): readonly SharedFile[];
  putSharedFile(file: SharedFile): void;
  countSharedFiles(): number;
}
