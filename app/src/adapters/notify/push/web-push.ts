import { createECDH, createHash, randomBytes } from 'node:crypto';
import type { Message } from '../../../domain/message.ts';
import { Problem } from '../../../domain/problem.ts';
import type { Notifier } from '../../../ports/notifier.ts';
import type { PushDesk, PushSubscription } from '../../../ports/push-desk.ts';
import { type ChannelParts, send } from '../send-http.ts';
import { encryptFor, MOST_TEXT_BYTES } from './encrypt.ts';
import type { PushBook } from './push-book.ts';
import { vapidHeader } from './vapid.ts';

export interface WebPushOptions extends ChannelParts {
  readonly book: PushBook;
  /** `mailto:` or `https:`. */
  readonly contact: string;
}

export interface WebPush {
  readonly desk: PushDesk;
  /** One channel for each browser: one that is gone holds up no other. */
  channels(): readonly Notifier[];
}

/** A week; what is older nobody wants to read. */
const KEPT_S = 7 * 86_400;
const URGENCY = { low: 'low', normal: 'normal', high: 'high' } as const;

/** Messages to browsers, straight from here to the push service of each browser's maker, readable by the browser only. */
export function createWebPush({ book, contact, ...parts }: WebPushOptions): WebPush {
  const channelOf = (subscription: PushSubscription): Notifier => ({
    name: `push ${shortName(subscription)}`,
    async send(message, signal) {
      try {
        await deliver(subscription, message, signal);
      } catch (error) {
        if (!isGone(error)) throw error;
        // The browser has unsubscribed or was removed: the push service knows it no more, and neither do we.
        await book.remove(subscription.endpoint);
      }
    },
  });

  async function deliver(subscription: PushSubscription, message: Message, signal: AbortSignal): Promise<void> {
    const pair = createECDH('prime256v1');
    pair.generateKeys();
    const body = encryptFor(subscription, payload(message), { salt: randomBytes(16), privateKey: pair.getPrivateKey() });
    await send(parts, {
      url: subscription.endpoint,
      headers: {
        Authorization: vapidHeader(book.keys, subscription.endpoint, contact, parts.now()),
        'Content-Encoding': 'aes128gcm',
        'Content-Type': 'application/octet-stream',
        TTL: String(KEPT_S),
        Urgency: URGENCY[message.urgency],
        // At most 32 characters: an unread message on the same topic is replaced (RFC 8030 §5.4).
        Topic: createHash('sha256').update(message.topic).digest('base64url').slice(0, 32),
      },
      body,
      signal,
    });
  }

  return {
    desk: {
      publicKey: book.keys.publicKey,
      subscribe: (subscription) => book.add(subscription),
      unsubscribe: (endpoint) => book.remove(endpoint),
    },
    channels: () => book.subscriptions().map(channelOf),
  };
}

/** What the page's service worker gets (web/public/sw.js). */
function payload({ kind, topic, title, text, link, atMs }: Message): string {
  const whole = JSON.stringify({ title, body: text, tag: topic, url: link, kind, atMs });
  return Buffer.byteLength(whole) <= MOST_TEXT_BYTES ? whole : JSON.stringify({ title, body: text.slice(0, 500), tag: topic, kind, atMs });
}

/** Tells browsers apart in the log without giving their address away. */
function shortName({ endpoint }: PushSubscription): string {
  return createHash('sha256').update(endpoint).digest('hex').slice(0, 6);
}

function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.context.status === 404 || error.context.status === 410);
}
