/** Steps 1 to 5 and 7 to 9 of neighbours.md §3: what any disk, share and scanner takes as a name. */

/** File systems count bytes; a Synology with encrypted folders allows only 143 (neighbours.md §2.2). */
export const NAME_LIMIT_BYTES = 255;

/** Left and right marks, embeddings, overrides and isolates disguise a name; the others are invisible. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]/gu;
const FORBIDDEN = /[\p{Cc}\u2028\u2029<>:"/\\|?*\ufffd]/gu;
/** Joiners belong inside an emoji or a Persian word; at an edge they are nothing but invisible. */
const EDGES = /^[ \u200c\u200d]+|[ .\u200c\u200d]+$/gu;
/** Scanners skip `.x`, `_.x` and `__x`. */
const SKIPPED_START = /^(?:[._]*\.[._]*|__+)/u;
const DEVICE = /^(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?= *(?:\.|$))/iu;

const utf8 = new TextEncoder();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

export const byteLength = (text: string): number => utf8.encode(text).length;

/** Steps 1 to 5: only characters that can be stored anywhere, composed, no blanks around. */
export function cleanCharacters(name: string): string {
  const visible = name.normalize('NFC').toWellFormed().replace(INVISIBLE, '');
  return trimEdges(
    visible
      .replace(/\p{Zs}/gu, ' ')
      .replace(FORBIDDEN, '_')
      .normalize('NFC'),
  );
}

/** Steps 7 to 9 on a stem or folder name; `fallback` when nothing is left that a person could read. */
export function cleanStem(text: string, fallback: string, limitBytes: number): string {
  const started = trimEdges(text).replace(SKIPPED_START, '_').replace(/^@/, '_@');
  // Twice: what was cut off may have been all that told the name from a device's.
  const shown = cut(started.replace(DEVICE, '$&_'), limitBytes).replace(DEVICE, '$&_');
  return /^[_. \u200c\u200d]*$/u.test(shown) ? cut(fallback, limitBytes) : shown;
}

/** Not in the middle of what looks like one character. */
function cut(text: string, limitBytes: number): string {
  if (byteLength(text) <= limitBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    bytes += byteLength(segment);
    if (bytes > limitBytes) break;
    kept += segment;
  }
  return trimEdges(kept || cutCodePoints(text, limitBytes));
}

/** For one "character" of hundreds of accents: better a part of it than nothing. */
function cutCodePoints(text: string, limitBytes: number): string {
  let kept = '';
  for (const point of text) {
    if (byteLength(kept + point) > limitBytes) break;
    kept += point;
  }
  return kept;
}

function trimEdges(text: string): string {
  return text.replace(EDGES, '');
}
