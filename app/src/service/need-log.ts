import type { Log } from '../ports/log.ts';
import type { NeedEvents } from '../ports/need-events.ts';

/** Needs in the log, and on to `next`. What is needed is said by the run that met it; the log adds when it is over, and what is coming. */
export function createNeedLog(log: Log, next?: NeedEvents): NeedEvents {
  return {
    needed(need) {
      log.debug('A person is needed.', { code: need.code, reason: need.message });
      next?.needed(need);
    },
    recovered(need) {
      log.info('Nobody is needed any more.', { code: need.code });
      next?.recovered(need);
    },
    trustEnding(daysLeft, sentence) {
      log.warn(`${sentence} To choose the moment yourself: icloud-photos-sync token --refresh-token.`, { daysLeft });
      next?.trustEnding(daysLeft, sentence);
    },
  };
}
