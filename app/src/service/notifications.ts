import type { Facts } from '../domain/facts.ts';
import { messagesFor } from '../domain/messages-for.ts';
import { asProblem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Notifier } from '../ports/notifier.ts';
import { EMPTY_MEMORY, type NotificationMemory, readNotifications, writeNotifications } from './notification-memory.ts';
import { dueLetter, type Letter, post, postponed } from './outbox.ts';

export interface NotificationParts {
  /** The channels at this moment; browsers come and go. */
  readonly channels: () => readonly Notifier[];
  /** Undefined: not all of them are there yet; `notice` says when they are. */
  readonly facts: () => Facts | undefined;
  /** Where to remember; undefined while the library is away. */
  readonly catalog: () => Catalog | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How a channel does, for metrics. */
export interface ChannelFigures {
  readonly channel: string;
  readonly sent: number;
  readonly failed: number;
  readonly waiting: number;
}

export interface Notifications {
  /** Something has changed: looks, and sends what has become due, without making anybody wait. */
  notice(): void;
  /** Looks every minute until `stop`: age and patience run out without an event. */
  start(): void;
  stop(reason: unknown): Promise<void>;
  figures(): readonly ChannelFigures[];
}

const LOOK_MS = 60_000;
const TRY_MS = 30_000;
/** What is under way at the end gets so long: a message that was taken but not noted would be sent again after the next start. */
const LAST_MS = 1_000;

/** Tells the owner what has to be told, over every channel, once, over restarts too. A channel that fails holds nobody up. */
export function createNotifications({ channels, facts, catalog, clock, log }: NotificationParts): Notifications {
  const ending = new AbortController();
  const cut = new AbortController();
  const busy = new Map<string, Promise<boolean>>();
  const down = new Set<string>();
  const counts = new Map<string, { sent: number; failed: number }>();
  let memory: NotificationMemory | undefined;
  let isRecalled = false;
  let isDue = false;
  let watching: Promise<void> = Promise.resolve();

  const known = () => memory ?? EMPTY_MEMORY;
  const countsOf = (channel: string) => {
    const found = counts.get(channel) ?? { sent: 0, failed: 0 };
    counts.set(channel, found);
    return found;
  };

  function remember(next: NotificationMemory): void {
    if (memory !== undefined && JSON.stringify(next) === JSON.stringify(memory)) return;
    memory = next;
    const place = catalog();
    if (place) writeNotifications(place, next);
  }

  /** What an earlier life told counts, but not before what was told while the library was away. */
  function recall(): void {
    const place = catalog();
    if (!place || isRecalled) return;
    isRecalled = true;
    const stored = readNotifications(place);
    if (!stored) return;
    const own = known();
    memory = {
      told: { ...stored.told, ...own.told, concerns: { ...stored.told.concerns, ...own.told.concerns } },
      outbox: [...stored.outbox, ...own.outbox],
    };
  }

  function look(): void {
    isDue = false;
    if (ending.signal.aborted) return;
    const names = channels().map(({ name }) => name);
    // Nobody has heard what was told to nobody: a channel that is set up later still hears of what is open then.
    if (names.length === 0) return;
    recall();
    const now = facts();
    if (now === undefined) return;
    const { messages, told } = messagesFor(known().told, now);
    // A browser that has unsubscribed takes its letters with it.
    const alive = known().outbox.filter(({ channel }) => names.includes(channel));
    const outbox = messages.reduce<readonly Letter[]>((letters, message) => post(letters, message, names, now.nowMs), alive);
    remember({ told, outbox });
    for (const { title, kind } of messages) log.debug('The owner is told.', { title, kind, channels: names.join(' ') });
    for (const channel of channels()) deliver(channel);
  }

  function deliver(channel: Notifier): void {
    if (busy.has(channel.name) || ending.signal.aborted) return;
    const letter = dueLetter(known().outbox, channel.name, clock.now());
    if (!letter) return;
    const work = carry(channel, letter).finally(() => busy.delete(channel.name));
    busy.set(channel.name, work);
    void work.then((went) => {
      if (went) deliver(channel);
    });
  }

  /** True when the next letter may follow at once. */
  async function carry(channel: Notifier, letter: Letter): Promise<boolean> {
    try {
      await channel.send(letter.message, AbortSignal.any([cut.signal, AbortSignal.timeout(TRY_MS)]));
      countsOf(channel.name).sent += 1;
      replace(letter, undefined);
      if (down.delete(channel.name)) log.info('Notifications get through again.', { channel: channel.name });
      return true;
    } catch (error) {
      if (cut.signal.aborted) return false; // it is sent after the next start
      failed(channel.name, letter, error);
      return false;
    }
  }

  function failed(channel: string, letter: Letter, error: unknown): void {
    countsOf(channel).failed += 1;
    const problem = asProblem(error);
    const reason = error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : problem.message;
    // The same text at both levels, so that an outage can be followed in the log.
    const say = down.has(channel) ? log.debug : log.warn;
    say('A notification could not be delivered. Syncing goes on, and it is tried again; `notify test` shows whether it works.', {
      channel,
      reason,
    });
    down.add(channel);
    const later = postponed(letter, clock.now(), problem.retryAtMs);
    replace(letter, later);
    if (!later) log.warn('A notification was given up after a week.', { channel, title: letter.message.title });
  }

  function replace(letter: Letter, by: Letter | undefined): void {
    const outbox = known().outbox.flatMap((one) => (one === letter ? (by ?? []) : one));
    remember({ ...known(), outbox });
  }

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        look();
      } catch (error) {
        // The catalog may be closed under our hands when a volume goes away; a defect here must not end anything either.
        log.debug('Nothing could be said at this moment.', { reason: asProblem(error).message });
      }
      await clock.sleep(LOOK_MS, ending.signal).catch(() => undefined);
    }
  }

  return {
    notice() {
      if (isDue) return;
      isDue = true;
      // Later: whoever tells us of a change is still in the middle of it.
      setImmediate(() => {
        try {
          look();
        } catch (error) {
          log.debug('Nothing could be said at this moment.', { reason: asProblem(error).message });
        }
      });
    },
    start() {
      watching = watch();
    },
    async stop(reason) {
      ending.abort(reason);
      const impatience = setTimeout(() => cut.abort(reason), LAST_MS);
      await Promise.all([watching, ...busy.values()]);
      clearTimeout(impatience);
    },
    figures: () =>
      channels().map(({ name }) => ({
        channel: name,
        ...countsOf(name),
        waiting: known().outbox.filter(({ channel }) => channel === name).length,
      })),
  };
}
