import { DatabaseSync } from 'node:sqlite';

/**
 * Makes the catalog of a small library that of a large one: items that are listed, stored and read, with the rows a sync
 * would have left. Usage: node bench/fill-catalog.ts <catalog.sqlite> <items>
 */
const [, , file = '', count = '0'] = process.argv;
const FIRST_ROW = 10_000_000;
/** Every third photo has a live film. */
const LIVE_EVERY = 3;
const START_MS = Date.UTC(2005, 0, 1);
const STEP_MS = 600_000;

const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as { name: string; sql: string }[];
for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
const zone = database.prepare("SELECT id, complete_listing AS listing FROM zone WHERE name = 'PrimarySync'").get() as {
  id: number;
  listing: number;
};
const putAsset = database.prepare(`
  INSERT INTO asset (id, zone_id, record, master, filename, capture_ms, added_ms, offset_s, favorite, hidden, details, folder, base, folded, listing_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, 3600, 0, 0, ?, ?, ?, ?, ?)`);
const putRendition = database.prepare('INSERT INTO rendition (asset_id, kind, checksum, size, uti, path) VALUES (?, ?, ?, ?, ?, ?)');
const putFile = database.prepare(
  "INSERT INTO file (asset_id, kind, path, checksum, size, sha256, proof, stored_at, read_at) VALUES (?, ?, ?, ?, ?, ?, 'apple', ?, ?)",
);
const DETAILS = JSON.stringify({ latitude: 48.137, longitude: 11.575, width: 4032, height: 3024 });

database.exec('BEGIN');
for (let number = 1; number <= Number(count); number++) {
  const row = FIRST_ROW + number;
  const takenMs = START_MS + number * STEP_MS;
  const month = new Date(takenMs).toISOString().slice(0, 7);
  const folder = `_All-Photos/${month.slice(0, 4)}/${month}`;
  const base = `IMG_F${number}`;
  const hex = number.toString(16).padStart(8, '0').toUpperCase();
  const record = `${hex}-0000-4000-8000-00000000FFFF`;
  putAsset.run(
    row,
    zone.id,
    record,
    `A${hex}filledfilledfille`,
    `${base}.HEIC`,
    takenMs,
    takenMs,
    DETAILS,
    folder,
    base,
    base.toLowerCase(),
    zone.listing,
  );
  for (const [kind, extension] of number % LIVE_EVERY === 0
    ? [
        ['original', 'HEIC'],
        ['live-video', 'MOV'],
      ]
    : [['original', 'HEIC']]) {
    const checksum = `F${String(kind).at(0)}${hex}filledfillede=`;
    const path = `${folder}/${base}.${extension}`;
    putRendition.run(row, String(kind), checksum, 2_000_000, 'public.heic', path);
    putFile.run(row, String(kind), path, checksum, 2_000_000, hex.repeat(8), takenMs, Date.now());
  }
}
database.exec('COMMIT');
for (const { sql } of triggers) database.exec(sql);
database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
database.close();
