import { createCipheriv, createECDH, hkdfSync } from 'node:crypto';
import type { PushSubscription } from '../../../ports/push-desk.ts';

/** RFC 8188 §2.1. One record carries the whole message: push services take 4096 bytes at most. */
const RECORD_BYTES = 4096;
const TAG_BYTES = 16;
/** Header (21) and our key (65) are part of the 4096. */
export const MOST_TEXT_BYTES = RECORD_BYTES - 21 - 65 - TAG_BYTES - 1;

/** Made anew for each message; given in tests, to compare with the example of RFC 8291 §5. */
export interface Randomness {
  readonly salt: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Encrypts a text for one browser: Web Push message encryption, RFC 8291 with content coding `aes128gcm`. */
export function encryptFor({ keys }: PushSubscription, text: string, { salt, privateKey }: Randomness): Uint8Array {
  const theirs = Buffer.from(keys.p256dh, 'base64url');
  const ours = createECDH('prime256v1');
  ours.setPrivateKey(privateKey);
  const ourPublic = ours.getPublicKey();
  const shared = ours.computeSecret(theirs);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ourPublic]);
  const secret = derive(shared, Buffer.from(keys.auth, 'base64url'), keyInfo, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 marks the last record; nothing is padded.
  const sealed = Buffer.concat([cipher.update(Buffer.from(text)), cipher.update(Buffer.of(2)), cipher.final(), cipher.getAuthTag()]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(RECORD_BYTES, 0);
  head.writeUInt8(ourPublic.length, 4);
  return Buffer.concat([salt, head, ourPublic, sealed]);
}

function derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes));
}
