import { createECDH, randomBytes } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';
import type { PushSubscription } from '../../../ports/push-desk.ts';
import { newVapidKeys, type VapidKeys } from './vapid.ts';

const Subscription = z.object({ endpoint: z.url({ protocol: /^https?$/ }), keys: z.object({ p256dh: z.string(), auth: z.string() }) });
const Book = z.object({
  version: z.literal(1),
  keys: z.object({ publicKey: z.string(), privateKey: z.string() }),
  subscriptions: z.array(Subscription),
});

/** Keys and subscriptions, on disk. Losing the file costs every browser a new subscription. */
export interface PushBook {
  readonly keys: VapidKeys;
  subscriptions(): readonly PushSubscription[];
  /** Durable when it resolves. Throws Problem `settings-invalid` for keys that cannot be encrypted to. */
  add(subscription: PushSubscription): Promise<void>;
  /** False when it was not known. */
  remove(endpoint: string): Promise<boolean>;
}

/** A household has some browsers; whoever adds thousands means no good. */
const MOST = 50;
const POINT_BYTES = 65;
const AUTH_BYTES = 16;

/** Opens `file`, mode 0600; makes the keys at the first use, and again if the file cannot be read. */
export async function openPushBook(file: string): Promise<PushBook> {
  let book = await read(file);
  if (!book) {
    book = { version: 1, keys: newVapidKeys(), subscriptions: [] };
    await write(file, book);
  }
  let current = book;
  let writing: Promise<void> = Promise.resolve();
  const change = (subscriptions: readonly PushSubscription[]): Promise<void> => {
    current = { ...current, subscriptions: [...subscriptions] };
    const next = current;
    writing = writing.catch(() => undefined).then(() => write(file, next));
    return writing;
  };
  return {
    keys: current.keys,
    subscriptions: () => current.subscriptions,
    async add({ endpoint, keys: { p256dh, auth } }) {
      if (!isUsable(p256dh, auth)) throw new Problem('settings-invalid', 'The keys of this subscription are none.');
      const others = current.subscriptions.filter((one) => one.endpoint !== endpoint);
      await change([...others, { endpoint, keys: { p256dh, auth } }].slice(-MOST));
    },
    async remove(endpoint) {
      const kept = current.subscriptions.filter((one) => one.endpoint !== endpoint);
      if (kept.length === current.subscriptions.length) return false;
      await change(kept);
      return true;
    },
  };
}

function isUsable(p256dh: string, auth: string): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== POINT_BYTES || Buffer.from(auth, 'base64url').length !== AUTH_BYTES) return false;
  const probe = createECDH('prime256v1');
  probe.generateKeys();
  try {
    return probe.computeSecret(point).length > 0; // throws for what is no point of the curve
  } catch {
    return false;
  }
}

async function read(file: string): Promise<z.infer<typeof Book> | undefined> {
  try {
    return Book.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code !== 'ENOENT') throw error; // unreadable is not absent
    return undefined;
  }
}

async function write(file: string, book: z.infer<typeof Book>): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(book));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
