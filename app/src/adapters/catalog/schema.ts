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
    archived_at INTEGER NOT NULL, complete_at INTEGER, parked_at INTEGER, ended_at INTEGER
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
  CREATE INDEX remote_delete_of_archive ON remote_delete (archive_id);
  CREATE INDEX remote_delete_open ON remote_delete (id) WHERE ended_at IS NULL;
  -- An album is dirty when its links may no longer be what its members ask for: only those are looked at in a run.
  ALTER TABLE album ADD COLUMN dirty INTEGER NOT NULL DEFAULT 1;
  CREATE TRIGGER file_placed AFTER INSERT ON file BEGIN
    UPDATE album SET dirty = 1 WHERE dirty = 0 AND id IN (SELECT album_id FROM member WHERE record = (SELECT record FROM asset WHERE id = NEW.asset_id));
  END;
  CREATE TRIGGER file_moved AFTER UPDATE OF path, asset_id ON file BEGIN
    UPDATE album SET dirty = 1 WHERE dirty = 0 AND id IN (SELECT album_id FROM member WHERE record IN (SELECT record FROM asset WHERE id IN (OLD.asset_id, NEW.asset_id)));
  END;
  CREATE TRIGGER file_left AFTER DELETE ON file BEGIN
    UPDATE album SET dirty = 1 WHERE dirty = 0 AND id IN (SELECT album_id FROM member WHERE record = (SELECT record FROM asset WHERE id = OLD.asset_id));
  END;
  CREATE TRIGGER asset_hidden AFTER UPDATE OF hidden ON asset WHEN OLD.hidden != NEW.hidden BEGIN
    UPDATE album SET dirty = 1 WHERE dirty = 0 AND id IN (SELECT album_id FROM member WHERE record = NEW.record);
  END;
  CREATE TRIGGER member_in AFTER INSERT ON member BEGIN UPDATE album SET dirty = 1 WHERE dirty = 0 AND id = NEW.album_id; END;
  CREATE INDEX archive_file_by_read ON archive_file (read_at);
  CREATE INDEX archive_file_by_path ON archive_file (path);
  CREATE TRIGGER member_out AFTER DELETE ON member BEGIN UPDATE album SET dirty = 1 WHERE dirty = 0 AND id = OLD.album_id; END;
  -- What was read from disk without being stored by us: root '' is the library, others are folders that are imported.
  CREATE TABLE known_file (
    account_id INTEGER NOT NULL REFERENCES account, root TEXT NOT NULL, path TEXT NOT NULL, folder TEXT NOT NULL, folded TEXT NOT NULL,
    size INTEGER NOT NULL, modified_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, checksum TEXT NOT NULL, sha256 TEXT NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, root, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX known_file_by_checksum ON known_file (checksum);
  CREATE INDEX known_file_by_base ON known_file (folder, folded);
  -- When and in which version an entry was last tried: a new version is due at once.
  ALTER TABLE todo ADD COLUMN tried_at INTEGER;
  ALTER TABLE todo ADD COLUMN tried_checksum TEXT;
  CREATE INDEX file_unconfirmed ON file (asset_id) WHERE proof = 'unconfirmed';
  CREATE INDEX asset_kept ON asset (kept_at) WHERE kept_at IS NOT NULL;
  -- Astray: the file does not lie where its rendition is listed, or is listed no longer. Only these are looked at in a run.
  ALTER TABLE file ADD COLUMN astray INTEGER;
  UPDATE file SET astray = 1 WHERE NOT EXISTS (SELECT 1 FROM rendition WHERE rendition.asset_id = file.asset_id AND rendition.kind = file.kind AND rendition.path = file.path);
  CREATE INDEX file_astray ON file (astray) WHERE astray = 1;
  CREATE TRIGGER file_put_astray AFTER INSERT ON file
  WHEN NOT EXISTS (SELECT 1 FROM rendition WHERE asset_id = NEW.asset_id AND kind = NEW.kind AND path = NEW.path) BEGIN
    UPDATE file SET astray = 1 WHERE asset_id = NEW.asset_id AND kind = NEW.kind;
  END;
  CREATE TRIGGER file_gone_astray AFTER UPDATE OF path, asset_id, kind ON file BEGIN
    UPDATE file SET astray = iif(EXISTS (SELECT 1 FROM rendition WHERE asset_id = NEW.asset_id AND kind = NEW.kind AND path = NEW.path), NULL, 1)
    WHERE asset_id = NEW.asset_id AND kind = NEW.kind;
  END;
  CREATE TRIGGER rendition_put AFTER INSERT ON rendition BEGIN
    UPDATE file SET astray = iif(path = NEW.path, NULL, 1) WHERE asset_id = NEW.asset_id AND kind = NEW.kind;
  END;
  CREATE TRIGGER rendition_moved AFTER UPDATE OF path ON rendition WHEN OLD.path != NEW.path BEGIN
    UPDATE file SET astray = iif(path = NEW.path, NULL, 1) WHERE asset_id = NEW.asset_id AND kind = NEW.kind;
  END;
  CREATE TRIGGER rendition_left AFTER DELETE ON rendition BEGIN
    UPDATE file SET astray = 1 WHERE asset_id = OLD.asset_id AND kind = OLD.kind;
  END;
  CREATE TRIGGER file_replaced AFTER UPDATE OF checksum ON file WHEN OLD.checksum != NEW.checksum BEGIN
    UPDATE album SET dirty = 1 WHERE dirty = 0 AND id IN (SELECT album_id FROM member WHERE record = (SELECT record FROM asset WHERE id = NEW.asset_id));
  END;
  -- Albums shared with others, outside the library: smaller copies that are fetched when wanted.
  CREATE TABLE shared_album (account_id INTEGER NOT NULL REFERENCES account, guid TEXT NOT NULL, folder TEXT NOT NULL, tag TEXT, PRIMARY KEY (account_id, guid)) STRICT, WITHOUT ROWID;
  CREATE TABLE shared_file (
    account_id INTEGER NOT NULL REFERENCES account, guid TEXT NOT NULL, record TEXT NOT NULL, kind TEXT NOT NULL, base TEXT NOT NULL, path TEXT NOT NULL,
    checksum TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (account_id, guid, record, kind)
  ) STRICT, WITHOUT ROWID;
  -- Why a filter of the owner leaves a part out: then it is not missing.
  ALTER TABLE rendition ADD COLUMN left_out TEXT;
  CREATE INDEX rendition_left_out ON rendition (left_out) WHERE left_out IS NOT NULL;
  -- Assets whose sidecars may be out of date: whatever changes what a sidecar says puts them here.
  ALTER TABLE file ADD COLUMN described TEXT;
  CREATE TABLE describe (asset_id INTEGER PRIMARY KEY REFERENCES asset ON DELETE CASCADE) STRICT;
  -- No OR IGNORE here: the conflict clause of the statement that fires a trigger overrules its own.
  CREATE TRIGGER describe_asset AFTER UPDATE OF filename, capture_ms, offset_s, favorite, hidden, details ON asset
    WHEN (OLD.filename, OLD.capture_ms, OLD.offset_s, OLD.favorite, OLD.hidden, OLD.details) IS NOT (NEW.filename, NEW.capture_ms, NEW.offset_s, NEW.favorite, NEW.hidden, NEW.details)
    BEGIN INSERT INTO describe SELECT NEW.id WHERE NEW.id NOT IN (SELECT asset_id FROM describe); END;
  CREATE TRIGGER describe_stored AFTER INSERT ON file BEGIN INSERT INTO describe SELECT NEW.asset_id WHERE NEW.asset_id NOT IN (SELECT asset_id FROM describe); END;
  CREATE TRIGGER describe_moved AFTER UPDATE OF path, asset_id, checksum ON file BEGIN
    INSERT INTO describe SELECT NEW.asset_id WHERE NEW.asset_id NOT IN (SELECT asset_id FROM describe);
    UPDATE file SET described = NULL WHERE asset_id = NEW.asset_id AND kind = NEW.kind AND described IS NOT NULL AND (OLD.path, OLD.asset_id) IS NOT (NEW.path, NEW.asset_id);
  END;
  CREATE TRIGGER describe_swap AFTER UPDATE OF generation ON album BEGIN
    INSERT INTO describe SELECT asset.id FROM asset WHERE asset.id NOT IN (SELECT asset_id FROM describe) AND record IN (
      SELECT record FROM member WHERE album_id = NEW.id AND generation IN (OLD.generation, NEW.generation) GROUP BY record HAVING count(*) = 1);
  END;
  CREATE TRIGGER describe_in AFTER INSERT ON member WHEN NEW.generation = (SELECT generation FROM album WHERE id = NEW.album_id) BEGIN
    INSERT INTO describe SELECT id FROM asset WHERE record = NEW.record AND id NOT IN (SELECT asset_id FROM describe);
  END;
  CREATE TRIGGER describe_out AFTER DELETE ON member WHEN OLD.generation = (SELECT generation FROM album WHERE id = OLD.album_id) BEGIN
    INSERT INTO describe SELECT id FROM asset WHERE record = OLD.record AND id NOT IN (SELECT asset_id FROM describe);
  END;
  CREATE TRIGGER describe_renamed AFTER UPDATE OF name, parent, gone_at ON album
    WHEN (OLD.name, OLD.parent, OLD.gone_at IS NULL) IS NOT (NEW.name, NEW.parent, NEW.gone_at IS NULL) BEGIN
    INSERT INTO describe SELECT DISTINCT asset.id FROM member JOIN asset ON asset.record = member.record WHERE asset.id NOT IN (SELECT asset_id FROM describe) AND (member.album_id = NEW.id OR NEW.kind = 'folder');
  END;
  -- Copies in _JPEG, and items whose copy may be out of date.
  CREATE TABLE jpeg_copy (
    asset_id INTEGER PRIMARY KEY REFERENCES asset, path TEXT NOT NULL, folded TEXT NOT NULL, made_from TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jpeg_copy_by_name ON jpeg_copy (folded);
  CREATE TABLE jpeg_todo (asset_id INTEGER PRIMARY KEY REFERENCES asset, disagreed TEXT) STRICT;
  CREATE TRIGGER jpeg_stored AFTER INSERT ON file WHEN NEW.kind IN ('original', 'edited', 'alternative') BEGIN
    INSERT INTO jpeg_todo (asset_id) SELECT NEW.asset_id WHERE NEW.asset_id NOT IN (SELECT asset_id FROM jpeg_todo);
  END;
  CREATE TRIGGER jpeg_changed AFTER UPDATE OF checksum, asset_id, kind ON file
    WHEN NEW.kind IN ('original', 'edited', 'alternative') AND (OLD.checksum, OLD.asset_id, OLD.kind) IS NOT (NEW.checksum, NEW.asset_id, NEW.kind) BEGIN
    INSERT INTO jpeg_todo (asset_id) SELECT id FROM asset WHERE id IN (OLD.asset_id, NEW.asset_id) AND id NOT IN (SELECT asset_id FROM jpeg_todo);
  END;
  CREATE TRIGGER jpeg_left AFTER DELETE ON file WHEN OLD.kind IN ('original', 'edited', 'alternative') BEGIN
    INSERT INTO jpeg_todo (asset_id) SELECT OLD.asset_id WHERE OLD.asset_id NOT IN (SELECT asset_id FROM jpeg_todo);
  END;
  CREATE TRIGGER jpeg_asset AFTER UPDATE OF hidden, folder, base, capture_ms, gone_at ON asset
    WHEN (OLD.hidden, OLD.folder, OLD.base, OLD.capture_ms, OLD.gone_at IS NULL) IS NOT (NEW.hidden, NEW.folder, NEW.base, NEW.capture_ms, NEW.gone_at IS NULL) BEGIN
    INSERT INTO jpeg_todo (asset_id) SELECT NEW.id WHERE NEW.id NOT IN (SELECT asset_id FROM jpeg_todo);
  END;
  `,
  // 3: a file that comes with its sidecar needs no look at it. What changes the sidecar's words afterwards puts its item on the list anyway.
  `
  DROP TRIGGER describe_stored;
  CREATE TRIGGER describe_stored AFTER INSERT ON file WHEN NEW.described IS NULL
    BEGIN INSERT INTO describe SELECT NEW.asset_id WHERE NEW.asset_id NOT IN (SELECT asset_id FROM describe); END;
  `,
];

/** Of the catalogs that this version writes. */
export const CATALOG_FORMAT = MIGRATIONS.length;

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
