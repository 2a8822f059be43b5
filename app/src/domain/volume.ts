/** What a volume can do, found out by trying (neighbours.md §2). */
export interface VolumeTraits {
  /** `exFAT`, `SMB`, …; undefined where its number is not known. */
  readonly fileSystem: string | undefined;
  readonly symlinks: boolean;
  readonly hardLinks: boolean;
  readonly foldsCase: boolean;
  /** Takes composed and decomposed letters for the same. */
  readonly foldsForm: boolean;
  /** Longest name in bytes that certainly fits. */
  readonly nameLimitBytes: 143 | 255;
  /** Smallest difference between two modification times that survives. */
  readonly timeStepMs: 1 | 10 | 1000 | 2000;
  /** Dates before 1970. */
  readonly oldTimes: boolean;
  /** File modes are kept. */
  readonly modes: boolean;
  /** Files above 4 GB. */
  readonly largeFiles: boolean;
}

export type AlbumLinks = 'symlink' | 'hardlink' | 'none';

/** What is done in place of what was wished, as far as the volume goes along; undefined: it cannot be done at all. */
export function linksFor(wish: AlbumLinks, { symlinks, hardLinks }: Pick<VolumeTraits, 'symlinks' | 'hardLinks'>): AlbumLinks | undefined {
  if (wish === 'none' || (wish === 'symlink' ? symlinks : hardLinks)) return wish;
  if (wish === 'symlink') return hardLinks ? 'hardlink' : 'none';
  return symlinks ? 'symlink' : undefined;
}

/** One sentence for everything that is different on this volume; undefined when nothing is. */
export function volumeNotice(traits: VolumeTraits, wish: AlbumLinks, links: AlbumLinks): string | undefined {
  const { fileSystem, modes, largeFiles, nameLimitBytes, oldTimes, timeStepMs } = traits;
  const parts = [
    links === wish ? undefined : LINKS_INSTEAD[links],
    nameLimitBytes < 255 ? `names are cut at ${nameLimitBytes} bytes` : undefined,
    timeStepMs > 10 ? `dates of files are right to ${timeStepMs / 1000} s` : undefined,
    oldTimes ? undefined : 'photos taken before 1970 carry a later date as files',
    largeFiles ? undefined : 'files above 4 GB cannot be stored',
    modes
      ? undefined
      : 'file modes are not kept, so whoever may read the volume may read the state folder (set CONFIG_DIR to another disk)',
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `This volume${fileSystem ? ` (${fileSystem})` : ''} has limits: ${parts.join('; ')}.`;
}

const LINKS_INSTEAD: Readonly<Record<AlbumLinks, string>> = {
  symlink: 'it takes no hard links, so albums are symbolic links',
  hardlink: 'it takes no symbolic links, so albums are hard links',
  none: 'it takes no links, so albums are in the catalog and in the sidecars only, and all photos in _All-Photos',
};
