import type { Sniffed } from './sniffed.ts';

/**
 * ISO base media files and QuickTime: a size, four letters, content. `ftyp` names brands; films of old cameras have no
 * `ftyp` and begin with one of QuickTime's own atoms.
 */
const BRANDS: Readonly<Record<string, Sniffed>> = {
  'crx ': { looksLike: 'image', extension: 'cr3' },
  avif: { looksLike: 'image', extension: 'avif' },
  avis: { looksLike: 'image', extension: 'avif' },
  heic: { looksLike: 'image', extension: 'heic' },
  heix: { looksLike: 'image', extension: 'heic' },
  hevc: { looksLike: 'image', extension: 'heic' },
  hevx: { looksLike: 'image', extension: 'heic' },
  heim: { looksLike: 'image', extension: 'heic' },
  heis: { looksLike: 'image', extension: 'heic' },
  mif1: { looksLike: 'image', extension: 'heif' },
  msf1: { looksLike: 'image', extension: 'heif' },
  'jxl ': { looksLike: 'image', extension: 'jxl' },
  'jp2 ': { looksLike: 'image', extension: 'jp2' },
  'qt  ': { looksLike: 'video', extension: 'mov' },
  'M4V ': { looksLike: 'video', extension: 'm4v' },
  'M4A ': { looksLike: 'audio', extension: 'm4a' },
  'M4B ': { looksLike: 'audio', extension: 'm4a' },
};
/** The brand says only "some ISO file": the compatible brands say more. */
const VAGUE = new Set(['mif1', 'msf1', 'isom', 'iso2']);
const QUICKTIME_ATOMS = new Set(['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

export function sniffBoxes(head: string): Sniffed | undefined {
  const kind = head.slice(4, 8);
  if (kind === 'ftyp') return ofBrands(head);
  // A small first byte tells a size from text that happens to have these letters there; only mdat grows beyond 512 MB.
  if (QUICKTIME_ATOMS.has(kind) && (kind === 'mdat' || head.charCodeAt(0) < 0x20)) return { looksLike: 'video', extension: 'mov' };
  return undefined;
}

function ofBrands(head: string): Sniffed {
  const major = head.slice(8, 12);
  const known = BRANDS[major];
  if (known !== undefined && !VAGUE.has(major)) return known;
  if (major.startsWith('3gp') || major.startsWith('3g2')) return { looksLike: 'video', extension: '3gp' };
  const size = Math.min(head.length, (head.charCodeAt(2) << 8) | head.charCodeAt(3));
  for (let at = 16; at + 4 <= size; at += 4) {
    const brand = head.slice(at, at + 4);
    const compatible = BRANDS[brand];
    if (compatible !== undefined && !VAGUE.has(brand)) return compatible;
  }
  return known ?? { looksLike: 'video', extension: 'mp4' };
}
