import { createHash, type Hash } from 'node:crypto';
import { fileChecksum, finishChecksum, startChecksum } from './apple-checksum.ts';
import { type FileType, fileTypeOf } from './file-types.ts';
import { seededRandom } from './seeded-random.ts';
import { tinyJpeg } from './tiny-jpeg.ts';

/** The bytes of one file, made on demand so that a library of 100,000 keeps no bodies in memory. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** Bytes [start, end), possibly fewer but at least one: call again from where it stopped. */
  slice(start: number, end: number): Buffer;
  /** Apple's checksum (photos.md §13). */
  checksum(): string;
}

export function bufferContent(bytes: Buffer): Content {
  return { size: bytes.length, slice: (start, end) => bytes.subarray(start, end), checksum: () => fileChecksum(bytes) };
}

const BLOCK = 8192;
const FILLER_LENGTH = 1 << 20;
const BINARY_FILLER = seededRandom('filler').bytes(FILLER_LENGTH);
const TEXT_FILLER = Buffer.from(BINARY_FILLER.toString('base64').slice(0, FILLER_LENGTH), 'latin1');
const fillerFor = (type: FileType) => (type.filler === 'text' ? TEXT_FILLER : BINARY_FILLER);

/** Hash states after head + n whole blocks of filler. All files of a type share them, so a checksum costs one block whatever the size. */
const prefixStates = new Map<Buffer, Hash[]>();

function stateAfter(type: FileType, blocks: number): Hash {
  let states = prefixStates.get(type.head);
  if (states === undefined) {
    states = [startChecksum().update(type.head)];
    prefixStates.set(type.head, states);
  }
  const filler = fillerFor(type);
  for (let n = states.length; n <= blocks; n++) {
    const from = ((n - 1) * BLOCK) % FILLER_LENGTH;
    const previous = states[n - 1] ?? startChecksum().update(type.head);
    states.push(previous.copy().update(filler.subarray(from, from + BLOCK)));
  }
  return (states[blocks] ?? startChecksum()).copy();
}

/**
 * A cheap file of about `wantedSize` bytes: the type's first bytes, shared filler, a block that is unique to `id`, the type's last bytes.
 * The unique part stands near the end, so a truncated or mixed-up body never passes as whole.
 */
export function patternContent(uti: string, id: string, wantedSize: number): Content {
  return new TypedContent(fileTypeOf(uti), id, wantedSize);
}

const PREVIEW_COLORS = 24;
const previewTypes = new Map<string, FileType>();

/** A picture that any program opens, in a colour by its id; what makes it unique stands behind its end. */
export function previewContent(id: string, width: number, height: number): Content {
  const color = seededRandom(`color of ${id}`).int(PREVIEW_COLORS);
  const key = `${width} ${height} ${color}`;
  let type = previewTypes.get(key);
  if (type === undefined) {
    const random = seededRandom(key);
    const head = tinyJpeg(width, height, { y: random.int(64), cb: random.int(64), cr: random.int(64) });
    type = { ...fileTypeOf('public.jpeg'), head };
    previewTypes.set(key, type);
  }
  return new TypedContent(type, id, 0);
}

/** Bytes [start, end); the buffer itself if that is all of it, since a view is not cheap. */
const part = (bytes: Buffer, start: number, end: number) => (start === 0 && end >= bytes.length ? bytes : bytes.subarray(start, end));

/** The type's first bytes, filler, an ending of its own. A library has a few of these for each item, so they keep as little as they can. */
class TypedContent implements Content {
  readonly size: number;
  readonly #type: FileType;
  readonly #id: string;
  readonly #fillerEnd: number;

  constructor(type: FileType, id: string, wantedSize: number) {
    this.#type = type;
    this.#id = id;
    const endingBytes = Buffer.byteLength(id) + UNIQUE_EXTRA + type.tail.length;
    this.#fillerEnd = type.head.length + Math.max(0, Math.floor(wantedSize) - type.head.length - endingBytes);
    this.size = this.#fillerEnd + endingBytes;
  }

  slice(start: number, end: number): Buffer {
    const { head } = this.#type;
    if (start < head.length) return part(head, start, end);
    if (start >= this.#fillerEnd) return part(this.#ending(), start - this.#fillerEnd, end - this.#fillerEnd);
    const from = (start - head.length) % FILLER_LENGTH;
    return fillerFor(this.#type).subarray(from, Math.min(from + Math.min(end, this.#fillerEnd) - start, FILLER_LENGTH));
  }

  checksum(): string {
    const fillerBytes = this.#fillerEnd - this.#type.head.length;
    const blocks = Math.floor(fillerBytes / BLOCK);
    const from = (blocks * BLOCK) % FILLER_LENGTH;
    const rest = fillerFor(this.#type).subarray(from, from + fillerBytes - blocks * BLOCK);
    return finishChecksum(stateAfter(this.#type, blocks).update(rest).update(this.#ending()));
  }

  #ending(): Buffer {
    const unique = Buffer.from(`\n[${this.#id}]\n`, 'utf8');
    return this.#type.tail.length === 0 ? unique : Buffer.concat([unique, this.#type.tail]);
  }
}

/** Signs around the id in an ending. */
const UNIQUE_EXTRA = 4;

/** Bytes [start, end) in one buffer. */
export function readContent(content: Content, start = 0, end = content.size): Buffer {
  const first = content.slice(start, end);
  if (first.length >= end - start) return first;
  const parts = [first];
  for (let at = start + first.length; at < end; ) {
    const part = content.slice(at, end);
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

/** SHA-256 in hex, fed piece by piece. */
export function contentSha256(content: Content): string {
  const sha256 = createHash('sha256');
  for (let at = 0; at < content.size; ) {
    const part = content.slice(at, content.size);
    sha256.update(part);
    at += part.length;
  }
  return sha256.digest('hex');
}
