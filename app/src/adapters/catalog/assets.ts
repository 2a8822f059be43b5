import type { DatabaseSync } from 'node:sqlite';
import type { StoredFile } from '../../domain/asset.ts';
import type { Catalog, KnownAsset } from '../../ports/catalog.ts';

type AssetQueries = Pick<
  Catalog,
  | 'beginListing'
  | 'endListing'
  | 'findAsset'
  | 'isBaseTaken'
  | 'putAsset'
  | 'putRenditions'
  | 'putTrouble'
  | 'filesOf'
  | 'troubles'
  | 'dropTrouble'
  | 'setPlace'
  | 'fileWithChecksum'
>;

export const FILE_COLUMNS = 'kind, path, checksum, size, sha256, proof';

/** What iCloud says of assets and renditions, listing by listing. */
export function assetQueries(database: DatabaseSync, accountId: number): AssetQueries {
  const putZone = database.prepare(
    'INSERT INTO zone (account_id, name, owner, database) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET owner = excluded.owner, database = excluded.database, left_at = NULL RETURNING id',
  );
  const begin = database.prepare('INSERT INTO listing (zone_id, started_at) VALUES (?, ?) RETURNING id');
  const end = database.prepare('UPDATE listing SET ended_at = ?, complete = ? WHERE id = ?');
  const completeZone = database.prepare(
    'UPDATE zone SET complete_listing = ?1, complete_at = ?2, fresh_at = ?2, sync_token = ?3 WHERE id = ?4',
  );
  const dropTroubles = database.prepare('DELETE FROM trouble WHERE zone_id = ? AND listing_id < ?');
  const find = database.prepare('SELECT id, folder, base, folded, listing_id AS listingId FROM asset WHERE zone_id = ? AND record = ?');
  const taken = database.prepare('SELECT 1 FROM asset WHERE folder = ? AND folded = ?');
  const put = database.prepare(`
    INSERT INTO asset (zone_id, record, master, filename, capture_ms, added_ms, offset_s, favorite, hidden, details, folder, base, folded, listing_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (zone_id, record) DO UPDATE SET master = excluded.master, filename = excluded.filename, capture_ms = excluded.capture_ms,
      added_ms = excluded.added_ms, offset_s = excluded.offset_s, favorite = excluded.favorite, hidden = excluded.hidden, details = excluded.details, listing_id = excluded.listing_id, gone_at = NULL, gone_because = NULL, kept_at = NULL
    RETURNING id`);
  const kindsOf = database.prepare('SELECT kind FROM rendition WHERE asset_id = ?');
  const putRendition = database.prepare(`
    INSERT INTO rendition (asset_id, kind, checksum, size, uti, path, left_out) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET checksum = excluded.checksum, size = excluded.size, uti = excluded.uti, path = excluded.path, left_out = excluded.left_out`);
  const dropRendition = database.prepare('DELETE FROM rendition WHERE asset_id = ? AND kind = ?');
  const putTrouble = database.prepare(`
    INSERT INTO trouble (zone_id, record, what, detail, listing_id) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET what = excluded.what, detail = excluded.detail, listing_id = excluded.listing_id`);
  const seen = database.prepare('UPDATE asset SET listing_id = ? WHERE zone_id = ? AND record = ?');
  const files = database.prepare(`SELECT ${FILE_COLUMNS} FROM file WHERE asset_id = ?`);
  const setPlace = database.prepare('UPDATE asset SET folder = ?, base = ?, folded = ? WHERE id = ?');
  const troubles = database.prepare("SELECT record FROM trouble WHERE zone_id = ? AND record != '' LIMIT 100");
  const dropTrouble = database.prepare('DELETE FROM trouble WHERE zone_id = ? AND record = ?');
  const byChecksum = database.prepare(`
    SELECT ${FILE_COLUMNS} FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id
    WHERE checksum = ? AND zone.account_id = ? AND proof = 'apple' LIMIT 1`);

  return {
    beginListing(zone, nowMs) {
      const zoneId = Number((putZone.get(accountId, zone.name, zone.owner ?? null, zone.database) as { id: number }).id);
      return { zoneId, id: Number((begin.get(zoneId, nowMs) as { id: number }).id) };
    },
    endListing(listing, { complete, syncToken, nowMs }) {
      end.run(nowMs, complete ? 1 : 0, listing.id);
      if (!complete) return;
      completeZone.run(listing.id, nowMs, syncToken ?? null, listing.zoneId);
      dropTroubles.run(listing.zoneId, listing.id);
    },
    findAsset: (zoneId, assetId) => find.get(zoneId, assetId) as unknown as KnownAsset | undefined,
    isBaseTaken: (folder, folded) => taken.get(folder, folded) !== undefined,
    putAsset(listing, asset, place) {
      const row = put.get(
        listing.zoneId,
        asset.id,
        asset.masterId,
        asset.filename ?? null,
        asset.captureMs ?? null,
        asset.addedMs ?? null,
        asset.offsetS ?? null,
        asset.favorite ? 1 : 0,
        asset.hidden ? 1 : 0,
        JSON.stringify(asset.details),
        place.folder,
        place.base,
        place.folded,
        listing.id,
      );
      dropTrouble.run(listing.zoneId, asset.id);
      return Number((row as { id: number }).id);
    },
    putRenditions(assetRow, renditions) {
      const listed = new Set<string>();
      for (const { rendition, path, leftOut } of renditions) {
        listed.add(rendition.kind);
        putRendition.run(assetRow, rendition.kind, rendition.checksum, rendition.size, rendition.uti ?? null, path, leftOut ?? null);
      }
      for (const { kind } of kindsOf.all(assetRow) as { kind: string }[]) if (!listed.has(kind)) dropRendition.run(assetRow, kind);
    },
    putTrouble(listing, record, what, detail) {
      putTrouble.run(listing.zoneId, record, what, detail, listing.id);
      seen.run(listing.id, listing.zoneId, record);
    },
    filesOf: (assetRow) => files.all(assetRow) as unknown as StoredFile[],
    troubles: (zoneId) => (troubles.all(zoneId) as { record: string }[]).map(({ record }) => record),
    dropTrouble: (zoneId, record) => void dropTrouble.run(zoneId, record),
    setPlace: (assetRow, { folder, base, folded }) => void setPlace.run(folder, base, folded, assetRow),
    fileWithChecksum: (checksum) => byChecksum.get(checksum, accountId) as unknown as StoredFile | undefined,
  };
}
