import type { DatabaseSync } from 'node:sqlite';
import type { AssetDetails } from '../../domain/asset.ts';
import type { DescribedRow, DescriptionCatalog } from '../../ports/descriptions.ts';
import { ASSET_COLUMNS, type AssetRow, assetOf } from './asset-row.ts';

interface DescribedAsset extends AssetRow {
  details: string | null;
  original_uti: string | null;
}

interface FileRow extends Omit<DescribedRow, 'described'> {
  described: string | null;
}

/** A folder that names itself as its parent must not be followed for ever. */
const MOST_LEVELS = 60;

/** Assets whose sidecars may be out of date; triggers of the schema put them on the list. */
export function descriptionQueries(database: DatabaseSync, accountId: number): DescriptionCatalog {
  const next = database.prepare(`
    SELECT describe.asset_id AS row FROM describe CROSS JOIN asset ON asset.id = describe.asset_id CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE describe.asset_id > ? AND zone.account_id = ? ORDER BY describe.asset_id LIMIT ?`);
  const drop = database.prepare('DELETE FROM describe WHERE asset_id = ?');
  const all = database.prepare(`
    INSERT OR IGNORE INTO describe SELECT asset.id FROM asset JOIN zone ON zone.id = asset.zone_id
    WHERE zone.account_id = ? AND EXISTS (SELECT 1 FROM file WHERE file.asset_id = asset.id)`);
  const none = database.prepare(
    'DELETE FROM describe WHERE asset_id IN (SELECT asset.id FROM asset JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?)',
  );
  const one = database.prepare(`
    SELECT ${ASSET_COLUMNS}, asset.details,
      (SELECT uti FROM rendition WHERE rendition.asset_id = asset.id AND kind = 'original') AS original_uti
    FROM asset JOIN zone ON zone.id = asset.zone_id WHERE asset.id = ?`);
  const files = database.prepare('SELECT kind, path, checksum, size, sha256, described FROM file WHERE asset_id = ? ORDER BY path');
  const isMember = database.prepare('SELECT 1 FROM member WHERE record = ?');
  // Each name of the path is a row: names may hold any character that could separate them.
  const albums = database.prepare(`
    WITH RECURSIVE up (album_id, level, name, parent) AS (
      SELECT album.id, 0, album.name, album.parent FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
        WHERE member.record = ?1 AND album.account_id = ?2 AND album.gone_at IS NULL
      UNION ALL
      SELECT up.album_id, up.level + 1, album.name, album.parent FROM up JOIN album ON album.record = up.parent AND album.account_id = ?2 WHERE up.level < ${MOST_LEVELS}
    ) SELECT album_id, name FROM up ORDER BY album_id, level DESC`);
  const note = database.prepare('UPDATE file SET described = ? WHERE asset_id = ? AND kind = ?');
  const stored = database.prepare('SELECT 1 FROM file WHERE path = ?');

  return {
    toDescribe: (afterRow, limit) => (next.all(afterRow, accountId, limit) as { row: number }[]).map(({ row }) => row),
    described: (assetRow) => void drop.run(assetRow),
    describeAll: () => void all.run(accountId),
    describeNone: () => void none.run(accountId),
    description(assetRow) {
      const row = one.get(assetRow) as unknown as DescribedAsset | undefined;
      if (!row) return undefined;
      // Most photos are in no album, and the way up is costly to prepare.
      const named = (isMember.get(row.record) ? albums.all(row.record, accountId) : []) as { album_id: number; name: string }[];
      return {
        asset: assetOf(row),
        details: row.details === null ? {} : (JSON.parse(row.details) as AssetDetails),
        originalUti: row.original_uti ?? undefined,
        albums: [...Map.groupBy(named, ({ album_id }) => album_id).values()].map((path) => path.map(({ name }) => name)),
        files: (files.all(assetRow) as unknown as FileRow[]).map((file) => ({ ...file, described: file.described ?? undefined })),
      };
    },
    setDescribed: (assetRow, kind, from) => void note.run(from, assetRow, kind),
    isStored: (path) => stored.get(path) !== undefined,
  };
}
