import type { ZoneStore } from '../library/zone-store.ts';

/** A place in a zone's journal. */
export interface FeedPosition {
  readonly counter: number;
  /** Empty pages before this position that were shown already. */
  readonly emptyPagesShown: number;
}

const ZONE_TOKEN = 1;
const DATABASE_TOKEN = 2;
const FILLER = Buffer.from('7fffffffffffffff', 'hex');

function token(kind: number, counter: number, id: Buffer, extra: Buffer = Buffer.alloc(0)): string {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(counter));
  return Buffer.concat([Buffer.of(kind), number, FILLER, id, extra]).toString('base64');
}

/** What query answers carry: 33 bytes, the recorded form (photos.md §10.1). */
export function queryToken(zone: ZoneStore): string {
  return token(ZONE_TOKEN, zone.counter, zone.id);
}

/** What the change feed hands out: longer, said to be about 48 characters. */
export function feedToken(zone: ZoneStore, { counter, emptyPagesShown }: FeedPosition): string {
  return token(ZONE_TOKEN, counter, zone.id, Buffer.of(0x10, emptyPagesShown, 0x01));
}

/** Both kinds of zone token are resume points; anything else is not (photos.md §10.3). */
export function parseZoneToken(zone: ZoneStore, text: string): FeedPosition | undefined {
  const bytes = Buffer.from(text, 'base64');
  if ((bytes.length !== 33 && bytes.length !== 36) || bytes[0] !== ZONE_TOKEN || !bytes.subarray(17, 33).equals(zone.id)) return undefined;
  const counter = Number(bytes.readBigUInt64BE(1));
  return counter <= zone.counter ? { counter, emptyPagesShown: bytes[34] ?? 0 } : undefined;
}

/** Counter of each zone by its name. */
type ZoneCounters = Readonly<Record<string, number>>;

/** Database tokens change with every call even if nothing happened (photos.md §2.3): the id is a nonce. */
export function databaseToken(counters: ZoneCounters, nonce: Buffer): string {
  return token(DATABASE_TOKEN, Object.keys(counters).length, nonce, Buffer.from(JSON.stringify(counters)));
}

export function parseDatabaseToken(text: string): ZoneCounters | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 33 || bytes[0] !== DATABASE_TOKEN) return undefined;
  try {
    const counters: unknown = JSON.parse(bytes.subarray(33).toString('utf8'));
    return typeof counters === 'object' && counters !== null ? (counters as ZoneCounters) : undefined;
  } catch {
    return undefined;
  }
}
