import type { DatabaseSync } from 'node:sqlite';
import type { Album } from '../../domain/album.ts';
import type { AlbumRow, Catalog, LinkRow, MemberFile } from '../../ports/catalog.ts';

type AlbumQueries = Pick<
  Catalog,
  | 'putAlbums'
  | 'albums'
  | 'setAlbumPath'
  | 'beginMembers'
  | 'addMembers'
  | 'endMembers'
  | 'memberFiles'
  | 'countStrayMembers'
  | 'links'
  | 'addLink'
  | 'dropLink'
>;

export const ALBUM_COLUMNS = 'id, record, name, kind, parent, position, path';

/** The album tree, its members, and the links made for them. Member lists are written beside the valid one and swapped when whole. */
export function albumQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): AlbumQueries {
  // Only these: whoever leaves and comes back has all its members' sidecars looked at.
  const leave = database.prepare(
    'UPDATE album SET gone_at = ?1 WHERE account_id = ?2 AND gone_at IS NULL AND record NOT IN (SELECT value FROM json_each(?3))',
  );
  const put = database.prepare(`
    INSERT INTO album (account_id, record, name, kind, parent, position) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, record) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent, position = excluded.position, gone_at = NULL`);
  const all = database.prepare(`SELECT ${ALBUM_COLUMNS} FROM album WHERE account_id = ? AND gone_at IS NULL ORDER BY position, record`);
  const setPath = database.prepare('UPDATE album SET path = ? WHERE id = ?');
  const clearNext = database.prepare(
    'DELETE FROM member WHERE album_id = ?1 AND generation != (SELECT generation FROM album WHERE id = ?1)',
  );
  const addMember = database.prepare(
    'INSERT OR REPLACE INTO member (album_id, generation, position, record) VALUES (?1, (SELECT generation + 1 FROM album WHERE id = ?1), ?2, ?3)',
  );
  const swap = database.prepare('UPDATE album SET generation = generation + 1 WHERE id = ?');
  const members = database.prepare(`
    SELECT asset.id AS assetRow, zone.name || '/' || asset.record AS identity, asset.base, asset.filename, asset.capture_ms AS captureMs, file.path
    FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
      JOIN asset ON asset.record = member.record JOIN zone ON zone.id = asset.zone_id JOIN file ON file.asset_id = asset.id
    WHERE member.album_id = ? AND zone.account_id = ? AND asset.hidden = 0 ORDER BY member.position, member.record, file.kind`);
  const stray = database.prepare(`
    SELECT count(*) AS n FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
    WHERE member.album_id = ? AND NOT EXISTS (SELECT 1 FROM asset WHERE asset.record = member.record)`);
  const links = database.prepare('SELECT path, target FROM link WHERE album_id = ?');
  const addLink = database.prepare(
    'INSERT INTO link (album_id, path, target) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET target = excluded.target',
  );
  const dropLink = database.prepare('DELETE FROM link WHERE album_id = ? AND path = ?');

  return {
    putAlbums: (albums: readonly Album[], nowMs) =>
      transaction(() => {
        leave.run(nowMs, accountId, JSON.stringify(albums.map(({ id }) => id)));
        for (const album of albums) put.run(accountId, album.id, album.name, album.kind, album.parent ?? null, album.position);
      }),
    albums: () => (all.all(accountId) as unknown as AlbumRecord[]).map(albumRow),
    setAlbumPath: (rowId, path) => void setPath.run(path, rowId),
    beginMembers: (rowId) => void clearNext.run(rowId),
    addMembers: (rowId, assetIds, from) =>
      transaction(() => {
        for (const [index, record] of assetIds.entries()) addMember.run(rowId, from + index, record);
      }),
    endMembers: (rowId) =>
      transaction(() => {
        swap.run(rowId);
        clearNext.run(rowId);
      }),
    memberFiles: (rowId) => members.iterate(rowId, accountId) as unknown as Iterable<MemberFile>,
    countStrayMembers: (rowId) => Number((stray.get(rowId) as { n: number }).n),
    links: (rowId) => links.all(rowId) as unknown as LinkRow[],
    addLink: (rowId, { path, target }) => void addLink.run(rowId, path, target),
    dropLink: (rowId, path) => void dropLink.run(rowId, path),
  };
}

export interface AlbumRecord {
  id: number;
  record: string;
  name: string;
  kind: Album['kind'];
  parent: string | null;
  position: number;
  path: string | null;
}

export function albumRow(row: AlbumRecord): AlbumRow {
  return {
    rowId: row.id,
    id: row.record,
    name: row.name,
    kind: row.kind,
    parent: row.parent ?? undefined,
    position: row.position,
    path: row.path ?? undefined,
  };
}
