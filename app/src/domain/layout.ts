import { byteLength } from './clean-name.ts';
import { cleanFolderName } from './names.ts';

/** How photos are filed within their tree. `checksum` names files as the older icloud-photos-sync did. */
export interface Layout {
  /** Folders from the tree downwards, each a row of texts and dates. Empty = all files in one folder. */
  readonly folders: readonly (readonly LayoutPiece[])[];
  readonly names: 'import' | 'checksum';
}

export type LayoutPiece = { readonly text: string } | { readonly date: DatePart };

type DatePart = keyof typeof DATE_PARTS;

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const two = (value: number) => String(value).padStart(2, '0');

/** What a date can contribute; each reads the calendar of the place where the photo was taken. */
const DATE_PARTS = {
  yyyy: (date: Date) => String(date.getUTCFullYear()),
  yy: (date: Date) => two(date.getUTCFullYear() % 100),
  mm: (date: Date) => two(date.getUTCMonth() + 1),
  month: (date: Date) => MONTHS[date.getUTCMonth()] ?? '',
  mon: (date: Date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  dd: (date: Date) => two(date.getUTCDate()),
  ddd: (date: Date) => String(dayOfYear(date)).padStart(3, '0'),
} as const;

/** The directives of icloudpd's `--folder-structure` that make sense for folders. */
const STRFTIME: Readonly<Record<string, DatePart>> = { Y: 'yyyy', y: 'yy', m: 'mm', B: 'month', b: 'mon', d: 'dd', j: 'ddd' };

export const DEFAULT_LAYOUT = '{yyyy}/{yyyy}-{mm}';
const MOST_FOLDERS = 8;
const MOST_BYTES = 500;

/**
 * Reads the setting: our own tokens (`{yyyy}/{yyyy}-{mm}`), icloudpd's (`{:%Y/%m/%d}`), `flat` (icloudpd: `none`), or
 * `icps` for one folder of checksum names. Undefined when it is none of these.
 */
export function readLayout(text: string): Layout | undefined {
  if (/^(flat|none)$/i.test(text)) return { folders: [], names: 'import' };
  if (/^icps$/i.test(text)) return { folders: [], names: 'checksum' };
  // A path that starts at the root, climbs, or is empty somewhere was meant as something else.
  if (byteLength(text) > MOST_BYTES || text.startsWith('/')) return undefined;
  const folders: LayoutPiece[][] = [];
  for (const segment of segmentsOf(text)) {
    const pieces = piecesOf(segment);
    if (!pieces || !isFolder(pieces)) return undefined;
    folders.push(pieces);
  }
  return folders.length >= 1 && folders.length <= MOST_FOLDERS ? { folders, names: 'import' } : undefined;
}

/** icloudpd's one long directive becomes several short ones, so that `/` separates folders everywhere. */
function segmentsOf(text: string): string[] {
  const spread = text.replace(/\{0?:([^{}]*)\}/g, (_, format: string) => format.replace(/%([A-Za-z])/g, '{%$1}'));
  return spread.replace(/\/$/, '').split('/');
}

function piecesOf(segment: string): LayoutPiece[] | undefined {
  const pieces: LayoutPiece[] = [];
  for (const [token, brace] of segment.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (brace === undefined) {
      if (/[{}]/.test(token)) return undefined;
      pieces.push({ text: token });
      continue;
    }
    const date = brace.startsWith('%') ? STRFTIME[brace.slice(1)] : brace.toLowerCase();
    if (date === undefined || !Object.hasOwn(DATE_PARTS, date)) return undefined;
    pieces.push({ date: date as DatePart });
  }
  return pieces;
}

/** A name that any disk takes as it stands: what is asked for is what appears. */
function isFolder(pieces: readonly LayoutPiece[]): boolean {
  if (pieces.length === 0) return false;
  const sample = fill(pieces, new Date(0));
  return cleanFolderName(sample) === sample && !/%/.test(sample);
}

function fill(pieces: readonly LayoutPiece[], date: Date): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : DATE_PARTS[piece.date](date))).join('');
}

/** The folders of a layout for one moment, given as a Date whose UTC fields are the local calendar; `undated` without one. */
export function layoutFolder({ folders }: Layout, there: Date | undefined): string {
  const dated = folders.some((pieces) => pieces.some((piece) => 'date' in piece));
  if (dated && there === undefined) return 'undated';
  return folders.map((pieces) => fill(pieces, there ?? new Date(0))).join('/');
}

function dayOfYear(date: Date): number {
  return (
    Math.round(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000,
    ) + 1
  );
}
