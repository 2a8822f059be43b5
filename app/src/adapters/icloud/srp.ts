import { createHash, pbkdf2 as pbkdf2Callback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Client, Hash, Mode, Srp, util } from '@foxt/js-srp';
import { Problem } from '../../domain/problem.ts';

const pbkdf2 = promisify(pbkdf2Callback);
const srp = new Srp(Mode.GSA, Hash.SHA256, 2048);
const GROUP_BYTES = 256;
const MOST_ITERATIONS = 1_000_000;

/** The server's half of the exchange, decoded (authentication.md §4.2). Bytes as received: a leading zero counts. */
export interface SrpChallenge {
  readonly protocol: string;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly b: Uint8Array;
}

export interface SrpProof {
  readonly m1: Uint8Array;
  readonly m2: Uint8Array;
}

export interface SrpExchange {
  /** Our public value, 256 bytes. */
  readonly a: Uint8Array;
  /**
   * The proofs, or undefined when the server's value or the shared secret starts with a zero byte. How Apple hashes those
   * is not known, and a wrong guess would count as a wrong password: throw the exchange away and start a new one (§4.4 rule 5).
   */
  prove(challenge: SrpChallenge, password: string): Promise<SrpProof | undefined>;
}

/** Starts an exchange; draws again until our public value has 256 significant bytes. `privateValue` is for test vectors. */
export async function startSrp(appleId: string, privateValue?: bigint): Promise<SrpExchange> {
  const identity = new TextEncoder().encode(appleId);
  let client: Client;
  do client = await srp.newClient(identity, new Uint8Array(), privateValue ?? util.bigintFromBytes(randomBytes(GROUP_BYTES)));
  while (privateValue === undefined && util.byteLength(client.A) < GROUP_BYTES);
  return {
    a: util.bytesFromBigint(client.A),
    async prove(challenge, password) {
      client.p = await passwordKey(challenge, password);
      if (significantBytes(challenge.b) < GROUP_BYTES || util.byteLength(sharedSecret(client, challenge)) < GROUP_BYTES) return undefined;
      await client.generate(challenge.salt, challenge.b);
      return { m1: client.M, m2: await client.generateM2() };
    },
  };
}

/** SHA-256, then PBKDF2; `s2k_fo` feeds it the lower-case hex text instead of the bytes (authentication.md §4.3). */
export async function passwordKey({ protocol, iterations, salt }: Omit<SrpChallenge, 'b'>, password: string): Promise<Uint8Array> {
  if (iterations < 1 || iterations > MOST_ITERATIONS)
    throw new Problem('answer-not-understood', `Apple asked for ${iterations} rounds of password hashing, which cannot be right.`);
  const digest = createHash('sha256').update(password, 'utf8').digest();
  if (protocol === 's2k') return pbkdf2(digest, salt, iterations, 32, 'sha256');
  if (protocol === 's2k_fo') return pbkdf2(digest.toString('hex'), salt, iterations, 32, 'sha256');
  throw new Problem('answer-not-understood', `Apple asked for the sign-in protocol "${protocol}", which this version does not know.`);
}

/** The package keeps its shared secret to itself; only its length is wanted here. */
function sharedSecret(client: Client, { salt, b }: SrpChallenge): bigint {
  const { N, g } = client.s.pf;
  const sha = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const x = util.bigintFromBytes(sha(salt, sha(Buffer.from(':'), client.p)));
  const u = util.bigintFromBytes(sha(leftPad(util.bytesFromBigint(client.A)), leftPad(b)));
  const base = (((util.bigintFromBytes(b) - client.k * util.modPow(g, x, N)) % N) + N) % N;
  return util.modPow(base, client.a + u * x, N);
}

function leftPad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(GROUP_BYTES);
  padded.set(bytes.subarray(-GROUP_BYTES), Math.max(0, GROUP_BYTES - bytes.length));
  return padded;
}

function significantBytes(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : bytes.length - first;
}
