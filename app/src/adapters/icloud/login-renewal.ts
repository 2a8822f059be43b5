import { Problem } from '../../domain/problem.ts';

/** What of the login has ended: the login itself, or the keys to the photos (Advanced Data Protection). */
export type LoginPart = 'login' | 'keys';

/**
 * Makes the login valid again, once for all requests that found it ended. A request takes `seen` before it is sent: if the
 * part was renewed since, trying again is enough.
 */
export interface LoginRenewal {
  seen(part: LoginPart): number;
  /** Throws Problem; one that is passing comes as `session-ended`, because no other request gets past it either. */
  renew(part: LoginPart, seen: number, signal: AbortSignal): Promise<void>;
}

export function createLoginRenewal(work: (part: LoginPart, signal: AbortSignal) => Promise<void>): LoginRenewal {
  const times = { login: 0, keys: 0 };
  const running = new Map<LoginPart, Promise<void>>();
  async function once(part: LoginPart, signal: AbortSignal): Promise<void> {
    try {
      await work(part, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Problem) || error.remedy !== 'retry') throw error;
      throw new Problem('session-ended', `The login ended during the run and could not be renewed. ${error.message}`, {
        cause: error,
        ...(error.retryAtMs === undefined ? {} : { retryAtMs: error.retryAtMs }),
      });
    } finally {
      // After a failure too: requests that were under way then do not start it all again.
      times[part] += 1;
      running.delete(part);
    }
  }
  return {
    seen: (part) => times[part],
    async renew(part, seen, signal) {
      const under = running.get(part);
      if (under) return under;
      if (times[part] !== seen) return;
      const mine = once(part, signal);
      running.set(part, mine);
      return mine;
    },
  };
}
