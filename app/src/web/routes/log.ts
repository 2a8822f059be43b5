import type { RequestHandler } from 'express';
import type { LogEntry } from '../../ports/monitoring.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What was logged since the last run began, from a level on. Without a level, or with another word, nothing: as the older tool had it. */
export function showLog(entries: () => readonly LogEntry[]): RequestHandler {
  return (request, response) => {
    const least = LEVELS.indexOf(request.query.loglevel as LogEntry['level']);
    response.json(least < 0 ? [] : entries().filter(({ level }) => LEVELS.indexOf(level) >= least));
  };
}
