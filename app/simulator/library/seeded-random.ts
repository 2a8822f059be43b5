/** Random numbers that are the same for the same seed on every machine, so that a test can name what it will meet. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Upper-case UUID (version 4 form), the shape of CPLAsset record names (photos.md §6.2). */
  uuid(): string;
  bytes(length: number): Buffer;
}

/** FNV-1a over the text, stirred once more: neighbouring seeds must not give neighbouring states. */
function hashText(text: string, salt: number): number {
  let hash = (2166136261 ^ salt) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

/** The generator is sfc32: small, fast, no visible patterns. */
export function seededRandom(seed: string): SeededRandom {
  let [a, b, c, d] = [hashText(seed, 1), hashText(seed, 2), hashText(seed, 3), 1];
  const word = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 8; i++) word();
  const next = () => word() / 4294967296;
  const bytes = (length: number) => {
    const out = Buffer.alloc(length);
    for (let i = 0; i < length; i++) out[i] = word() & 255;
    return out;
  };
  return {
    next,
    bytes,
    int: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
    uuid: () => {
      let text = '';
      for (let i = 0; i < 4; i++) {
        let bits = word();
        if (i === 1) bits = (bits & 0xffff0fff) | 0x00004000;
        if (i === 2) bits = (bits & 0x3fffffff) | 0x80000000;
        for (let shift = 24; shift >= 0; shift -= 8) text += HEX[(bits >>> shift) & 255];
      }
      return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
    },
  };
}
