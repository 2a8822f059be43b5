/** How much of a volume is left alone. */
export type FreeSpaceRule = { readonly bytes: number } | { readonly share: number } | undefined;

const GIGABYTE = 1e9;
const USUAL_SHARE = 0.01;
/** So that a small volume can be used at all. */
const MOST_SHARE = 0.1;

/** Bytes to keep free; without a rule 1 GB or 1 %, whichever is more, and never more than a tenth of the volume. */
export function bytesKeptFree(rule: FreeSpaceRule, totalBytes: number): number {
  if (rule === undefined) return Math.min(Math.max(GIGABYTE, USUAL_SHARE * totalBytes), MOST_SHARE * totalBytes);
  return 'bytes' in rule ? rule.bytes : rule.share * totalBytes;
}
