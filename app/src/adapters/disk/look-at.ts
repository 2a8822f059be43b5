import type { Stats } from 'node:fs';
import { waitingCalls } from './disk-calls.ts';
import { errnoOf } from './disk-problem.ts';

/** What lies at a path itself, links not followed; undefined when nothing does. */
export async function lookAt(path: string, calls = waitingCalls): Promise<Stats | undefined> {
  try {
    return await calls.lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}
