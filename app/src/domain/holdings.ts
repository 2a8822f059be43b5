import type { LeftOutGroup } from './coverage.ts';
import type { LeftOutBecause } from './filters.ts';
import { formatBytes, formatCount, plural } from './format.ts';

/** What a library consists of, in the owner's words. One item can count in several of these. */
export const HOLDING_KINDS = [
  'photos',
  'films',
  'other files',
  'live photos',
  'RAW and JPEG pairs',
  'edited',
  'with a sidecar file',
  'panoramas',
  'screenshots',
  'slow motion',
  'time lapses',
  'screen recordings',
  'burst frames',
  'bursts',
  'favourites',
  'hidden',
  'in the shared library',
] as const;
export type HoldingKind = (typeof HOLDING_KINDS)[number];

/** What is known to be in iCloud and is not brought here, with the reason. */
export interface NotBroughtHere {
  readonly recentlyDeleted: number | undefined;
  readonly smartAlbums: readonly string[];
  /** Undefined: they are brought here, or were never asked for. */
  readonly sharedAlbums: readonly string[] | undefined;
}

export interface Holdings extends NotBroughtHere {
  readonly items: Readonly<Record<HoldingKind, number>>;
  /** Kinds of files that this version does not know and keeps all the same, with their number. */
  readonly unknownKinds: readonly { readonly kind: string; readonly files: number }[];
}

const SETTING_OF: Readonly<Record<LeftOutBecause, string>> = {
  photo: 'photos: SKIP_PHOTOS',
  video: 'films: SKIP_VIDEOS',
  'live-video': 'films of live photos: SKIP_LIVE_PHOTOS',
  hidden: 'hidden items: HIDDEN',
  'shared-library': 'the shared library: SHARED_LIBRARY',
  'too-old': 'taken before SINCE',
  'not-in-albums': 'in none of ALBUMS',
};

/** Two paragraphs of the status: what there is, and what of it is left out and why. Empty ones are left out. */
export function renderHoldings(
  { items, unknownKinds, recentlyDeleted, smartAlbums, sharedAlbums }: Holdings,
  leftOut: readonly LeftOutGroup[],
): string[] {
  const shown = HOLDING_KINDS.filter((kind) => items[kind] > 0).map((kind) => `${kind} ${formatCount(items[kind])}`);
  const lines = shown.length > 0 ? ['', `In iCloud: ${shown.join(', ')}.`] : [];
  for (const { kind, files } of unknownKinds)
    lines.push(`${plural(files, 'file')} of a kind that this version does not know (${kind}): kept as they are.`);
  const without = [
    ...leftOut.map(({ because, files, bytes }) => `${plural(files, 'file')} (${formatBytes(bytes)}): ${SETTING_OF[because]}`),
    ...(recentlyDeleted ? [`${plural(recentlyDeleted, 'item')} in Recently Deleted`] : []),
    ...(smartAlbums.length > 0
      ? [`${plural(smartAlbums.length, 'smart album')}, of which iCloud keeps no members: ${few(smartAlbums)}`]
      : []),
    ...(sharedAlbums && sharedAlbums.length > 0
      ? [`${plural(sharedAlbums.length, 'shared album')} (SHARED_ALBUMS=yes brings the smaller copies they hold): ${few(sharedAlbums)}`]
      : []),
  ];
  if (without.length > 0) lines.push('', 'Not brought here:', ...without.map((line) => `- ${line}`));
  return lines;
}

const few = (names: readonly string[]) => `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;

export function holdingsJson(
  { items, unknownKinds, recentlyDeleted, smartAlbums, sharedAlbums }: Holdings,
  leftOut: readonly LeftOutGroup[],
): object {
  return { items, unknownKinds, leftOut, recentlyDeleted, smartAlbums, sharedAlbums };
}
