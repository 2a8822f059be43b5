import type { Log } from '../ports/log.ts';
import type { NeedEvents } from '../ports/need-events.ts';

/** Needs in the log. What is needed is said by the run that met it; the log adds when it is over, and what is coming. */
export function createNeedLog(log: Log): NeedEvents {
  return {
    needed: ({ code, message }) => log.debug('A person is needed.', { code, reason: message }),
    recovered: ({ code }) => log.info('Nobody is needed any more.', { code }),
    trustEnding: (daysLeft, sentence) =>
      log.warn(`${sentence} To choose the moment yourself: icloud-photos-sync token --refresh-token.`, { daysLeft }),
  };
}
