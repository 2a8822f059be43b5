import { setTimeout as sleep } from 'node:timers/promises';
import { waitingCalls } from './disk-calls.ts';
import { errnoOf } from './disk-problem.ts';

/** Samba refuses a rename while anybody (a virus scanner, a viewer) holds the file open; it passes (neighbours.md §2.4). About 3 s together. */
const PAUSES_MS = [50, 150, 400, 900, 1500] as const;
const PASSING = new Set(['EACCES', 'EBUSY', 'ETXTBSY']);

export async function patientRename(
  from: string,
  to: string,
  calls = waitingCalls,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await calls.rename(from, to);
    } catch (error) {
      const pauseMs = pausesMs[attempt];
      if (pauseMs === undefined || !PASSING.has(errnoOf(error) ?? '')) throw error;
      await sleep(pauseMs);
    }
  }
}
