/** A number, text, date or array or dictionary of these, as Apple's binary property lists hold them. */
export type PlistValue = number | string | Date | readonly PlistValue[] | { readonly [key: string]: PlistValue };

/** Seconds between 1970 and Apple's epoch of 2001. */
const APPLE_EPOCH_S = 978_307_200;

const real = (marker: number, value: number) => {
  const out = Buffer.alloc(9);
  out[0] = marker;
  out.writeDoubleBE(value, 1);
  return out;
};
const counted = (marker: number, count: number) => (count < 15 ? Buffer.of(marker | count) : Buffer.of(marker | 15, 0x10, count));

/** Writes a small `bplist00` (fewer than 256 objects, texts under 256 characters): locationEnc, keywordsEnc (photos.md §9). */
export function binaryPlist(root: PlistValue): Buffer {
  const objects: Buffer[] = [];
  const add = (value: PlistValue): number => {
    const index = objects.push(Buffer.alloc(0)) - 1;
    objects[index] = encode(value);
    return index;
  };
  const encode = (value: PlistValue): Buffer => {
    if (typeof value === 'number') return real(0x23, value);
    if (value instanceof Date) return real(0x33, value.getTime() / 1000 - APPLE_EPOCH_S);
    if (typeof value === 'string') {
      if (/^[\x20-\x7e]*$/.test(value)) return Buffer.concat([counted(0x50, value.length), Buffer.from(value, 'latin1')]);
      return Buffer.concat([counted(0x60, value.length), Buffer.from(value, 'utf16le').swap16()]);
    }
    if (Array.isArray(value)) return Buffer.concat([counted(0xa0, value.length), Buffer.from(value.map(add))]);
    const entries = Object.entries(value);
    const keys = entries.map(([key]) => add(key));
    const values = entries.map(([, inner]) => add(inner as PlistValue));
    return Buffer.concat([counted(0xd0, entries.length), Buffer.from([...keys, ...values])]);
  };
  add(root);
  return assemble(objects);
}

function assemble(objects: readonly Buffer[]): Buffer {
  const offsets: number[] = [];
  let at = 8;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const table = Buffer.alloc(offsets.length * 2);
  offsets.forEach((offset, i) => {
    table.writeUInt16BE(offset, i * 2);
  });
  const trailer = Buffer.alloc(32);
  trailer[6] = 2; // bytes of an offset
  trailer[7] = 1; // bytes of an object number
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([Buffer.from('bplist00', 'latin1'), ...objects, table, trailer]);
}
