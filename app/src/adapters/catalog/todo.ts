import type { DatabaseSync } from 'node:sqlite';
import type { RenditionKind } from '../../domain/asset.ts';
import { SET_ASIDE_AFTER } from '../../domain/todo-wish.ts';
import type { Catalog, PutOff, TodoItem } from '../../ports/catalog.ts';
import { ASSET_COLUMNS, type AssetRow, assetOf } from './asset-row.ts';

type TodoQueries = Pick<
  Catalog,
  | 'addTodo'
  | 'dropTodo'
  | 'todoKinds'
  | 'todo'
  | 'putOff'
  | 'retryTodo'
  | 'wantedChecksums'
  | 'todoTotal'
  | 'stored'
  | 'failed'
  | 'countUnconfirmed'
>;

interface TodoRow extends AssetRow {
  seq: number;
  asset_id: number;
  attempts: number;
  disagreed_sha256: string | null;
  kind: RenditionKind;
  checksum: string;
  size: number;
  uti: string | null;
  path: string;
}

/** The durable list of what still has to be fetched. A row leaves it in the transaction that records the stored file. */
export function todoQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): TodoQueries {
  const add = database.prepare('INSERT INTO todo (asset_id, kind, since) VALUES (?, ?, ?) ON CONFLICT (asset_id, kind) DO NOTHING');
  const drop = database.prepare('DELETE FROM todo WHERE asset_id = ? AND kind = ?');
  const kinds = database.prepare('SELECT kind FROM todo WHERE asset_id = ?');
  const next = database.prepare(`
    SELECT todo.seq, todo.asset_id, iif(todo.tried_checksum IS rendition.checksum, todo.attempts, 0) AS attempts,
      iif(todo.tried_checksum IS rendition.checksum, todo.disagreed_sha256, NULL) AS disagreed_sha256, rendition.kind, rendition.checksum, rendition.size, rendition.uti, rendition.path,
      ${ASSET_COLUMNS}
    -- CROSS JOIN keeps this order: SQLite would start at the zone and sort the whole list for every batch
    FROM todo CROSS JOIN rendition USING (asset_id, kind) CROSS JOIN asset ON asset.id = todo.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE todo.seq > ? AND zone.account_id = ?
      AND ((coalesce(todo.next_try, 0) <= ? AND todo.attempts < ?) OR todo.tried_checksum IS NOT rendition.checksum)
    ORDER BY todo.seq LIMIT ?`);
  const putOff = database.prepare(`
    SELECT todo.code, count(*) AS count, min(todo.message) AS example
    FROM todo CROSS JOIN asset ON asset.id = todo.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE zone.account_id = ? AND todo.code IS NOT NULL AND coalesce(todo.tried_at, 0) < ? GROUP BY todo.code`);
  const retry = database.prepare(`
    UPDATE todo SET attempts = 0, next_try = NULL WHERE code IS NOT NULL
      AND asset_id IN (SELECT asset.id FROM asset JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?1 AND asset.id = todo.asset_id)
      AND (?2 IS NULL OR EXISTS (SELECT 1 FROM rendition WHERE rendition.asset_id = todo.asset_id AND rendition.kind = todo.kind
        AND (rendition.path = ?2 OR substr(rendition.path, 1, length(?2) + 1) = ?2 || '/')))`);
  // One walk over the list for all of them: checksums of what iCloud lists have no index, which every page of a listing would pay for.
  const wanted = database.prepare(`
    SELECT DISTINCT rendition.checksum FROM todo CROSS JOIN rendition USING (asset_id, kind)
    WHERE rendition.checksum IN (SELECT value FROM json_each(?))`);
  const count = database.prepare(
    'SELECT count(*) AS count, coalesce(sum(rendition.size), 0) AS bytes FROM todo LEFT JOIN rendition USING (asset_id, kind) CROSS JOIN asset ON asset.id = todo.asset_id CROSS JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?',
  );
  const putFile = database.prepare(`
    INSERT INTO file (asset_id, kind, path, checksum, size, sha256, proof, stored_at, read_at, described) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (asset_id, kind) DO UPDATE SET path = excluded.path, checksum = excluded.checksum, size = excluded.size, sha256 = excluded.sha256,
      proof = excluded.proof, stored_at = excluded.stored_at, read_at = excluded.read_at, described = excluded.described, finding = NULL, found_at = NULL`);
  const unconfirmed = database.prepare(
    "SELECT count(*) AS n FROM file CROSS JOIN asset ON asset.id = file.asset_id CROSS JOIN zone ON zone.id = asset.zone_id WHERE file.proof = 'unconfirmed' AND zone.account_id = ?",
  );
  const fail = database.prepare(
    'UPDATE todo SET attempts = iif(tried_checksum IS ?1, attempts, 0) + 1, code = ?2, message = ?3, tried_at = ?4, next_try = ?5, disagreed_sha256 = ?6, tried_checksum = ?1 WHERE seq = ?7',
  );

  return {
    addTodo: (assetRow, kind, nowMs) => void add.run(assetRow, kind, nowMs),
    dropTodo: (assetRow, kind) => void drop.run(assetRow, kind),
    todoKinds: (assetRow) => (kinds.all(assetRow) as { kind: RenditionKind }[]).map(({ kind }) => kind),
    todo(afterSeq, limit, wish) {
      const dueUntilMs = wish?.is === 'due' ? wish.nowMs : Number.MAX_SAFE_INTEGER;
      const attempts = wish === undefined || wish.is === 'everything' ? Number.MAX_SAFE_INTEGER : SET_ASIDE_AFTER;
      return (next.all(afterSeq, accountId, dueUntilMs, attempts, limit) as unknown as TodoRow[]).map(todoItem);
    },
    putOff: (sinceMs) => (putOff.all(accountId, sinceMs) as unknown as PutOff[]).map((group) => ({ ...group })),
    retryTodo: (path) => Number(retry.run(accountId, path ?? null).changes),
    wantedChecksums: (checksums) =>
      new Set((wanted.all(JSON.stringify(checksums)) as { checksum: string }[]).map(({ checksum }) => checksum)),
    todoTotal: () => ({ ...(count.get(accountId) as { count: number; bytes: number }) }),
    stored: (item, { sha256, size, proof, nowMs, described }) =>
      transaction(() => {
        putFile.run(
          item.assetRow,
          item.rendition.kind,
          item.path,
          item.rendition.checksum,
          size,
          sha256,
          proof,
          nowMs,
          nowMs,
          described ?? null,
        );
        drop.run(item.assetRow, item.rendition.kind);
      }),
    countUnconfirmed: () => Number((unconfirmed.get(accountId) as { n: number }).n),
    failed: (item, { code, message, nowMs, nextTryMs, disagreedSha256 }) =>
      void fail.run(item.rendition.checksum, code, message, nowMs, nextTryMs, disagreedSha256 ?? null, item.seq),
  };
}

function todoItem(row: TodoRow): TodoItem {
  return {
    seq: row.seq,
    assetRow: row.asset_id,
    attempts: row.attempts,
    path: row.path,
    disagreedSha256: row.disagreed_sha256 ?? undefined,
    rendition: { kind: row.kind, checksum: row.checksum, size: row.size, uti: row.uti ?? undefined },
    asset: assetOf(row),
  };
}
