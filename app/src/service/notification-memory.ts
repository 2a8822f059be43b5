import { z } from 'zod';
import { NOTHING_TOLD, type Told } from '../domain/messages-for.ts';
import type { Catalog } from '../ports/catalog.ts';
import { Letter } from './outbox.ts';

const Known = z.object({
  id: z.string(),
  sinceMs: z.number(),
  toldMs: z.number().optional(),
  title: z.string(),
  overTitle: z.string(),
});

const Memory = z.object({
  told: z.object({
    concerns: z.record(z.string(), Known),
    verifyMs: z.number().optional(),
    trustEndsMs: z.number().optional(),
    summary: z.object({ atMs: z.number(), assets: z.number(), bytes: z.number() }).optional(),
  }),
  outbox: z.array(Letter),
});

/** What was told, and what is still on its way. */
export interface NotificationMemory {
  readonly told: Told;
  readonly outbox: readonly Letter[];
}

export const EMPTY_MEMORY: NotificationMemory = { told: NOTHING_TOLD, outbox: [] };

const KEY = 'notifications';

/** Undefined when nothing was kept. What cannot be read is forgotten: a message too many is better than none. */
export function readNotifications(catalog: Catalog): NotificationMemory | undefined {
  const text = catalog.memo(KEY);
  if (text === undefined) return undefined;
  try {
    return Memory.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function writeNotifications(catalog: Catalog, memory: NotificationMemory): void {
  catalog.setMemo(KEY, JSON.stringify(memory));
}
