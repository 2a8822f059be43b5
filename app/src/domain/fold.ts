/**
 * The form in which names are compared: what any file system or viewer could take for the same is the same
 * (neighbours.md §3). Upper before lower, so that `ß` equals `SS`; NFKC, so that full-width letters equal plain ones.
 */
export function fold(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFC');
}
