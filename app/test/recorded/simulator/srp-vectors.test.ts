import { describe, expect, it } from 'vitest';
import {
  padded,
  passwordKey,
  passwordVerifier,
  powerMod,
  proofsOf,
  serverPublic,
  serverSecret,
  startsWithZeroByte,
  toNumber,
} from '../../../simulator/auth/srp-server.ts';
import { haveRecordings, notRun, recorded } from './recordings.ts';

// biome-ignore lint/suspicious/noExplicitAny: vectors are looked at field by field
type Vector = any;

const hex = (text: string) => Buffer.from(text, 'hex');
const b64 = (text: string) => Buffer.from(text, 'base64');

if (!haveRecordings) it.skip(notRun(10));

describe.runIf(haveRecordings)('the server side of SRP agrees with the vectors', () => {
  const { vectors } = haveRecordings ? recorded('protocol/srp-vectors.json') : { vectors: [] };
  it.each(vectors as Vector[])('$name', (vector) => {
    const { accountName, password, protocol, iteration, saltB64, clientPrivateHex, serverPrivateHex } = vector.input;
    const salt = b64(saltB64);
    const key = passwordKey(password, salt, iteration, protocol);
    expect(key.toString('hex')).toBe(vector.derived.passwordKeyHex);
    const verifier = passwordVerifier(key, salt);
    expect(padded(verifier)).toEqual(padded(toNumber(hex(vector.derived.vHex))));
    const clientPublic = powerMod(2n, toNumber(hex(clientPrivateHex)));
    expect(padded(clientPublic).toString('base64')).toBe(vector.wire.aFixed256B64);
    const privateValue = toNumber(hex(serverPrivateHex));
    const ownPublic = serverPublic(verifier, privateValue);
    expect(padded(ownPublic).toString('base64')).toBe(vector.wire.bFixed256B64);
    const secret = serverSecret(clientPublic, verifier, ownPublic, privateValue);
    expect(secret).toBe(toNumber(hex(vector.derived.SHex)));
    expect([clientPublic, ownPublic, secret].map(startsWithZeroByte)).toEqual([
      vector.leadingZero.A,
      vector.leadingZero.B,
      vector.leadingZero.S,
    ]);
    const exchange = { accountName, salt, clientPublic, serverPublic: ownPublic, secret };
    for (const encoding of ['minimal', 'fixed256'] as const) {
      const { m1, m2, key: sessionKey } = proofsOf(exchange, encoding);
      expect(sessionKey.toString('hex')).toBe(vector.expected[encoding].KHex);
      expect(m1.toString('base64')).toBe(vector.expected[encoding].m1B64);
      expect(m2.toString('base64')).toBe(vector.expected[encoding].m2B64);
    }
  });
});
