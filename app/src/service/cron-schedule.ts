import { createTask, type ScheduledTask, validate } from 'node-cron';
import { Problem } from '../domain/problem.ts';
import type { Log } from '../ports/log.ts';
import type { Schedule } from '../ports/schedule.ts';

/** Nicknames that users of earlier tools have in their files; node-cron does not know them. */
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A cron schedule in a time zone. Throws Problem `settings-invalid` for an expression that cannot be understood. */
export function createCronSchedule({
  setting = 'SCHEDULE (--schedule)',
  expression,
  timezone,
  log,
}: {
  /** Named when the expression cannot be understood. */
  setting?: string;
  expression: string;
  timezone: string | undefined;
  log: Log;
}): Schedule {
  const pattern = NICKNAMES[expression.trim().toLowerCase()] ?? expression;
  if (!validate(pattern))
    throw new Problem(
      'settings-invalid',
      `${setting} is ${JSON.stringify(expression)}: expected a cron expression of five or six fields, for example "0 2 * * *".`,
    );
  let onSlot: () => Promise<void> = async () => undefined;
  const task: ScheduledTask = createTask(pattern, () => onSlot(), {
    noOverlap: true,
    ...(timezone === undefined ? {} : { timezone }),
    logger: {
      debug: (message: string | Error) => log.debug(String(message)),
      info: (message: string) => log.debug(message),
      warn: (message: string) => log.warn(message),
      error: (message: string | Error) => log.error(String(message)),
    },
  });
  return {
    expression,
    upcoming: (count) => task.getNextRuns(count).map((date) => date.getTime()),
    start(callback) {
      onSlot = callback;
      void task.start();
    },
    stop: () => void task.destroy(),
  };
}
