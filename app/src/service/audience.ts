import type { Log } from '../ports/log.ts';
import type { RunEvents } from '../ports/run-events.ts';

/** Hands every event on to whoever has joined. What one of them does wrong is heard by nobody else. */
export interface Audience extends RunEvents {
  join(listener: RunEvents): void;
}

export function createAudience(log: Log): Audience {
  const listeners: RunEvents[] = [];
  const tell = (say: (listener: RunEvents) => void) => {
    for (const listener of listeners) {
      try {
        say(listener);
      } catch (error) {
        log.debug('Somebody who watches the runs has failed.', { reason: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  return {
    join: (listener) => void listeners.push(listener),
    entered: (phase, trigger) => tell((listener) => listener.entered(phase, trigger)),
    ended: (report, trigger) => tell((listener) => listener.ended(report, trigger)),
  };
}
