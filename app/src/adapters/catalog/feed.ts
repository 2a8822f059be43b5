import type { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../domain/asset.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { FeedCatalog, ZoneState } from '../../ports/feed-catalog.ts';
import { ALBUM_COLUMNS, type AlbumRecord, albumRow } from './albums.ts';

export function feedQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): FeedCatalog {
  const zones = database.prepare(
    'SELECT id, name, owner, database, sync_token, complete_at, fresh_at, left_at FROM zone WHERE account_id = ? ORDER BY id',
  );
  const refreshed = database.prepare('UPDATE zone SET fresh_at = ?, sync_token = coalesce(?, sync_token) WHERE id = ?');
  const forget = database.prepare('UPDATE zone SET sync_token = NULL WHERE id = ?');
  const begin = database.prepare('INSERT INTO listing (zone_id, started_at) VALUES (?, ?) RETURNING id');
  const ofMaster = database.prepare('SELECT record FROM asset WHERE master = ? AND zone_id = ? AND gone_at IS NULL');
  const unseen = database.prepare(
    'SELECT id AS assetRow, record AS id FROM asset WHERE zone_id = ? AND listing_id < ? AND gone_at IS NULL AND id > ? ORDER BY id LIMIT ?',
  );
  const seen = database.prepare('UPDATE asset SET listing_id = ? WHERE id = ?');
  const putAlbum = database.prepare(`
    INSERT INTO album (account_id, record, name, kind, parent, position) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, record) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent, position = excluded.position, gone_at = NULL, dirty = 1`);
  const endAlbum = database.prepare('UPDATE album SET gone_at = ? WHERE account_id = ? AND record = ? AND gone_at IS NULL');
  const album = database.prepare('SELECT id, generation FROM album WHERE account_id = ? AND record = ?');
  const addMember = database.prepare(`
    INSERT INTO member (album_id, generation, record, position)
    VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), -1) + 1 FROM member WHERE album_id = ?1 AND generation = ?2)) ON CONFLICT DO NOTHING`);
  const dropMember = database.prepare('DELETE FROM member WHERE album_id = ? AND record = ?');
  const ended = database.prepare(
    `SELECT ${ALBUM_COLUMNS} FROM album WHERE account_id = ? AND gone_at IS NOT NULL AND path IS NOT NULL ORDER BY length(path) DESC`,
  );
  const forgetPath = database.prepare('UPDATE album SET path = NULL WHERE id = ?');
  const dirty = database.prepare('SELECT dirty FROM album WHERE id = ?');
  const anyDirty = database.prepare(
    'SELECT 1 FROM album WHERE account_id = ? AND ((gone_at IS NULL AND dirty = 1) OR (gone_at IS NOT NULL AND path IS NOT NULL)) LIMIT 1',
  );
  const clean = database.prepare('UPDATE album SET dirty = 0 WHERE id = ?');
  const allDirty = database.prepare('UPDATE album SET dirty = 1 WHERE account_id = ?');
  const rowOf = (id: string) => album.get(accountId, id) as { id: number; generation: number } | undefined;

  return {
    zones: () => (zones.all(accountId) as unknown as ZoneRecord[]).map(zoneState),
    refreshed: (zoneId, syncToken, nowMs) => void refreshed.run(nowMs, syncToken ?? null, zoneId),
    forgetToken: (zoneId) => void forget.run(zoneId),
    beginChanges: (zoneId, nowMs) => ({ zoneId, id: Number((begin.get(zoneId, nowMs) as { id: number }).id) }),
    assetsOfMasters: (zoneId, masters) =>
      masters.flatMap((master) => (ofMaster.all(master, zoneId) as { record: string }[]).map(({ record }) => record)),
    unseen: (listing, afterRow, limit) =>
      unseen.all(listing.zoneId, listing.id, afterRow, limit) as unknown as { assetRow: number; id: string }[],
    markSeen: (listing, assetRows) =>
      transaction(() => {
        for (const row of assetRows) seen.run(listing.id, row);
      }),
    putAlbum: ({ id, name, kind, parent, position }) => void putAlbum.run(accountId, id, name, kind, parent ?? null, position),
    endAlbum: (id, nowMs) => Number(endAlbum.run(nowMs, accountId, id).changes) > 0,
    addMember(albumId, assetId) {
      const row = rowOf(albumId);
      if (row) addMember.run(row.id, row.generation, assetId);
      return row !== undefined;
    },
    dropMember(albumId, assetId) {
      const row = rowOf(albumId);
      if (row) dropMember.run(row.id, assetId);
    },
    endedAlbums: () => (ended.all(accountId) as unknown as AlbumRecord[]).map(albumRow),
    forgetAlbumPath: (rowId) => void forgetPath.run(rowId),
    isDirty: (rowId) => (dirty.get(rowId) as { dirty: number } | undefined)?.dirty === 1,
    anyDirty: () => anyDirty.get(accountId) !== undefined,
    clean: (rowId) => void clean.run(rowId),
    allDirty: () => void allDirty.run(accountId),
  };
}

interface ZoneRecord {
  id: number;
  name: string;
  owner: string | null;
  database: Database;
  sync_token: string | null;
  complete_at: number | null;
  fresh_at: number | null;
  left_at: number | null;
}

function zoneState(row: ZoneRecord): ZoneState {
  return {
    zoneId: row.id,
    zone: { name: row.name, owner: row.owner ?? undefined, database: row.database },
    syncToken: row.sync_token ?? undefined,
    completeAtMs: row.complete_at ?? undefined,
    freshAtMs: row.fresh_at ?? undefined,
    left: row.left_at !== null,
  };
}
