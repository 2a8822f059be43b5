import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** The pair a service identifies itself with at push services (VAPID, RFC 8292). Both base64url, as browsers want them. */
export interface VapidKeys {
  /** Uncompressed point, 65 bytes. */
  readonly publicKey: string;
  /** 32 bytes. */
  readonly privateKey: string;
}

const LIFE_S = 12 * 3600;

export function newVapidKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys();
  // Numbers that begin with zeros come shortened.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32);
  return { publicKey: publicKey.toString('base64url'), privateKey: privateKey.toString('base64url') };
}

/** The `Authorization` header for one push service. `contact`: `mailto:` or `https:`, for its operator. */
export function vapidHeader(keys: VapidKeys, endpoint: string, contact: string, nowMs: number): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(nowMs / 1000) + LIFE_S, sub: contact };
  const content = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key: keyOf(keys), dsaEncoding: 'ieee-p1363' });
  return `vapid t=${content}.${signature.toString('base64url')}, k=${keys.publicKey}`;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function keyOf({ publicKey, privateKey }: VapidKeys): KeyObject {
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
    d: privateKey,
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
