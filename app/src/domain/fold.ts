/**
 * The form in which names are compared: what any file system or viewer could take for the same is the same
 * (neighbours.md §3). Through capitals, so that `ß` equals `SS`; through small letters before, so that `ẞ` does too;
 * NFKC, so that full-width letters equal plain ones.
 */
export function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
