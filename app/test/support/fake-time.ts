import type { Clock } from '../../src/ports/clock.ts';
import type { Schedule } from '../../src/ports/schedule.ts';

/** A clock that stands still until the test moves it. Short waits (a retry, a pause) pass at once. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

const AT_ONCE_MS = 30_000;

export function createFakeClock(startMs: number): FakeClock {
  let nowMs = startMs;
  const waiting = new Set<{ atMs: number; wake: () => void }>();
  return {
    now: () => nowMs,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      if (ms <= AT_ONCE_MS) {
        await new Promise((next) => setImmediate(next));
        signal.throwIfAborted();
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const entry = { atMs: nowMs + ms, wake: resolve };
        waiting.add(entry);
        signal.addEventListener(
          'abort',
          () => {
            waiting.delete(entry);
            reject(signal.reason);
          },
          { once: true },
        );
      });
    },
    advance(ms) {
      nowMs += ms;
      for (const entry of waiting) {
        if (entry.atMs > nowMs) continue;
        waiting.delete(entry);
        entry.wake();
      }
    },
  };
}

const DAY_MS = 24 * 3_600_000;

/** Every night at two, fired by hand. */
export interface FakeSchedule extends Schedule {
  /** The slot has come; resolves when the service has dealt with it. */
  fire(): Promise<void>;
}

export function createFakeSchedule(clock: Clock): FakeSchedule {
  let onSlot: () => Promise<void> = async () => undefined;
  const twoOClockMs = 2 * 3_600_000;
  return {
    expression: '0 2 * * *',
    upcoming(count) {
      const today = Math.floor(clock.now() / DAY_MS) * DAY_MS + twoOClockMs;
      const first = today > clock.now() ? today : today + DAY_MS;
      return Array.from({ length: Math.min(count, 60) }, (_, index) => first + index * DAY_MS);
    },
    start(callback) {
      onSlot = callback;
    },
    stop() {
      onSlot = async () => undefined;
    },
    fire: () => onSlot(),
  };
}
