import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { CatalogFile, SnapshotCatalog, Wanted } from '../../ports/offsite-files.ts';
import { migrate } from './schema.ts';

/** Tables and columns that change with every look at iCloud or at the disk although the library stays the same. */
const RESTLESS_TABLES = new Set(['meta', 'run', 'listing', 'todo', 'trouble', 'sqlite_sequence', 'sqlite_stat1']);
const RESTLESS_COLUMNS = new Set([
  'listing_id',
  'read_at',
  'complete_listing',
  'complete_at',
  'fresh_at',
  'sync_token',
  'dirty',
  'generation',
  'found_at',
  'finding',
]);

const FILES = `
  SELECT file.path, file.size, file.sha256, file.checksum, file.proof, asset.record, asset.capture_ms, asset.offset_s
    FROM file JOIN asset ON asset.id = file.asset_id
  UNION ALL
  SELECT path, size, sha256, checksum, proof, record, NULL, NULL FROM archive_file`;

interface FileRow {
  path: string;
  size: number;
  sha256: string;
  checksum: string;
  proof: string;
}

/** Makes a copy a file of its own: in WAL mode it could only be opened where its folder can be written. */
export function settleCopy(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}

/** Opens a copy of a catalog that came out of a snapshot. The copy may be changed: one of an older version is brought up to date. */
export function openSnapshotCatalog(file: string): SnapshotCatalog {
  const database = new DatabaseSync(file);
  migrate(database);
  const row = <T>(sql: string, ...values: (string | number)[]) => database.prepare(sql).get(...values) as T | undefined;
  return {
    libraryId: () => row<{ value: string }>("SELECT value FROM meta WHERE key = 'library_id'")?.value,
    sound: () => row<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check === 'ok',
    countFiles: () => Number(row<{ n: number }>(`SELECT count(*) AS n FROM (${FILES})`)?.n ?? 0),
    *files() {
      for (const found of database.prepare(FILES).iterate()) yield catalogFile(found as unknown as FileRow);
    },
    select: (wanted) => selectFiles(database, wanted),
    linksOf: (album) =>
      (
        database
          .prepare(
            'SELECT link.path FROM link JOIN album ON album.id = link.album_id WHERE album.path = ?1 OR lower(album.name) = lower(?1)',
          )
          .all(album) as { path: string }[]
      ).map(({ path }) => path),
    fingerprint: () => fingerprintOf(database),
    close: () => database.close(),
  };
}

function selectFiles(database: DatabaseSync, { paths, album, from, until }: Wanted): CatalogFile[] {
  const conditions = ['1'];
  const values: string[] = [];
  const add = (condition: string, ...more: string[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  if (paths.length > 0)
    add(
      `(${paths.map(() => '(path = ? OR substr(path, 1, length(?)) = ?)').join(' OR ')})`,
      ...paths.flatMap((path) => [path, `${path}/`, `${path}/`]),
    );
  if (album !== undefined)
    add(
      'record IN (SELECT member.record FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation WHERE album.path = ? OR lower(album.name) = lower(?))',
      album,
      album,
    );
  const day = "strftime('%Y-%m-%d', capture_ms / 1000 + coalesce(offset_s, 0), 'unixepoch')";
  if (from !== undefined) add(`${day} >= ?`, from);
  if (until !== undefined) add(`${day} <= ?`, until);
  return (database.prepare(`SELECT * FROM (${FILES}) WHERE ${conditions.join(' AND ')}`).all(...values) as unknown as FileRow[]).map(
    catalogFile,
  );
}

function catalogFile({ path, size, sha256, checksum, proof }: FileRow): CatalogFile {
  return { path, size, sha256, checksum: proof === 'apple' ? checksum : undefined };
}

/** A hash over all rows; a table that a later version adds counts too, so that what it speaks of is not forgotten. */
function fingerprintOf(database: DatabaseSync): string {
  const hash = createHash('sha256');
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as { name: string }[];
  for (const { name } of tables) {
    if (RESTLESS_TABLES.has(name)) continue;
    const columns = (database.prepare(`PRAGMA table_info(${name})`).all() as { name: string }[])
      .map((column) => column.name)
      .filter((column) => !RESTLESS_COLUMNS.has(column));
    hash.update(`\n${name} ${columns.join()}\n`);
    for (const found of database.prepare(`SELECT ${columns.join()} FROM ${name}`).iterate())
      hash.update(JSON.stringify(Object.values(found)));
  }
  return hash.digest('hex');
}
