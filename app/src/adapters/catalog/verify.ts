import type { DatabaseSync } from 'node:sqlite';
import { type Finding, reasonOf, sentenceOf } from '../../domain/verify-verdict.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Amount, LedgerFile, VerifyLedger } from '../../ports/verify-ledger.ts';

/** iCloud lists the item and this kind of it: what it holds can be fetched. */
const FETCHABLE = 'asset.gone_at IS NULL AND zone.left_at IS NULL AND rendition.kind IS NOT NULL';

const LIBRARY_FILES = `
  SELECT 'library' AS area, file.asset_id AS row, file.kind, file.path, file.checksum, file.size, file.sha256, file.proof, file.read_at AS readAtMs,
    file.finding, zone.name AS zone, asset.record AS asset, asset.capture_ms AS captureMs, asset.added_ms AS addedMs,
    CASE WHEN ${FETCHABLE} THEN 'icloud' ELSE 'nowhere' END AS "from"
  FROM file CROSS JOIN asset ON asset.id = file.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    LEFT JOIN rendition ON rendition.asset_id = file.asset_id AND rendition.kind = file.kind
  WHERE zone.account_id = ?1`;

const ARCHIVE_FILES = `
  SELECT 'archive' AS area, f.archive_id AS row, f.kind, f.path, f.checksum, f.size, f.sha256, f.proof, f.read_at AS readAtMs,
    f.finding, f.zone, f.record AS asset, NULL AS captureMs, NULL AS addedMs, 'nowhere' AS "from"
  FROM archive_file AS f CROSS JOIN archive ON archive.id = f.archive_id
  WHERE archive.account_id = ?1 AND archive.ended_at IS NULL`;

/** Both areas, in one order. Each half finds its rows by an index of its own, so a batch costs the same in any library. */
function bothAreas(condition: (column: (name: string) => string) => string, order: string) {
  const library = `${LIBRARY_FILES} AND ${condition((name) => `file.${name}`)} ORDER BY file.${order} LIMIT ?3`;
  const archive = `${ARCHIVE_FILES} AND ${condition((name) => `f.${name}`)} ORDER BY f.${order} LIMIT ?3`;
  return `SELECT * FROM (${library}) UNION ALL SELECT * FROM (${archive}) ORDER BY ${order === 'path' ? 'path' : 'readAtMs, path'} LIMIT ?3`;
}

/** What verify reads and writes of the catalog. */
export function verifyQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): VerifyLedger {
  const readBefore = database.prepare(bothAreas((column) => `${column('read_at')} < ?2`, 'read_at'));
  const withFinding = database.prepare(bothAreas((column) => `${column('finding')} IS NOT NULL AND ${column('read_at')} < ?2`, 'read_at'));
  const byPath = database.prepare(bothAreas((column) => `${column('path')} > ?2`, 'path'));
  const amount = database.prepare(`
    SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM (
      SELECT file.size FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?1 AND file.read_at < ?2
      UNION ALL SELECT f.size FROM archive_file AS f JOIN archive ON archive.id = f.archive_id
        WHERE archive.account_id = ?1 AND archive.ended_at IS NULL AND f.read_at < ?2)`);
  const known = database.prepare(`
    SELECT 1 FROM file WHERE path = ?1 UNION ALL SELECT 1 FROM archive_file WHERE path = ?1
    UNION ALL SELECT 1 FROM asset JOIN rendition ON rendition.asset_id = asset.id WHERE asset.folder = ?2 AND rendition.path = ?1 LIMIT 1`);
  const fine = {
    library: database.prepare(
      'UPDATE file SET read_at = ?, sha256 = ?, finding = NULL, found_at = NULL WHERE asset_id = ? AND kind = ? AND path = ?',
    ),
    archive: database.prepare(
      'UPDATE archive_file SET read_at = ?, sha256 = ?, finding = NULL, found_at = NULL WHERE archive_id = ? AND kind = ? AND path = ?',
    ),
  };
  const found = (table: string, key: string) =>
    database.prepare(
      `UPDATE ${table} SET read_at = ?1, found_at = CASE WHEN finding = ?2 THEN found_at ELSE ?1 END, finding = ?2 WHERE ${key} = ?3 AND kind = ?4 AND path = ?5`,
    );
  const finding = { library: found('file', 'asset_id'), archive: found('archive_file', 'archive_id') };
  const forget = database.prepare('DELETE FROM file WHERE asset_id = ? AND kind = ? AND path = ?');
  const addTodo = database.prepare(`
    INSERT INTO todo (asset_id, kind, since, code, message) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (asset_id, kind) DO UPDATE SET code = excluded.code, message = excluded.message, next_try = NULL`);
  const lastSeq = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM todo');

  return {
    filesReadBefore: (ms, limit) => rows(readBefore.all(accountId, ms, limit)),
    amountReadBefore: (ms) => ({ ...(amount.get(accountId, ms) as unknown as Amount) }),
    filesWithFinding: (ms, limit) => rows(withFinding.all(accountId, ms, limit)),
    filesByPath: (after, limit) => rows(byPath.all(accountId, after, limit)),
    isKnownPath: (path) => known.get(path, path.slice(0, path.lastIndexOf('/'))) !== undefined,
    noteRead: (file, sha256, nowMs) => void fine[file.area].run(nowMs, sha256, file.row, file.kind, file.path),
    noteFinding: (file, what, nowMs) => void finding[file.area].run(nowMs, what, file.row, file.kind, file.path),
    fetchAgain: (file, what, nowMs) =>
      transaction(() => {
        forget.run(file.row, file.kind, file.path);
        addTodo.run(file.row, file.kind, nowMs, reasonOf(what), sentenceOf(what, file.path));
      }),
    lastTodoSeq: () => Number((lastSeq.get() as { seq: number }).seq),
  };
}

function rows(found: unknown[]): LedgerFile[] {
  return (
    found as (Omit<LedgerFile, 'finding' | 'captureMs' | 'addedMs'> & {
      finding: Finding | null;
      captureMs: number | null;
      addedMs: number | null;
    })[]
  ).map((row) => ({ ...row, finding: row.finding ?? undefined, captureMs: row.captureMs ?? undefined, addedMs: row.addedMs ?? undefined }));
}
