import type { Asset } from '../../domain/asset.ts';

/** Columns of an item and its zone, to be selected under these names. */
export const ASSET_COLUMNS =
  'zone.name AS zone, asset.record, asset.master, asset.filename, asset.capture_ms, asset.added_ms, asset.offset_s, asset.favorite, asset.hidden';

export interface AssetRow {
  zone: string;
  record: string;
  master: string;
  filename: string | null;
  capture_ms: number | null;
  added_ms: number | null;
  offset_s: number | null;
  favorite: number;
  hidden: number;
}

export function assetOf(row: AssetRow): Asset {
  return {
    zone: row.zone,
    id: row.record,
    masterId: row.master,
    filename: row.filename ?? undefined,
    captureMs: row.capture_ms ?? undefined,
    addedMs: row.added_ms ?? undefined,
    offsetS: row.offset_s ?? undefined,
    favorite: row.favorite === 1,
    hidden: row.hidden === 1,
  };
}
