import type { DatabaseSync } from 'node:sqlite';
import type { AlbumSummary, Browse } from '../../ports/browse.ts';

interface AlbumRecord {
  row: number;
  record: string;
  name: string;
  kind: string;
  parent: string | null;
  path: string | null;
  items: number;
  cover: number | null;
}

interface AlbumBrowsing {
  readonly list: Browse['albums'];
  readonly items: Browse['albumItems'];
  readonly ofItem: (record: string) => { row: number; path: string }[];
}

/** Folders nest a few levels deep; more would be a ring in what iCloud sent. */
const MOST_LEVELS = 20;

/** Albums and folders for the page. */
export function albumBrowsing(database: DatabaseSync, accountId: number): AlbumBrowsing {
  // With max() the other columns come from the row that holds the maximum: the cover is the newest member.
  const all = database.prepare(`
    WITH held AS (
      SELECT album.id AS album, count(*) AS items, asset.id AS cover, max(member.position)
      FROM album JOIN member ON member.album_id = album.id AND member.generation = album.generation
        JOIN asset ON asset.record = member.record JOIN zone ON zone.id = asset.zone_id
      WHERE album.account_id = ?1 AND zone.account_id = ?1 AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id) GROUP BY album.id)
    SELECT album.id AS row, record, name, kind, parent, album.path, coalesce(held.items, 0) AS items, held.cover
    FROM album LEFT JOIN held ON held.album = album.id WHERE account_id = ?1 AND gone_at IS NULL ORDER BY album.position, record`);
  const items = database.prepare(`
    SELECT asset.id AS row FROM album JOIN member ON member.album_id = album.id AND member.generation = album.generation
      JOIN asset ON asset.record = member.record JOIN zone ON zone.id = asset.zone_id
    WHERE album.id = ? AND album.account_id = ? AND zone.account_id = album.account_id AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id)
    ORDER BY member.position`);
  const holding = database.prepare(`
    SELECT album.id AS row FROM album JOIN member ON member.album_id = album.id AND member.generation = album.generation
    WHERE member.record = ? AND album.account_id = ? AND album.gone_at IS NULL AND album.kind = 'album'`);

  const tree = () => {
    const records = all.all(accountId) as unknown as AlbumRecord[];
    const byRecord = new Map(records.map((record) => [record.record, record]));
    const foldersOf = (record: AlbumRecord): string[] => {
      const names: string[] = [];
      for (let at = record.parent; at !== null && names.length < MOST_LEVELS; ) {
        const folder = byRecord.get(at);
        if (!folder) break;
        names.unshift(folder.name);
        at = folder.parent;
      }
      return names;
    };
    return { records, foldersOf };
  };

  return {
    list() {
      const { records, foldersOf } = tree();
      return records.map(
        (record): AlbumSummary => ({
          row: record.row,
          name: record.name,
          kind: record.kind,
          path: record.path ?? undefined,
          folders: foldersOf(record),
          items: record.items,
          cover: record.cover ?? undefined,
        }),
      );
    },
    items: (album) => (items.all(album, accountId) as { row: number }[]).map(({ row }) => row),
    ofItem(record) {
      const holders = new Set((holding.all(record, accountId) as { row: number }[]).map(({ row }) => row));
      if (holders.size === 0) return [];
      const { records, foldersOf } = tree();
      return records
        .filter(({ row }) => holders.has(row))
        .map((album) => ({ row: album.row, path: [...foldersOf(album), album.name].join(' / ') }));
    },
  };
}
