/** Albums and folders of the personal library (photos.md §5). */
export interface Album {
  /** Record name: survives renames. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'album' | 'folder';
  /** Record name of the folder it lies in; undefined at top level. */
  readonly parent: string | undefined;
  readonly position: number;
}

/** An album that has no members to fetch or that this version does not know: named in the report, never an error. */
export interface SkippedAlbum {
  readonly id: string;
  readonly name: string;
  readonly albumType: number | undefined;
}
