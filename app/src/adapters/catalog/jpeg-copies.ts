import type { DatabaseSync } from 'node:sqlite';
import type { StoredFile } from '../../domain/asset.ts';
import { fold } from '../../domain/fold.ts';
import type { CopySubject, JpegCopyCatalog } from '../../ports/jpeg-copies.ts';

interface SubjectRow {
  row: number;
  disagreed: string | null;
  zone: string;
  record: string;
  master: string;
  hidden: number;
  capture_ms: number | null;
  added_ms: number | null;
  gone_at: number | null;
  folder: string;
  base: string;
  path: string | null;
  made_from: string;
  size: number;
  sha256: string;
}

/** Items whose copy in `_JPEG` may be out of date; triggers of the schema put them on the list. */
export function jpegCopyQueries(database: DatabaseSync, accountId: number): JpegCopyCatalog {
  const next = database.prepare(`
    SELECT jpeg_todo.asset_id AS row, disagreed, zone.name AS zone, record, master, hidden, capture_ms, added_ms, gone_at, folder, base,
      jpeg_copy.path, made_from, jpeg_copy.size, jpeg_copy.sha256
    FROM jpeg_todo CROSS JOIN asset ON asset.id = jpeg_todo.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
      LEFT JOIN jpeg_copy ON jpeg_copy.asset_id = jpeg_todo.asset_id
    WHERE jpeg_todo.asset_id > ? AND zone.account_id = ? ORDER BY jpeg_todo.asset_id LIMIT ?`);
  const files = database.prepare('SELECT kind, path, checksum, size, sha256, proof FROM file WHERE asset_id = ?');
  const drop = database.prepare('DELETE FROM jpeg_todo WHERE asset_id = ?');
  const disagree = database.prepare('UPDATE jpeg_todo SET disagreed = ? WHERE asset_id = ?');
  const again = database.prepare('INSERT OR IGNORE INTO jpeg_todo (asset_id) VALUES (?)');
  const all = database.prepare(`
    INSERT OR IGNORE INTO jpeg_todo (asset_id) SELECT asset.id FROM asset JOIN zone ON zone.id = asset.zone_id
    WHERE zone.account_id = ? AND (EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id) OR EXISTS (SELECT 1 FROM jpeg_copy WHERE jpeg_copy.asset_id = asset.id))`);
  const none = database.prepare(
    'DELETE FROM jpeg_todo WHERE EXISTS (SELECT 1 FROM asset JOIN zone ON zone.id = asset.zone_id WHERE asset.id = asset_id AND zone.account_id = ?)',
  );
  const copies = database.prepare(`
    SELECT asset_id AS row, path FROM jpeg_copy CROSS JOIN asset ON asset.id = asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE asset_id > ? AND zone.account_id = ? ORDER BY asset_id LIMIT ?`);
  const put = database.prepare(`
    INSERT INTO jpeg_copy (asset_id, path, folded, made_from, size, sha256) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (asset_id) DO UPDATE SET path = excluded.path, folded = excluded.folded, made_from = excluded.made_from, size = excluded.size, sha256 = excluded.sha256`);
  const forget = database.prepare('DELETE FROM jpeg_copy WHERE asset_id = ?');
  const taken = database.prepare('SELECT 1 FROM jpeg_copy WHERE folded = ? AND asset_id != ?');

  const subjectOf = (found: SubjectRow): CopySubject => ({
    row: found.row,
    asset: {
      zone: found.zone,
      id: found.record,
      masterId: found.master,
      hidden: found.hidden === 1,
      captureMs: found.capture_ms ?? undefined,
      addedMs: found.added_ms ?? undefined,
    },
    gone: found.gone_at !== null,
    folder: found.folder,
    base: found.base,
    files: files.all(found.row) as unknown as StoredFile[],
    copy: found.path === null ? undefined : { path: found.path, from: found.made_from, size: found.size, sha256: found.sha256 },
    disagreedSha256: found.disagreed ?? undefined,
  });

  return {
    toCopy: (afterRow, limit) => (next.all(afterRow, accountId, limit) as unknown as SubjectRow[]).map(subjectOf),
    copyDone: (row) => void drop.run(row),
    copyDisagreed: (row, sha256) => void disagree.run(sha256, row),
    copyAgain: (row) => void again.run(row),
    copyAll: () => void all.run(accountId),
    copyNone: () => void none.run(accountId),
    copies: (afterRow, limit) => copies.all(afterRow, accountId, limit) as unknown as { row: number; path: string }[],
    putCopy: (row, { path, from, size, sha256 }) => void put.run(row, path, fold(path), from, size, sha256),
    dropCopy: (row) => void forget.run(row),
    isCopyPathTaken: (path, row) => taken.get(fold(path), row) !== undefined,
  };
}
