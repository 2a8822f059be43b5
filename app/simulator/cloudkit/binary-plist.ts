/** A number, text, date or array or dictionary of these, as Apple's binary property lists hold them. */
export type PlistValue = number | string | Date | readonly PlistValue[] | { readonly [key: string]: PlistValue };

/** Seconds between 1970 and Apple's epoch of 2001. */
const APPLE_EPOCH_S = 978_307_200;

const SCRATCH = Buffer.alloc(8);

const real = (marker: number, value: number) => {
  SCRATCH.writeDoubleBE(value);
  return String.fromCharCode(marker) + SCRATCH.toString('latin1');
};
const counted = (marker: number, count: number) =>
  count < 15 ? String.fromCharCode(marker | count) : String.fromCharCode(marker | 15, 0x10, count);

/**
 * Writes a small `bplist00` (fewer than 256 objects, texts under 256 characters): locationEnc, keywordsEnc (photos.md §9).
 * Objects are texts with one character for each byte: a page of places has 1,500 of them, too many for buffers of their own.
 */
export function binaryPlist(root: PlistValue): Buffer {
  const objects: string[] = [];
  const add = (value: PlistValue): number => {
    const index = objects.push('') - 1;
    objects[index] = encode(value);
    return index;
  };
  const addAll = (values: readonly PlistValue[]) => String.fromCharCode(...values.map(add));
  const encode = (value: PlistValue): string => {
    if (typeof value === 'number') return real(0x23, value);
    if (value instanceof Date) return real(0x33, value.getTime() / 1000 - APPLE_EPOCH_S);
    if (typeof value === 'string') {
      if (/^[\x20-\x7e]*$/.test(value)) return counted(0x50, value.length) + value;
      return counted(0x60, value.length) + Buffer.from(value, 'utf16le').swap16().toString('latin1');
    }
    if (Array.isArray(value)) return counted(0xa0, value.length) + addAll(value);
    const keys = Object.keys(value);
    return counted(0xd0, keys.length) + addAll(keys) + addAll(Object.values(value) as PlistValue[]);
  };
  add(root);
  return assemble(objects);
}

function assemble(objects: readonly string[]): Buffer {
  let at = 8;
  let offsets = '';
  for (const object of objects) {
    offsets += String.fromCharCode(at >> 8, at & 255);
    at += object.length;
  }
  const trailer = Buffer.alloc(32);
  trailer[6] = 2; // bytes of an offset
  trailer[7] = 1; // bytes of an object number
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.from(`bplist00${objects.join('')}${offsets}${trailer.toString('latin1')}`, 'latin1');
}
