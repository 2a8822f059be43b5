import type { DatabaseSync } from 'node:sqlite';
import type { Coverage } from '../../domain/coverage.ts';
import type { MonthBytes, Places } from '../../ports/overview.ts';
import { coverageQuery } from './coverage.ts';

/** The questions of `Overview` on one connection: each walks through the whole catalog. `nowMs`: the moment of the question. */
export interface OverviewQueries {
  coverage(nowMs: number): Coverage;
  growth(): readonly MonthBytes[];
  newest(sinceMs: number, limit: number): readonly number[];
  places(): Places;
}

export interface OverviewScope {
  readonly accountId: number;
  readonly verifyDays: number;
}

export function overviewQueries(database: DatabaseSync, { accountId, verifyDays }: OverviewScope): OverviewQueries {
  let askedMs = 0;
  const coverage = coverageQuery(database, accountId, verifyDays, () => askedMs);
  const owned = 'FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?';
  const growth = database.prepare(
    `SELECT strftime('%Y-%m', file.stored_at / 1000, 'unixepoch') AS month, sum(file.size) AS bytes ${owned} GROUP BY month ORDER BY month`,
  );
  const newest = database.prepare(
    `SELECT asset.id AS row ${owned} AND file.kind = 'original' AND file.stored_at >= ? ORDER BY file.stored_at DESC, asset.id DESC LIMIT ?`,
  );
  const places = database.prepare(`
    SELECT asset.id AS row, json_extract(details, '$.latitude') AS latitude, json_extract(details, '$.longitude') AS longitude
    FROM asset CROSS JOIN zone ON zone.id = asset.zone_id
    WHERE asset.id > 0 AND zone.account_id = ? AND asset.hidden = 0 AND latitude IS NOT NULL AND longitude IS NOT NULL
      AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id)`);

  return {
    coverage(nowMs) {
      askedMs = nowMs;
      return coverage();
    },
    growth: () => (growth.all(accountId) as unknown as MonthBytes[]).map((month) => ({ ...month })),
    newest: (sinceMs, limit) => (newest.all(accountId, sinceMs, limit) as { row: number }[]).map(({ row }) => row),
    places() {
      const [rows, latitudes, longitudes]: [number[], number[], number[]] = [[], [], []];
      for (const place of places.iterate(accountId) as Iterable<{ row: number; latitude: number; longitude: number }>) {
        rows.push(place.row);
        latitudes.push(place.latitude);
        longitudes.push(place.longitude);
      }
      return { rows: Uint32Array.from(rows), latitudes: Float32Array.from(latitudes), longitudes: Float32Array.from(longitudes) };
    },
  };
}
