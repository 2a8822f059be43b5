import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Problem } from '../../domain/problem.ts';
import type { Catalog } from '../../ports/catalog.ts';
import { albumQueries } from './albums.ts';
import { archiveQueries } from './archive.ts';
import { assetQueries } from './assets.ts';
import { browseQueries } from './browse.ts';
import { descriptionQueries } from './descriptions.ts';
import { feedQueries } from './feed.ts';
import { holdingsQueries } from './holdings.ts';
import { jpegCopyQueries } from './jpeg-copies.ts';
import { knownFileQueries } from './known-files.ts';
import { leftOutQueries } from './left-out.ts';
import { createOverview } from './overview.ts';
import { overviewQueries } from './overview-queries.ts';
import { removalQueries } from './removals.ts';
import { runQueries } from './runs.ts';
import { migrate } from './schema.ts';
import { sharedAlbumQueries } from './shared-albums.ts';
import { settleCopy } from './snapshot-copy.ts';
import { todoQueries } from './todo.ts';
import { verifyQueries } from './verify.ts';

export interface CatalogOptions {
  readonly file: string;
  /** The account whose rows are read and written; lower case. */
  readonly appleId: string;
  /** Window of the coverage in which every file is to be read again. */
  readonly verifyDays?: number;
  readonly now?: () => number;
  /** From so many items on, questions about the whole library are answered by a thread. */
  readonly largeFrom?: number;
}

/**
 * Opens the catalog, creating it if needed. Throws Problem `catalog-broken` for a file that is no catalog, and
 * `library-not-writable` or `disk-full` as SQLite reports them.
 */
export function openCatalog({ file, appleId, verifyDays = 90, now = Date.now, largeFrom = LARGE_FROM }: CatalogOptions): Catalog {
  const database = openDatabase(file);
  const accountId = accountRow(database, appleId);
  const meta = database.prepare('SELECT value FROM meta WHERE key = ?');
  const setMeta = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  let depth = 0;
  const transaction = <T>(work: () => T): T => {
    if (depth > 0) return work();
    begin.run();
    depth += 1;
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw catalogProblem(error, file);
    } finally {
      depth -= 1;
    }
  };
  const memos: Pick<Catalog, 'memo' | 'setMemo'> = {
    memo: (key) => (meta.get(`${accountId}/${key}`) as { value: string } | undefined)?.value,
    setMemo: (key, value) => void setMeta.run(`${accountId}/${key}`, value),
  };
  const whole = overviewQueries(database, { accountId, verifyDays });
  const overview = createOverview(whole, { file, accountId, verifyDays, now, isLarge: sizeCheck(database, largeFrom) });
  return {
    libraryId: () => (meta.get('library_id') as { value: string } | undefined)?.value,
    setLibraryId: (id) => void setMeta.run('library_id', id),
    ...memos,
    transaction,
    ...assetQueries(database, accountId),
    ...todoQueries(database, accountId, transaction),
    ...albumQueries(database, accountId, transaction),
    ...feedQueries(database, accountId, transaction),
    ...removalQueries(database, accountId, transaction),
    ...descriptionQueries(database, accountId),
    ...jpegCopyQueries(database, accountId),
    ...leftOutQueries(database, accountId),
    ...sharedAlbumQueries(database, accountId),
    ...holdingsQueries(database, accountId, memos),
    ...runQueries(database, accountId),
    found: knownFileQueries(database, accountId),
    archive: archiveQueries(database, accountId, transaction),
    ...verifyQueries(database, accountId, transaction),
    browse: browseQueries(database, accountId),
    overview,
    coverage: () => whole.coverage(now()),
    scratchCopy() {
      for (const name of readdirSync(dirname(file))) if (/^plan-\w{6}$/.test(name)) rmSync(join(dirname(file), name), { recursive: true }); // of a plan that was killed
      const copy = join(mkdtempSync(join(dirname(file), 'plan-')), 'catalog.sqlite');
      database.prepare('VACUUM INTO ?').run(copy);
      const catalog = openCatalog({ file: copy, appleId, verifyDays, now });
      return {
        ...catalog,
        close() {
          catalog.close();
          rmSync(dirname(copy), { recursive: true, force: true });
        },
      };
    },
    async copyTo(copy) {
      try {
        await backup(database, copy);
        settleCopy(copy);
      } catch (error) {
        throw catalogProblem(error, copy);
      }
    },
    close() {
      overview.close();
      database.close();
    },
  };
}

/** Below this the longest question about the whole library takes less than a tenth of a second on a small server. */
const LARGE_FROM = 20_000;

/** Without WAL a long look of somebody else would keep us from writing, so there it never counts as large. */
function sizeCheck(database: DatabaseSync, largeFrom: number): () => boolean {
  const { journal_mode: mode } = database.prepare('PRAGMA journal_mode').get() as { journal_mode: string };
  const last = database.prepare('SELECT max(id) AS n FROM asset');
  return () => mode === 'wal' && Number((last.get() as { n: number | null }).n ?? 0) >= largeFrom;
}

/** The library a catalog belongs to, without opening it for an account; undefined when there is no catalog yet. */
export function readLibraryId(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const database = openDatabase(file);
  try {
    return (database.prepare("SELECT value FROM meta WHERE key = 'library_id'").get() as { value: string } | undefined)?.value;
  } finally {
    database.close();
  }
}

/** Accounts that a catalog holds rows of; empty when there is no catalog yet. */
export function knownAppleIds(file: string): string[] {
  if (!existsSync(file)) return [];
  const database = openDatabase(file);
  try {
    return (database.prepare('SELECT apple_id FROM account ORDER BY id').all() as { apple_id: string }[]).map(({ apple_id }) => apple_id);
  } finally {
    database.close();
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file);
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600);
    // WAL is refused or unsafe on network file systems; the pragma then answers the old mode and we go on with it (neighbours.md §2.1).
    // A listing touches the same pages again and again: copying 32 MB of them back at once is cheaper than 4 MB eight times.
    database.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8000',
    );
    migrate(database);
    return database;
  } catch (error) {
    throw catalogProblem(error, file);
  }
}

function accountRow(database: DatabaseSync, appleId: string): number {
  database.prepare('INSERT INTO account (apple_id) VALUES (?) ON CONFLICT DO NOTHING').run(appleId);
  return (database.prepare('SELECT id FROM account WHERE apple_id = ?').get(appleId) as { id: number }).id;
}

const SQLITE_FULL = 13;
const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;

function catalogProblem(error: unknown, file: string): unknown {
  if (error instanceof Problem || !(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE_FULL)
    return new Problem('disk-full', `The volume of the state folder is full: ${file} cannot grow.`, { cause: error });
  if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN)
    return new Problem('library-not-writable', `The catalog ${file} cannot be opened for writing.`, { cause: error });
  return new Problem('catalog-broken', `The catalog ${file} cannot be used: ${error.message}.`, { cause: error });
}
