/** In every archived folder: says that it is one, of which album, and what it holds (docs/archive.md). */
export const ARCHIVE_MARKER = '.photos-sync-archive.json';
