import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file below `keys` of a restic repository (design document of restic, "Keys, Encryption and MAC"). */
interface KeyFile {
  N: number;
  readonly r: number;
  p: number;
  /** Base 64. */
  readonly salt: string;
  data: string;
}

const IV_BYTES = 16;
const MAC_BYTES = 16;

/**
 * Makes the key of a repository quick to open. restic measures the machine and makes every call cost half a second of its
 * processor on purpose, which is most of the time of tests that make hundreds of calls. Nothing else about it changes.
 */
export function quickenKey(repository: string, passphrase: string): void {
  const folder = join(repository, 'keys');
  for (const name of readdirSync(folder)) {
    const key = JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeyFile;
    const opened = open(Buffer.from(key.data, 'base64'), derived(passphrase, key));
    Object.assign(key, { N: 2, p: 1 });
    key.data = seal(opened, derived(passphrase, key)).toString('base64');
    const text = JSON.stringify(key);
    rmSync(join(folder, name));
    writeFileSync(join(folder, createHash('sha256').update(text).digest('hex')), text);
  }
}

const derived = (passphrase: string, { salt, N, r, p }: KeyFile): Buffer =>
  scryptSync(passphrase, Buffer.from(salt, 'base64'), 64, { N, r, p, maxmem: 2 ** 30 });

function open(sealed: Buffer, key: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-ctr', key.subarray(0, 32), sealed.subarray(0, IV_BYTES));
  return Buffer.concat([cipher.update(sealed.subarray(IV_BYTES, -MAC_BYTES)), cipher.final()]);
}

function seal(plain: Buffer, key: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-ctr', key.subarray(0, 32), iv);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const ecb = createCipheriv('aes-128-ecb', key.subarray(32, 48), null).setAutoPadding(false);
  return Buffer.concat([iv, text, poly1305(text, key.subarray(48, 64), ecb.update(iv))]);
}

const PRIME = (1n << 130n) - 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

/** RFC 8439, 2.5. Node has it only as a part of ciphers that restic does not use. */
function poly1305(message: Buffer, r: Buffer, s: Buffer): Buffer {
  const factor = number(r) & CLAMP;
  let sum = 0n;
  for (let from = 0; from < message.length; from += 16) {
    const block = message.subarray(from, from + 16);
    sum = ((sum + number(block) + (1n << BigInt(8 * block.length))) * factor) % PRIME;
  }
  const tag = (sum + number(s)) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
}

/** Little-endian. */
const number = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
