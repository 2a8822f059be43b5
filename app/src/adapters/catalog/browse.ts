import type { DatabaseSync } from 'node:sqlite';
import type { AssetDetails, Zone } from '../../domain/asset.ts';
import type { Browse, ItemDetail, ItemSummary } from '../../ports/browse.ts';
import { albumBrowsing } from './browse-albums.ts';
import { runBrowsing } from './browse-runs.ts';

/** Endings by which a film is recognised, also in a catalog that was rebuilt from the tree. */
const FILMS = ['mov', 'mp4', 'm4v', 'avi', '3gp', '3g2', 'mts', 'm2ts', 'mpg', 'mpeg', 'mkv', 'wmv', 'qt', 'ts', 'webm', 'mpg4'];
/** By length, because cutting off so many characters is far cheaper than sixteen comparisons with LIKE. */
const IS_FILM = [2, 3, 4]
  .map((length) => {
    const endings = FILMS.filter((ending) => ending.length === length).map((ending) => `'.${ending}'`);
    return `lower(substr(path, -${length + 1})) IN (${endings.join(', ')})`;
  })
  .join(' OR ');

/** Bits of FLAG in ports/browse.ts. */
const FLAGS = `asset.favorite | asset.hidden * 2
  | (asset.gone_at IS NOT NULL OR asset.kept_at IS NOT NULL) * 4
  | (SELECT max(kind = 'live-video') * 8 | max(kind IN ('edited', 'edited-video')) * 16 | max(kind = 'original' AND (${IS_FILM})) * 32
     FROM file WHERE asset_id = asset.id)`;
const TAKEN = 'coalesce(asset.capture_ms, asset.added_ms, 0) + coalesce(asset.offset_s, 0) * 1000';
const STORED = 'zone.account_id = ?1 AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id)';
const SHOWN = `(SELECT checksum FROM file WHERE asset_id = asset.id
  ORDER BY CASE kind WHEN 'edited' THEN 0 WHEN 'edited-video' THEN 1 WHEN 'original' THEN 2 ELSE 3 END LIMIT 1)`;

interface SummaryRow {
  row: number;
  takenMs: number;
  flags: number;
  filename: string | null;
  base: string;
  path: string | null;
  durationMs: number | null;
  shown: string;
  zone: string;
  asset: string;
  master: string;
}

interface DetailRow extends SummaryRow {
  captureMs: number | null;
  addedMs: number | null;
  offsetS: number | null;
  details: string | null;
}

const MOST_ITEMS = 1000;

/** What the page asks of the catalog. Walks by row number, so no order has to be kept while a sync writes. */
export function browseQueries(database: DatabaseSync, accountId: number): Browse {
  const changes = database.prepare('SELECT total_changes() AS n');
  const timeline = database.prepare(`
    SELECT asset.id AS row, ${TAKEN} AS takenMs, ${FLAGS} AS flags,
      json_extract(details, '$.width') * 1.0 / nullif(json_extract(details, '$.height'), 0) AS ratio
    FROM asset CROSS JOIN zone ON zone.id = asset.zone_id WHERE asset.id > ?2 AND ${STORED} ORDER BY asset.id LIMIT ?3`);
  const texts = database.prepare(`
    SELECT asset.id AS row, concat_ws(char(10), filename, base, json_extract(details, '$.title'), json_extract(details, '$.caption'),
      json_extract(details, '$.keywords')) AS text
    FROM asset CROSS JOIN zone ON zone.id = asset.zone_id WHERE asset.id > ?2 AND ${STORED} ORDER BY asset.id LIMIT ?3`);
  const summary = `asset.id AS row, ${TAKEN} AS takenMs, ${FLAGS} AS flags, filename, base, ${SHOWN} AS shown,
    (SELECT path FROM file WHERE asset_id = asset.id AND kind = 'original') AS path, json_extract(details, '$.durationMs') AS durationMs,
    zone.name AS zone, record AS asset, master`;
  const items = database.prepare(`
    SELECT ${summary} FROM json_each(?2) AS wanted CROSS JOIN asset ON asset.id = wanted.value CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE ${STORED} ORDER BY wanted.key`);
  const one = database.prepare(`
    SELECT ${summary}, capture_ms AS captureMs, added_ms AS addedMs, offset_s AS offsetS, details
    FROM asset JOIN zone ON zone.id = asset.zone_id WHERE asset.id = ?2 AND ${STORED}`);
  const files = database.prepare(`
    SELECT kind, path, checksum, sha256, size, proof, stored_at AS storedAtMs, read_at AS readAtMs FROM file WHERE asset_id = ?
    ORDER BY CASE kind WHEN 'original' THEN 0 WHEN 'edited' THEN 1 WHEN 'live-video' THEN 2 ELSE 3 END, kind`);
  const zones = database.prepare('SELECT name, owner, database FROM zone WHERE account_id = ? AND name = ?');
  const albums = albumBrowsing(database, accountId);

  return {
    version: () => Number((changes.get() as { n: number }).n),
    timeline: (afterRow, limit) =>
      (timeline.all(accountId, afterRow, limit) as { row: number; takenMs: number; flags: number; ratio: number | null }[]).map(
        ({ ratio, ...rest }) => ({ ...rest, ratio: ratio ?? undefined }),
      ),
    texts: (afterRow, limit) => texts.all(accountId, afterRow, limit) as unknown as { row: number; text: string }[],
    items: (rows) =>
      (items.all(accountId, JSON.stringify(rows.slice(0, MOST_ITEMS))) as unknown as SummaryRow[]).map((row) => summaryOf(row)),
    item(row) {
      const found = one.get(accountId, row) as DetailRow | undefined;
      if (!found) return undefined;
      return {
        ...summaryOf(found),
        captureMs: found.captureMs ?? undefined,
        addedMs: found.addedMs ?? undefined,
        offsetS: found.offsetS ?? undefined,
        details: found.details === null ? {} : (JSON.parse(found.details) as AssetDetails),
        files: files.all(row) as unknown as ItemDetail['files'],
        albums: albums.ofItem(found.asset),
      };
    },
    zone(name) {
      const found = zones.get(accountId, name) as { name: string; owner: string | null; database: Zone['database'] } | undefined;
      return found && { ...found, owner: found.owner ?? undefined };
    },
    albums: albums.list,
    albumItems: albums.items,
    ...runBrowsing(database, accountId),
  };
}

function summaryOf({ row, takenMs, flags, filename, base, path, durationMs, shown, zone, asset, master }: SummaryRow): ItemSummary {
  // The name on disk is the one that people can look for there.
  const name = path?.slice(path.lastIndexOf('/') + 1) ?? filename ?? base;
  return { row, takenMs, flags, name, durationMs: durationMs ?? undefined, shown, zone, asset, master };
}
