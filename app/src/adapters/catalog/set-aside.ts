import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * Whether a catalog file is damaged beyond use. Locked, unreadable, or written by a newer version is not damaged. `thorough` reads
 * it whole: minutes where the library is large.
 */
export function isBrokenCatalog(file: string, thorough: boolean): boolean {
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 5000');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (!thorough) return false;
    const { quick_check: verdict } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    return verdict !== 'ok';
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
    if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return true;
    return false; // whoever opens it next says what is wrong
  } finally {
    database?.close();
  }
}

/** Gives a broken catalog another name, with what belongs to it; answers that name. The file itself last: until then it is found broken again. */
export function setCatalogAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').slice(0, 15);
  const aside = `${file}.broken-${stamp}`;
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}
