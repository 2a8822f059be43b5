import type { Log, LogFields } from '../ports/log.ts';

/** Somebody who follows a run from a terminal. */
export interface Listener {
  out(text: string): void;
  err(text: string): void;
}

/** A log whose story can be followed by commands that wait for the run: the same sentences, cleaned of secrets. */
export interface Story {
  readonly log: Log;
  /** Answers how to stop listening. */
  follow(listener: Listener): () => void;
}

export function createStory(log: Log, redact: (text: string) => string): Story {
  const listeners = new Set<Listener>();
  const tell = (line: string, isTrouble: boolean) => {
    if (listeners.size === 0) return;
    const clean = redact(line);
    for (const listener of listeners) (isTrouble ? listener.err : listener.out)(`${clean}\n`);
  };
  return {
    log: {
      debug: log.debug,
      info(message: string, fields?: LogFields) {
        log.info(message, fields);
        tell(message, false);
      },
      warn(message: string, fields?: LogFields) {
        log.warn(message, fields);
        tell(`Warning: ${message}`, true);
      },
      error(message: string, fields?: LogFields) {
        log.error(message, fields);
        tell(`Error: ${message}`, true);
      },
    },
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
