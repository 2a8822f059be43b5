import { mixed } from '../number-mixer.ts';

/** Odd, so that multiplying by it can be undone modulo 2^32. */
const STEP = 0x9e3779b1;
/** STEP * BACK = 1 modulo 2^32. */
const BACK = 0xe8b2f51;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
const hex8 = (value: number) => `${HEX[value >>> 24]}${HEX[(value >>> 16) & 255]}${HEX[(value >>> 8) & 255]}${HEX[value & 255]}`;

/** Record names of assets from which the item's number can be read back: no table of a million names. */
export interface BulkNames {
  nameOf(index: number): string;
  indexOf(recordName: string): number | undefined;
}

export function bulkNames(seed: number, length: number): BulkNames {
  const nameOf = (index: number) => {
    const [second, third, fourth] = [mixed(seed, index, 101), mixed(seed, index, 102), mixed(seed, index, 103)];
    const [b, c] = [hex8((second & 0xffff0fff) | 0x00004000), hex8((third & 0x3fffffff) | 0x80000000)];
    const a = hex8(Math.imul(index, STEP) ^ seed);
    return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${hex8(fourth)}`;
  };
  return {
    nameOf,
    indexOf(recordName) {
      if (recordName.length !== 36) return undefined;
      const index = Math.imul(Number.parseInt(recordName.slice(0, 8), 16) ^ seed, BACK) >>> 0;
      return index < length && nameOf(index) === recordName ? index : undefined;
    },
  };
}
