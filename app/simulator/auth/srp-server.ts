import { createHash, pbkdf2Sync } from 'node:crypto';

/** RFC 5054 group of 2048 bits (authentication.md §4.4). */
const N = BigInt(
  '0xAC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73',
);
const G = 2n;
const GROUP_BYTES = 256;

export type SrpProtocol = 's2k' | 's2k_fo';
/** How A, B and S stand inside the hashes: without leading zeros, or always 256 bytes. Not settled (§4.4 rule 5). */
export type SrpEncoding = 'minimal' | 'fixed256';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
export const padded = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(GROUP_BYTES * 2, '0'), 'hex');
const minimal = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};
const encode = (value: bigint, encoding: SrpEncoding): Buffer => (encoding === 'minimal' ? minimal(value) : padded(value));
/** Fewer than 256 significant bytes: the case no client may let through. */
export const startsWithZeroByte = (value: bigint): boolean => value >> 2040n === 0n;
export const isValidPublic = (value: bigint): boolean => value % N !== 0n;

const K_MULTIPLIER = toNumber(sha256(padded(N), padded(G)));
const GROUP_HASH = Buffer.from(sha256(padded(N)).map((byte, i) => byte ^ (sha256(padded(G))[i] ?? 0)));

export function powerMod(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % N;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
}

/** §4.3. The hex form of s2k_fo is lower case text, not bytes. */
export function passwordKey(password: string, salt: Uint8Array, iterations: number, protocol: SrpProtocol): Buffer {
  const digest = sha256(Buffer.from(password, 'utf8'));
  const secret = protocol === 's2k' ? digest : Buffer.from(digest.toString('hex'), 'latin1');
  return pbkdf2Sync(secret, salt, iterations, 32, 'sha256');
}

/** What the server keeps instead of the password: v = g^x; the account name is not in x. */
export function passwordVerifier(key: Uint8Array, salt: Uint8Array): bigint {
  return powerMod(G, toNumber(sha256(salt, sha256(Buffer.from(':'), key))));
}

export function serverPublic(verifier: bigint, privateValue: bigint): bigint {
  return (K_MULTIPLIER * verifier + powerMod(G, privateValue)) % N;
}

export const scramble = (clientPublic: bigint, ownPublic: bigint): bigint => toNumber(sha256(padded(clientPublic), padded(ownPublic)));

/** S = (A · v^u)^b, the server's way to the shared secret. */
export function serverSecret(clientPublic: bigint, verifier: bigint, ownPublic: bigint, privateValue: bigint): bigint {
  return powerMod((clientPublic * powerMod(verifier, scramble(clientPublic, ownPublic))) % N, privateValue);
}

export interface Exchange {
  /** Lower-case account name, as hashed into M1. */
  readonly accountName: string;
  readonly salt: Uint8Array;
  readonly clientPublic: bigint;
  readonly serverPublic: bigint;
  readonly secret: bigint;
}

export function proofsOf(exchange: Exchange, encoding: SrpEncoding): { readonly m1: Buffer; readonly m2: Buffer; readonly key: Buffer } {
  const a = encode(exchange.clientPublic, encoding);
  const key = sha256(encode(exchange.secret, encoding));
  const name = sha256(Buffer.from(exchange.accountName, 'utf8'));
  const m1 = sha256(GROUP_HASH, name, exchange.salt, a, encode(exchange.serverPublic, encoding), key);
  return { m1, m2: sha256(a, m1, key), key };
}

/** A private value whose public value B starts with a zero byte: one in 256, found by walking upwards. */
export function privateValueForShortB(verifier: bigint, start: bigint): bigint {
  let power = powerMod(G, start);
  for (let b = start; ; b += 1n) {
    if (startsWithZeroByte((K_MULTIPLIER * verifier + power) % N)) return b;
    power = (power * G) % N;
  }
}

/** A private value that makes S start with a zero byte for this client. Short exponents keep the search under a second or two. */
export function privateValueForShortS(verifier: bigint, clientPublic: bigint, start: bigint): bigint {
  for (let b = start; ; b += 1n) if (startsWithZeroByte(serverSecret(clientPublic, verifier, serverPublic(verifier, b), b))) return b;
}
