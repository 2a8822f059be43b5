import type { Browse } from '../ports/browse.ts';

const CHUNK = 2000;
const MOST_WORDS = 8;
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** A wish taken apart: every word has to be found, and every date has to fit. */
export interface Wish {
  readonly words: readonly string[];
  /** Beginnings of dates: `2024`, `2024-05`, `2024-05-12`, or `-05` for May of any year. */
  readonly dates: readonly string[];
}

/** Words are compared without case and accents, so that `cafe` finds `Café`. */
export function plainText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** `May 2024`, `12 May 2024`, `2024-05`, `lisbon 2018`. */
export function readWish(query: string): Wish {
  const words: string[] = [];
  const dates: string[] = [];
  const parts = plainText(query)
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .slice(0, MOST_WORDS);
  const named = parts.map((part) => MONTHS.findIndex((month) => part.length >= 3 && month.startsWith(part)));
  const month = named.find((index) => index >= 0);
  const year = parts.find((part) => /^(18|19|20)\d\d$/.test(part));
  const day = month === undefined ? undefined : parts.find((part) => /^(\d|[0-2]\d|3[01])\.?$/.test(part));
  for (const [index, part] of parts.entries()) {
    if (/^(18|19|20)\d\d-\d\d?(-\d\d?)?$/.test(part))
      dates.push(
        part
          .split('-')
          .map((one) => one.padStart(2, '0'))
          .join('-'),
      );
    else if (part === year || part === day || (named[index] ?? -1) >= 0) continue;
    else words.push(part);
  }
  if (month !== undefined || year !== undefined) {
    const two = (value: number) => String(value).padStart(2, '0');
    const monthText = month === undefined ? '' : `-${two(month + 1)}`;
    dates.push(`${year ?? ''}${monthText}${day === undefined ? '' : `-${two(Number.parseInt(day, 10))}`}`);
  }
  return { words, dates };
}

export function fitsDate(dates: readonly string[], takenMs: number): boolean {
  if (dates.length === 0) return true;
  if (takenMs === 0) return false;
  const day = new Date(takenMs).toISOString().slice(0, 10);
  return dates.every((date) => (date.startsWith('-') ? day.slice(4).startsWith(date) : day.startsWith(date)));
}

/** Rows whose names, titles, captions, keywords or albums hold every word. Undefined: there are no words to look for. */
export async function findWords(browse: Browse, words: readonly string[], pause: () => Promise<void>): Promise<Set<number> | undefined> {
  if (words.length === 0) return undefined;
  const inAlbums = words.map((word) => albumHolding(browse, word));
  const found = new Set<number>();
  for (let after = 0; ; ) {
    const chunk = browse.texts(after, CHUNK);
    for (const { row, text } of chunk) {
      const plain = plainText(text);
      if (words.every((word, index) => plain.includes(word) || inAlbums[index]?.has(row))) found.add(row);
    }
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < CHUNK) return found;
    after = last.row;
    await pause();
  }
}

function albumHolding(browse: Browse, word: string): ReadonlySet<number> {
  const albums = browse
    .albums()
    .filter(({ kind, name, folders }) => kind === 'album' && plainText([...folders, name].join(' ')).includes(word));
  return new Set(albums.flatMap(({ row }) => browse.albumItems(row)));
}
