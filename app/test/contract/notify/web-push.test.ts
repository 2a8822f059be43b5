import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// The other side, written by others: what a browser does with what arrives.
import { decrypt } from 'http_ece';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encryptFor } from '../../../src/adapters/notify/push/encrypt.ts';
import { openPushBook } from '../../../src/adapters/notify/push/push-book.ts';
import { createWebPush } from '../../../src/adapters/notify/push/web-push.ts';
import type { PushSubscription } from '../../../src/ports/push-desk.ts';
import { type Answer, CODE, type Delivery, inbox, NOW } from './channel-support.ts';

const { signal } = new AbortController();
const bytes = (text: string) => Buffer.from(text, 'base64url');

/** A browser that has subscribed at a push service. */
function browser(endpoint: string) {
  const pair = createECDH('prime256v1');
  const p256dh = pair.generateKeys().toString('base64url');
  const auth = randomBytes(16);
  const subscription: PushSubscription = { endpoint, keys: { p256dh, auth: auth.toString('base64url') } };
  const read = ({ bytes: body }: Delivery): unknown =>
    JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: pair, authSecret: auth.toString('base64url') }).toString('utf8'));
  return { subscription, read };
}

async function pushing(answers?: readonly Answer[]) {
  const folder = mkdtempSync(join(tmpdir(), 'photos-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'push.json');
  const box = await inbox(answers ?? [{ status: 201 }]);
  const book = await openPushBook(file);
  const push = createWebPush({ ...box.parts, book, contact: 'mailto:me@example.com' });
  return { ...box, push, file, again: () => openPushBook(file) };
}

describe('encryption for a browser', () => {
  it('gives the very bytes of the example in RFC 8291, section 5', () => {
    const subscription = {
      endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
      keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    };
    const sealed = encryptFor(subscription, 'When I grow up, I want to be a watermelon', {
      salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
      privateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
    });
    expect(Buffer.from(sealed).toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });
});

describe('a message to a browser', () => {
  it('can be read by that browser only, and names us to its push service', async () => {
    const { push, origin, deliveries } = await pushing();
    const { subscription, read } = browser(`${origin}/send/abc`);
    await push.desk.subscribe(subscription);
    const [channel] = push.channels();
    await channel?.send(CODE, signal);
    const [delivery] = deliveries as [Delivery];
    expect(delivery).toMatchObject({ method: 'POST', path: '/send/abc' });
    expect(delivery.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '604800', urgency: 'high' });
    expect(delivery.headers.topic).toMatch(/^[\w-]{1,32}$/);
    expect(delivery.bytes.includes('Apple')).toBe(false);
    expect(read(delivery)).toEqual({ title: CODE.title, body: CODE.text, tag: 'need', url: CODE.link, kind: 'problem', atMs: NOW });
    expect(() => browser(subscription.endpoint).read(delivery)).toThrow();
    expect(claimsOf(delivery, push.desk.publicKey)).toEqual({ aud: origin, exp: NOW / 1000 + 43_200, sub: 'mailto:me@example.com' });
  });

  it('of the same topic takes the place of one that was not read', async () => {
    const { push, origin, deliveries } = await pushing();
    await push.desk.subscribe(browser(`${origin}/send/abc`).subscription);
    for (const message of [CODE, { ...CODE, kind: 'recovered' as const }, { ...CODE, topic: 'stale' }])
      await push.channels()[0]?.send(message, signal);
    const topics = deliveries.map(({ headers }) => headers.topic);
    expect(topics[0]).toBe(topics[1]);
    expect(topics[2]).not.toBe(topics[0]);
  });

  it('fits the size that push services take, however long it is', async () => {
    const { push, origin, deliveries } = await pushing();
    const { subscription, read } = browser(`${origin}/send/abc`);
    await push.desk.subscribe(subscription);
    await push.channels()[0]?.send({ ...CODE, text: 'ü'.repeat(5000) }, signal);
    expect(deliveries[0]?.bytes.length).toBeLessThanOrEqual(4096);
    expect(read(deliveries[0] as Delivery)).toMatchObject({ title: CODE.title });
  });

  it('forgets a browser that its push service no longer knows, and only that one', async () => {
    const { push, origin } = await pushing([{ status: 410 }, { status: 500 }]);
    await push.desk.subscribe(browser(`${origin}/gone`).subscription);
    await push.desk.subscribe(browser(`${origin}/there`).subscription);
    const [gone, there] = push.channels();
    await gone?.send(CODE, signal);
    await expect(there?.send(CODE, signal)).rejects.toMatchObject({ code: 'notification-failed' });
    expect(push.channels().map(({ name }) => name)).toEqual([there?.name]);
  });
});

describe('the book of subscriptions', () => {
  it('is for its owner only, and the same after a restart', async () => {
    const { push, file, again } = await pushing();
    const { subscription } = browser('https://push.example.com/send/abc');
    await push.desk.subscribe(subscription);
    await push.desk.subscribe(browser('https://push.example.com/send/xyz').subscription);
    await push.desk.subscribe({ ...subscription, keys: browser('').subscription.keys });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const book = await again();
    expect(book.keys.publicKey).toBe(push.desk.publicKey);
    expect(book.subscriptions().map(({ endpoint }) => endpoint)).toEqual([
      'https://push.example.com/send/xyz',
      'https://push.example.com/send/abc',
    ]);
    expect(await book.remove('https://push.example.com/send/xyz')).toBe(true);
    expect(await book.remove('https://push.example.com/send/xyz')).toBe(false);
    expect((await again()).subscriptions()).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).not.toContain('xyz');
  });

  it('starts anew when its file is damaged, and makes none where the folder is gone', async () => {
    const { push, file, again } = await pushing();
    writeFileSync(file, '{"version":1');
    const fresh = await again();
    expect(fresh.keys.publicKey).not.toBe(push.desk.publicKey);
    await expect(openPushBook(join(file, '..', 'not-there', 'push.json'))).rejects.toThrow('ENOENT');
    expect(existsSync(join(file, '..', 'not-there'))).toBe(false);
  });

  it.each([
    ['too short', 'BCVxsr7N', 'BTBZMqHH6r4Tts7J_aSIgg'],
    ['no point of the curve', Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url'), 'BTBZMqHH6r4Tts7J_aSIgg'],
    ['a wrong secret', 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', 'AAAA'],
  ])('takes no keys that nothing can be encrypted to: %s', async (_what, p256dh, auth) => {
    const { push } = await pushing();
    await expect(push.desk.subscribe({ endpoint: 'https://push.example.com/', keys: { p256dh, auth } })).rejects.toMatchObject({
      code: 'settings-invalid',
    });
    expect(push.channels()).toEqual([]);
  });
});

/** What the push service reads in the header, once the signature has proven right (RFC 8292). */
function claimsOf({ headers }: Delivery, publicKey: string): unknown {
  const [, head = '', claims = '', signature = '', key] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
  expect(key).toBe(publicKey);
  expect(JSON.parse(bytes(head).toString())).toEqual({ typ: 'JWT', alg: 'ES256' });
  const point = bytes(publicKey);
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const right = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    bytes(signature),
  );
  expect(right).toBe(true);
  return JSON.parse(bytes(claims).toString());
}
