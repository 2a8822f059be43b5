/** An archived album that an older version left: a folder of real files, no longer filled from iCloud. */
export interface OldArchive {
  /** Record name of the album in iCloud. */
  readonly album: string;
  readonly name: string;
  /** Relative to the library. */
  readonly path: string;
}

export interface OldAlbums {
  readonly archives: readonly OldArchive[];
  /** Albums that held links only: set aside, since ours are made anew from iCloud. */
  readonly setAside: number;
  /** Hidden folders with files that no visible name leads to. */
  readonly left: readonly string[];
}

/** What icloud-photos-sync 1 to 4 left in a library besides the photos (docs/import.md). */
export interface OldLibrary {
  /**
   * Gives its albums the form that this program knows: a real folder instead of a link to a hidden one. Files are not touched; what
   * breaks off is finished by the next call. Nothing to do where there is none.
   */
  settleAlbums(): Promise<OldAlbums>;
}
