import type { DatabaseSync } from 'node:sqlite';
import { Problem } from '../../domain/problem.ts';

/**
 * One step per version, applied in order and never edited once released. Paths are relative to the library, `/`-separated;
 * times are epoch ms; every row hangs on an account, so that a family's accounts can share one container later.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE account (id INTEGER PRIMARY KEY, apple_id TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE zone (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account, name TEXT NOT NULL, owner TEXT, database TEXT NOT NULL,
    sync_token TEXT, complete_listing INTEGER, complete_at INTEGER, UNIQUE (account_id, name)
  ) STRICT;
  CREATE TABLE listing (
    id INTEGER PRIMARY KEY AUTOINCREMENT, zone_id INTEGER NOT NULL REFERENCES zone, started_at INTEGER NOT NULL, ended_at INTEGER, complete INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE asset (
    id INTEGER PRIMARY KEY, zone_id INTEGER NOT NULL REFERENCES zone, record TEXT NOT NULL, master TEXT NOT NULL, filename TEXT,
    capture_ms INTEGER, added_ms INTEGER, offset_s INTEGER, favorite INTEGER NOT NULL, hidden INTEGER NOT NULL,
    folder TEXT NOT NULL, base TEXT NOT NULL, folded TEXT NOT NULL, listing_id INTEGER NOT NULL,
    UNIQUE (zone_id, record), UNIQUE (folder, folded)
  ) STRICT;
  CREATE INDEX asset_by_record ON asset (record);
  CREATE TABLE rendition (
    asset_id INTEGER NOT NULL REFERENCES asset, kind TEXT NOT NULL, checksum TEXT NOT NULL, size INTEGER NOT NULL, uti TEXT, path TEXT NOT NULL,
    PRIMARY KEY (asset_id, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE file (
    asset_id INTEGER NOT NULL REFERENCES asset, kind TEXT NOT NULL, path TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, size INTEGER NOT NULL,
    sha256 TEXT NOT NULL, proof TEXT NOT NULL, stored_at INTEGER NOT NULL, read_at INTEGER NOT NULL,
    PRIMARY KEY (asset_id, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX file_by_checksum ON file (checksum);
  CREATE TABLE todo (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, asset_id INTEGER NOT NULL REFERENCES asset, kind TEXT NOT NULL, since INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, code TEXT, message TEXT, next_try INTEGER, disagreed_sha256 TEXT, UNIQUE (asset_id, kind)
  ) STRICT;
  CREATE TABLE trouble (
    zone_id INTEGER NOT NULL REFERENCES zone, record TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, listing_id INTEGER NOT NULL,
    PRIMARY KEY (zone_id, record)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE album (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account, record TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    parent TEXT, position INTEGER NOT NULL, path TEXT, gone_at INTEGER, generation INTEGER NOT NULL DEFAULT 0, UNIQUE (account_id, record)
  ) STRICT;
  CREATE TABLE member (
    album_id INTEGER NOT NULL REFERENCES album, generation INTEGER NOT NULL, position INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (album_id, generation, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE link (album_id INTEGER NOT NULL REFERENCES album, path TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (album_id, path)) STRICT, WITHOUT ROWID;
  CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL REFERENCES account, command TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, report TEXT) STRICT;
  `,
  // 2: proof of removal, what verify finds, metadata, incremental album members, archives.
  `
  ALTER TABLE asset ADD COLUMN gone_at INTEGER;
  ALTER TABLE asset ADD COLUMN gone_because TEXT;
  ALTER TABLE asset ADD COLUMN kept_at INTEGER;
  ALTER TABLE asset ADD COLUMN details TEXT;
  CREATE INDEX asset_by_master ON asset (master);
  CREATE INDEX asset_gone ON asset (gone_at) WHERE gone_at IS NOT NULL;
  ALTER TABLE zone ADD COLUMN fresh_at INTEGER;
  ALTER TABLE zone ADD COLUMN left_at INTEGER;
  ALTER TABLE file ADD COLUMN finding TEXT;
  ALTER TABLE file ADD COLUMN found_at INTEGER;
  CREATE INDEX file_by_read ON file (read_at);
  CREATE INDEX file_findings ON file (finding) WHERE finding IS NOT NULL;
  CREATE TABLE preview (
    asset_id INTEGER NOT NULL REFERENCES asset, kind TEXT NOT NULL, checksum TEXT NOT NULL, size INTEGER NOT NULL, uti TEXT,
    PRIMARY KEY (asset_id, kind)
  ) STRICT, WITHOUT ROWID;
  DROP TABLE member;
  CREATE TABLE member (
    album_id INTEGER NOT NULL REFERENCES album, generation INTEGER NOT NULL, record TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (album_id, generation, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX member_by_record ON member (record);
  CREATE TABLE archive (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account, album_record TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
    archived_at INTEGER NOT NULL, parked_at INTEGER, ended_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX archive_of_album ON archive (account_id, album_record) WHERE ended_at IS NULL;
  CREATE TABLE archive_file (
    archive_id INTEGER NOT NULL REFERENCES archive, path TEXT NOT NULL, zone TEXT NOT NULL, record TEXT NOT NULL, kind TEXT NOT NULL,
    checksum TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, proof TEXT NOT NULL, read_at INTEGER NOT NULL, finding TEXT, found_at INTEGER,
    PRIMARY KEY (archive_id, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX archive_file_by_record ON archive_file (record);
  CREATE TABLE remote_delete (
    id INTEGER PRIMARY KEY AUTOINCREMENT, archive_id INTEGER NOT NULL REFERENCES archive, zone TEXT NOT NULL, record TEXT NOT NULL, name TEXT NOT NULL,
    bytes INTEGER NOT NULL, intended_at INTEGER NOT NULL, ended_at INTEGER, outcome TEXT, detail TEXT, recoverable_until INTEGER
  ) STRICT;
  CREATE INDEX remote_delete_by_record ON remote_delete (record);
  `,
];

/** Brings the catalog to this program's version, step by step, each in its own transaction. */
export function migrate(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > MIGRATIONS.length) {
    throw new Problem(
      'catalog-broken',
      `The catalog was written by a newer version of this program (format ${found}, this one knows ${MIGRATIONS.length}). Use that version.`,
    );
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < found) continue;
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}
