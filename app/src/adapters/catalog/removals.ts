import type { DatabaseSync } from 'node:sqlite';
import type { GoneBecause, RenditionKind, StoredFile } from '../../domain/asset.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { PendingMove, RemovalCatalog, RemovalTotals, Transfer } from '../../ports/removals.ts';
import { FILE_COLUMNS } from './assets.ts';

/** Gone, not kept, and something of it is still here. */
const STILL_HERE = `asset.gone_at IS NOT NULL AND asset.kept_at IS NULL AND zone.account_id = ?1
  AND EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id)`;
/** Deleted by us after archiving, and an archived copy of every file stands (decisions.md 3). */
const EXPECTED = `EXISTS (SELECT 1 FROM remote_delete WHERE remote_delete.record = asset.record AND remote_delete.outcome = 'deleted')
  AND NOT EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id AND NOT EXISTS (
    SELECT 1 FROM archive_file WHERE archive_file.record = asset.record AND archive_file.sha256 = file.sha256 AND archive_file.finding IS NULL))`;
/** CROSS JOIN and the index named: without either SQLite walks the whole zone to find the few that are gone. */
const OF_ACCOUNT = 'FROM asset INDEXED BY asset_gone CROSS JOIN zone ON zone.id = asset.zone_id';

/** In a folded name: the item no longer claims it. No file name can hold this character. */
const NAMELESS = '/';

export function removalQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): RemovalCatalog {
  const unseen = database.prepare(
    "UPDATE asset SET gone_at = ?, gone_because = 'absent' WHERE zone_id = ? AND listing_id < ? AND gone_at IS NULL",
  );
  const gone = database.prepare('UPDATE asset SET gone_at = ?, gone_because = ? WHERE zone_id = ? AND record = ? AND gone_at IS NULL');
  // An item on the to-do list that iCloud no longer holds cannot be fetched any more.
  const dropTodos = database.prepare(
    'DELETE FROM todo WHERE asset_id IN (SELECT id FROM asset INDEXED BY asset_gone WHERE zone_id = ? AND gone_at IS NOT NULL)',
  );
  const live = database.prepare('SELECT count(*) AS n FROM asset WHERE zone_id = ? AND gone_at IS NULL');
  const items = database.prepare(`
    SELECT asset.id, zone.name AS zone, asset.record, asset.gone_because AS because, asset.gone_at AS sinceMs, (${EXPECTED}) AS expected
    ${OF_ACCOUNT} WHERE ${STILL_HERE} AND asset.id > ?2 ORDER BY asset.id LIMIT ?3`);
  const filesOf = database.prepare(`SELECT ${FILE_COLUMNS} FROM file WHERE asset_id = ?`);
  const totals = database.prepare(`
    SELECT count(DISTINCT asset.id) AS items, count(*) AS files, coalesce(sum(file.size), 0) AS bytes
    ${OF_ACCOUNT} JOIN file ON file.asset_id = asset.id
    WHERE asset.gone_at IS NOT NULL AND asset.kept_at IS NULL AND zone.account_id = ?1 AND NOT (${EXPECTED})`);
  const keepAll = database.prepare(
    `UPDATE asset SET kept_at = ?2 WHERE id IN (SELECT asset.id ${OF_ACCOUNT} WHERE ${STILL_HERE}) AND NOT (${EXPECTED})`,
  );
  const keep = database.prepare('UPDATE asset SET kept_at = ? WHERE id = ?');
  const libraryItems = database.prepare(
    `SELECT count(*) AS n FROM asset JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?1 AND asset.kept_at IS NULL AND (asset.gone_at IS NULL OR EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id))`,
  );
  const onlyHere = database.prepare(
    `SELECT count(*) AS n FROM asset INDEXED BY asset_kept CROSS JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ? AND asset.kept_at IS NOT NULL`,
  );
  const dropFile = database.prepare('DELETE FROM file WHERE asset_id = ? AND kind = ?');
  // Only what an edit made can lose its place: the parts of a master never change (photos.md §7), so their absence proves nothing.
  const superseded = database.prepare(`
    SELECT asset.id AS assetRow, zone.name AS zone, asset.record AS id, file.kind, file.path, file.checksum, file.size, file.sha256, file.proof
    FROM file INDEXED BY file_astray CROSS JOIN asset ON asset.id = file.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE file.astray = 1 AND file.kind IN ('edited', 'edited-video') AND asset.gone_at IS NULL AND zone.account_id = ?
      AND asset.listing_id >= coalesce(zone.complete_listing, 0)
      AND NOT EXISTS (SELECT 1 FROM rendition WHERE rendition.asset_id = asset.id AND rendition.kind = file.kind)
      AND NOT EXISTS (SELECT 1 FROM todo WHERE todo.asset_id = asset.id)
      AND EXISTS (SELECT 1 FROM file AS original WHERE original.asset_id = asset.id AND original.kind = 'original')
    LIMIT ?`);
  const moves = database.prepare(`
    SELECT file.asset_id AS assetRow, file.kind, file.path AS "from", rendition.path AS "to", file.sha256
    FROM file INDEXED BY file_astray CROSS JOIN rendition USING (asset_id, kind) CROSS JOIN asset ON asset.id = file.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE file.astray = 1 AND file.path != rendition.path AND file.checksum = rendition.checksum AND asset.gone_at IS NULL AND zone.account_id = ? LIMIT ?`);
  const moved = database.prepare('UPDATE file SET path = ? WHERE asset_id = ? AND kind = ?');
  const transfers = database.prepare(`
    SELECT file.asset_id AS fromRow, file.kind AS fromKind, file.path AS fromPath, file.sha256, todo.asset_id AS toRow, todo.kind AS toKind, rendition.path AS toPath
    FROM todo CROSS JOIN rendition USING (asset_id, kind) CROSS JOIN asset AS twin ON twin.id = todo.asset_id CROSS JOIN zone ON zone.id = twin.zone_id
      CROSS JOIN file ON file.checksum = rendition.checksum AND file.kind = rendition.kind
      CROSS JOIN asset ON asset.id = file.asset_id
    WHERE zone.account_id = ? AND asset.gone_at IS NOT NULL AND asset.kept_at IS NULL AND asset.zone_id != twin.zone_id
      AND asset.master = twin.master AND file.proof = 'apple' AND file.finding IS NULL LIMIT ?`);
  const takeOver = database.prepare('UPDATE file SET asset_id = ?, kind = ?, path = ? WHERE asset_id = ? AND kind = ?');
  const dropTodo = database.prepare('DELETE FROM todo WHERE asset_id = ? AND kind = ?');
  const giveUpName = database.prepare(
    `UPDATE asset SET folded = folded || '${NAMELESS}' || id WHERE id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id)`,
  );
  const left = database.prepare('UPDATE zone SET left_at = ?, sync_token = NULL WHERE id = ?');
  const keepZone = database.prepare(
    "UPDATE asset SET kept_at = ?1, gone_at = coalesce(gone_at, ?1), gone_because = coalesce(gone_because, 'absent') WHERE zone_id = ?2",
  );
  const dropZoneTodos = database.prepare('DELETE FROM todo WHERE asset_id IN (SELECT id FROM asset WHERE zone_id = ?)');
  const dropZoneTroubles = database.prepare('DELETE FROM trouble WHERE zone_id = ?');
  const zoneTotals = database.prepare(
    'SELECT count(DISTINCT asset.id) AS items, count(*) AS files, coalesce(sum(file.size), 0) AS bytes FROM asset JOIN file ON file.asset_id = asset.id WHERE asset.zone_id = ?',
  );
  const byRecord = database.prepare(
    `SELECT asset.id AS assetRow, asset.gone_at AS goneAt FROM asset JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ? AND zone.name = ? AND asset.record = ?`,
  );
  const putFile = database.prepare(`
    INSERT INTO file (asset_id, kind, path, checksum, size, sha256, proof, stored_at, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const keepIfGone = database.prepare('UPDATE asset SET kept_at = ? WHERE id = ? AND gone_at IS NOT NULL');
  const count = (row: unknown) => Number((row as { n: number }).n);

  return {
    markUnseenGone: (listing, nowMs) =>
      transaction(() => {
        const { changes } = unseen.run(nowMs, listing.zoneId, listing.id);
        dropTodos.run(listing.zoneId);
        return Number(changes);
      }),
    markGone: (zoneId, assetId, because, nowMs) =>
      transaction(() => {
        const isNews = Number(gone.run(nowMs, because, zoneId, assetId).changes) > 0;
        if (isNews) dropTodos.run(zoneId);
        return isNews;
      }),
    countLive: (zoneId) => count(live.get(zoneId)),
    goneItems: (afterRow, limit) =>
      (items.all(accountId, afterRow, limit) as unknown as GoneRow[]).map((row) => ({
        assetRow: row.id,
        zone: row.zone,
        id: row.record,
        because: row.because,
        sinceMs: row.sinceMs,
        expected: row.expected === 1,
        files: filesOf.all(row.id) as unknown as StoredFile[],
      })),
    goneTotals: () => ({ ...(totals.get(accountId) as unknown as RemovalTotals) }),
    keepGone: (nowMs) => Number(keepAll.run(accountId, nowMs).changes),
    keep: (assetRow, nowMs) => void keep.run(nowMs, assetRow),
    libraryItems: () => count(libraryItems.get(accountId)),
    countOnlyHere: () => count(onlyHere.get(accountId)),
    findByRecord(zone, assetId) {
      const row = byRecord.get(accountId, zone, assetId) as { assetRow: number; goneAt: number | null } | undefined;
      return row && { assetRow: row.assetRow, isGone: row.goneAt !== null };
    },
    restored: (assetRow, { kind, path, checksum, size, sha256, proof }, nowMs) =>
      transaction(() => {
        putFile.run(assetRow, kind, path, checksum, size, sha256, proof, nowMs, nowMs);
        keepIfGone.run(nowMs, assetRow);
      }),
    dropFile: (assetRow, kind) => void dropFile.run(assetRow, kind),
    superseded: (limit) =>
      (superseded.all(accountId, limit) as unknown as (StoredFile & { assetRow: number; zone: string; id: string })[]).map(
        ({ assetRow, zone, id, ...file }) => ({ assetRow, zone, id, file }),
      ),
    pendingMoves: (limit) => moves.all(accountId, limit) as unknown as PendingMove[],
    moved: (assetRow, kind, path) => void moved.run(path, assetRow, kind),
    transfers: (limit) => (transfers.all(accountId, limit) as unknown as TransferRow[]).map(transferOf),
    transferred: ({ from, to }) =>
      transaction(() => {
        takeOver.run(to.assetRow, to.kind, to.path, from.assetRow, from.kind);
        dropTodo.run(to.assetRow, to.kind);
        giveUpName.run(from.assetRow);
      }),
    leaveZone: (zoneId, nowMs) =>
      transaction(() => {
        left.run(nowMs, zoneId);
        keepZone.run(nowMs, zoneId);
        dropZoneTodos.run(zoneId);
        dropZoneTroubles.run(zoneId);
        return { ...(zoneTotals.get(zoneId) as unknown as RemovalTotals) };
      }),
  };
}

interface GoneRow {
  id: number;
  zone: string;
  record: string;
  because: GoneBecause;
  sinceMs: number;
  expected: number;
}

interface TransferRow {
  fromRow: number;
  fromKind: RenditionKind;
  fromPath: string;
  sha256: string;
  toRow: number;
  toKind: RenditionKind;
  toPath: string;
}

function transferOf(row: TransferRow): Transfer {
  return {
    from: { assetRow: row.fromRow, kind: row.fromKind, path: row.fromPath, sha256: row.sha256 },
    to: { assetRow: row.toRow, kind: row.toKind, path: row.toPath },
  };
}
