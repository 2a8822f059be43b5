import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { LogEntry } from '../ports/monitoring.ts';

/** A log that can be read back over HTTP: what was said since the last run began, cleaned of secrets. */
export interface LogBook {
  readonly log: Log;
  entries(): readonly LogEntry[];
  /** A run begins: what was said before is history. */
  turnPage(): void;
}

/** A first run says much; what is older than this is in the log file. */
const MOST = 2000;

export function createLogBook(log: Log, redact: (text: string) => string, clock: Clock): LogBook {
  let entries: LogEntry[] = [];
  const note =
    (level: LogEntry['level']) =>
    (message: string, fields?: LogFields): void => {
      log[level](message, fields);
      entries.push({ level, time: clock.now(), source: 'photos-sync', message: redact(message) });
      if (entries.length > MOST) entries = entries.slice(-MOST / 2);
    };
  return {
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
    entries: () => entries,
    turnPage() {
      entries = [];
    },
  };
}
