import { z } from 'zod';
import type { Message } from '../domain/message.ts';

const Text = z.string();
const StoredMessage = z.object({
  kind: z.enum(['problem', 'recovered', 'notice', 'summary', 'test']),
  urgency: z.enum(['low', 'normal', 'high']),
  topic: Text,
  title: Text,
  text: Text,
  link: Text.optional(),
  atMs: z.number(),
});

/** A message on its way over one channel. */
export const Letter = z.object({
  channel: Text,
  message: StoredMessage,
  attempts: z.number().int(),
  /** Not before, epoch ms. */
  dueMs: z.number(),
});
export type Letter = Readonly<Omit<z.infer<typeof Letter>, 'message'>> & { readonly message: Message };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS];
/** After a week nobody wants to read it any more. */
const LIFE_MS = 7 * 24 * HOUR_MS;

/** Puts a message on every channel. News that a problem is over takes the place of word of it that never arrived. */
export function post(outbox: readonly Letter[], message: Message, channels: readonly string[], nowMs: number): readonly Letter[] {
  const kept = message.kind === 'recovered' ? outbox.filter((letter) => !isProblemOf(letter, message.topic)) : outbox;
  return [...kept, ...channels.map((channel) => ({ channel, message, attempts: 0, dueMs: nowMs }))];
}

function isProblemOf({ message }: Letter, topic: string): boolean {
  return message.kind === 'problem' && message.topic === topic;
}

/** The letter a channel has to carry now; they go out in order, so the first one holds up the rest. */
export function dueLetter(outbox: readonly Letter[], channel: string, nowMs: number): Letter | undefined {
  const first = outbox.find((letter) => letter.channel === channel);
  return first && first.dueMs <= nowMs ? first : undefined;
}

/** The same letter after another failure; undefined when it is too old to be tried again. */
export function postponed(letter: Letter, nowMs: number, retryAtMs: number | undefined): Letter | undefined {
  if (nowMs - letter.message.atMs > LIFE_MS) return undefined;
  const waitMs = WAITS_MS[Math.min(letter.attempts, WAITS_MS.length - 1)] ?? HOUR_MS;
  return { ...letter, attempts: letter.attempts + 1, dueMs: Math.max(nowMs + waitMs, retryAtMs ?? 0) };
}
