import { lstat, rm } from 'node:fs/promises';
import type { StoredEntry, Unread } from '../../ports/backup-repository.ts';

/** One call of `borg extract`: undefined when all went well, otherwise what it said. */
export type Extract = (paths: readonly string[] | 'all') => Promise<{ readonly damaged: boolean; readonly said: string } | undefined>;

const MOST_ROUNDS = 200;

/**
 * Borg stops at the first damaged file and leaves the rest. So: what has not come back is asked for again without the file
 * at which it stopped, which in an archive is the first one missing. Answers the files that cannot be had.
 */
export async function extractAround(
  extract: Extract,
  wanted: readonly string[] | 'all',
  list: () => Promise<readonly StoredEntry[]>,
  into: string,
): Promise<readonly Unread[]> {
  const first = await extract(wanted);
  if (first === undefined) return [];
  if (!first.damaged) return [{ path: wanted === 'all' ? '' : (wanted[0] ?? ''), why: first.said }];
  const asked = wanted === 'all' ? undefined : new Set(wanted);
  const entries = (await list()).filter(({ path }) => asked === undefined || asked.has(path));
  const failed: Unread[] = [];
  let { said } = first;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [bad, ...rest] = await missing(entries, into, failed);
    if (bad === undefined) return failed;
    failed.push({ path: bad.path, why: said });
    await rm(`${into}/${bad.path}`, { force: true });
    if (rest.length === 0) return failed;
    const next = await extract(rest.map(({ path }) => path));
    if (next === undefined) return failed;
    if (!next.damaged) return [...failed, ...rest.map(({ path }) => ({ path, why: next.said }))];
    said = next.said;
  }
  return failed;
}

async function missing(entries: readonly StoredEntry[], into: string, failed: readonly Unread[]): Promise<readonly StoredEntry[]> {
  const given = new Set(failed.map(({ path }) => path));
  const open: StoredEntry[] = [];
  for (const entry of entries) {
    if (given.has(entry.path)) continue;
    const there = await lstat(`${into}/${entry.path}`).catch(() => undefined);
    if (there === undefined || (entry.kind === 'file' && there.size !== entry.size)) open.push(entry);
  }
  return open;
}
