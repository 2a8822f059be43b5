import type { Album } from '../domain/album.ts';

/** One walk through one zone. What it saw is marked with its id; only a complete walk says anything about absence. */
export interface Listing {
  readonly id: number;
  readonly zoneId: number;
}

export interface AlbumRow extends Album {
  readonly rowId: number;
  /** Folder the album has on disk; undefined until it was made. */
  readonly path: string | undefined;
}
