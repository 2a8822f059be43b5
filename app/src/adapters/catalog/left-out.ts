import type { DatabaseSync } from 'node:sqlite';
import type { RenditionKind } from '../../domain/asset.ts';
import type { LeftOutCatalog } from '../../ports/left-out.ts';

/** Parts that a filter leaves out. */
export function leftOutQueries(database: DatabaseSync, accountId: number): LeftOutCatalog {
  const inAlbums = database.prepare(`
    SELECT 1 FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
    WHERE member.record = ? AND album.account_id = ? AND album.id IN (SELECT value FROM json_each(?)) LIMIT 1`);
  const members = database.prepare(`
    SELECT rendition.asset_id AS assetRow, rendition.kind FROM rendition JOIN asset ON asset.id = rendition.asset_id
    WHERE rendition.left_out = 'not-in-albums' AND asset.gone_at IS NULL AND EXISTS (
      SELECT 1 FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
      WHERE member.record = asset.record AND album.account_id = ? AND album.id IN (SELECT value FROM json_each(?)))`);
  const set = database.prepare('UPDATE rendition SET left_out = ? WHERE asset_id = ? AND kind = ?');
  return {
    isInAlbums: (assetId, albumRows) => inAlbums.get(assetId, accountId, JSON.stringify(albumRows)) !== undefined,
    leftOutMembers: (albumRows) => members.all(accountId, JSON.stringify(albumRows)) as { assetRow: number; kind: RenditionKind }[],
    setLeftOut: (assetRow, kind, because) => void set.run(because ?? null, assetRow, kind),
  };
}
