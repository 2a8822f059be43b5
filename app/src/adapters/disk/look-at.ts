import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { errnoOf } from './disk-problem.ts';

/** What lies at a path itself, links not followed; undefined when nothing does. */
export async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}
