import { badRequest } from './errors.ts';

/** Where the next page begins: behind the item with this sort key and name. Survives inserts and deletes in between. */
export interface Marker {
  readonly rank: number;
  readonly recordName: string;
}

/** Keys are milliseconds or positions, possibly negative; shifted so that they fit an unsigned number. */
const SHIFT = 2n ** 62n;

/** base64 of protobuf: field 2 an internal position, field 3 the recordName of the page's last item (photos.md §3.5, recorded). */
export function writeMarker({ rank, recordName }: Marker): string {
  const position = Buffer.alloc(9);
  position[0] = 0x1c;
  position.writeBigUInt64BE(BigInt(Math.trunc(rank)) + SHIFT, 1);
  const name = Buffer.from(recordName, 'utf8');
  const parts = [
    Buffer.of(0x12, position.length),
    position,
    Buffer.of(0x1a, name.length + 4, 0x0a, name.length),
    name,
    Buffer.of(0x10, 0x01),
  ];
  return Buffer.concat(parts).toString('base64');
}

export function readMarker(text: string): Marker {
  const bytes = Buffer.from(text, 'base64');
  const nameLength = bytes[14];
  if (bytes[0] !== 0x12 || bytes[2] !== 0x1c || nameLength === undefined || bytes.length !== 15 + nameLength + 2)
    throw badRequest('Invalid continuation format');
  return { rank: Number(bytes.readBigUInt64BE(3) - SHIFT), recordName: bytes.subarray(15, 15 + nameLength).toString('utf8') };
}
