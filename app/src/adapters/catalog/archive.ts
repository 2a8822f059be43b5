import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedFile, ArchiveMember } from '../../domain/archive-plan.ts';
import type { ArchiveCatalog, ArchiveFileRow, ArchiveRow, MemberPart, RemoteDelete } from '../../ports/archive-catalog.ts';
import type { Catalog } from '../../ports/catalog.ts';

const FILE_COLUMNS = 'zone, record AS asset, kind, path, checksum, size, sha256, proof, finding';
const DELETE_COLUMNS =
  'remote_delete.id, archive_id AS archiveId, zone, record AS asset, remote_delete.name, bytes, intended_at AS intendedAtMs, recoverable_until AS recoverableUntilMs';

const NO_ARCHIVE = -1;

/** Archived albums, their files, and what was deleted in iCloud because of them. */
export function archiveQueries(database: DatabaseSync, accountId: number, transaction: Catalog['transaction']): ArchiveCatalog {
  const all = database.prepare(`
    SELECT id, album_record AS album, name, path, archived_at AS archivedAtMs, complete_at AS completeAtMs, parked_at AS parkedAtMs,
      (SELECT count(*) FROM archive_file WHERE archive_id = archive.id) AS files,
      (SELECT coalesce(sum(size), 0) FROM archive_file WHERE archive_id = archive.id) AS bytes
    FROM archive WHERE account_id = ? AND ended_at IS NULL ORDER BY path`);
  const begin = database.prepare(`
    INSERT INTO archive (account_id, album_record, name, path, archived_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account_id, album_record) WHERE ended_at IS NULL DO UPDATE SET name = excluded.name RETURNING id`);
  const dropLinks = database.prepare('DELETE FROM link WHERE album_id = (SELECT id FROM album WHERE account_id = ? AND record = ?)');
  const complete = database.prepare('UPDATE archive SET complete_at = ? WHERE id = ?');
  const oldPath = database.prepare('SELECT path FROM archive WHERE id = ?');
  const move = database.prepare('UPDATE archive SET path = ?, parked_at = ? WHERE id = ?');
  const moveFiles = database.prepare('UPDATE archive_file SET path = ? || substr(path, ?) WHERE archive_id = ? AND substr(path, 1, ?) = ?');
  const end = database.prepare('UPDATE archive SET ended_at = ? WHERE id = ?');
  const forgetFiles = database.prepare('DELETE FROM archive_file WHERE archive_id = ?');
  const putFile = database.prepare(`
    INSERT INTO archive_file (archive_id, zone, record, kind, path, checksum, size, sha256, proof, finding, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (archive_id, path) DO UPDATE SET zone = excluded.zone, record = excluded.record, kind = excluded.kind, checksum = excluded.checksum,
      size = excluded.size, sha256 = excluded.sha256, proof = excluded.proof, finding = excluded.finding, read_at = excluded.read_at`);
  const dropFile = database.prepare('DELETE FROM archive_file WHERE archive_id = ? AND path = ?');
  const files = database.prepare(`SELECT ${FILE_COLUMNS} FROM archive_file WHERE archive_id = ? ORDER BY path`);
  const parts = database.prepare(`
    SELECT asset.id AS assetRow, zone.name || '/' || asset.record AS identity, asset.base, asset.filename, asset.capture_ms AS captureMs, file.path,
      zone.name AS zone, asset.record AS asset, file.kind, file.checksum, file.size, file.sha256, file.proof
    FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
      JOIN asset ON asset.record = member.record JOIN zone ON zone.id = asset.zone_id JOIN file ON file.asset_id = asset.id
    WHERE member.album_id = ? AND zone.account_id = ? AND asset.hidden = 0 ORDER BY member.position, member.record, file.kind`);
  const records = database.prepare(`
    SELECT record FROM archive_file WHERE archive_id = ?1
    UNION SELECT member.record FROM album JOIN member ON member.album_id = album.id AND member.generation = album.generation
      WHERE album.record = ?2 AND album.account_id = ?3`);
  const asset = database.prepare(`
    SELECT asset.id, zone.name AS zone, asset.master, asset.base AS name, asset.favorite, asset.hidden, asset.gone_at AS goneAt
    FROM asset JOIN zone ON zone.id = asset.zone_id WHERE asset.record = ? AND zone.account_id = ? ORDER BY asset.gone_at IS NOT NULL LIMIT 1`);
  const renditions = database.prepare('SELECT kind, checksum FROM rendition WHERE asset_id = ?');
  const filesOf = database.prepare(`SELECT ${FILE_COLUMNS} FROM archive_file WHERE archive_id = ? AND record = ?`);
  const albumsOf = database.prepare(`
    SELECT album.record, album.name FROM member JOIN album ON album.id = member.album_id AND album.generation = member.generation
    WHERE member.record = ? AND album.account_id = ? AND album.gone_at IS NULL AND album.kind = 'album'`);
  const albumRecord = database.prepare('SELECT album_record AS record FROM archive WHERE id = ?');
  const twin = database.prepare(`
    SELECT file.path FROM file JOIN asset ON asset.id = file.asset_id WHERE asset.record = ? AND file.kind = ? AND file.sha256 = ?
      AND asset.gone_at IS NULL AND file.finding IS NULL
      -- Deleted by us, perhaps not noticed yet: the file in the tree is about to leave it.
      AND NOT EXISTS (SELECT 1 FROM remote_delete WHERE remote_delete.record = asset.record AND coalesce(outcome, 'deleted') = 'deleted') LIMIT 1`);
  const missing = database.prepare(`
    SELECT DISTINCT todo.asset_id AS row FROM todo JOIN asset ON asset.id = todo.asset_id JOIN member ON member.record = asset.record
      JOIN album ON album.id = member.album_id AND album.generation = member.generation WHERE member.album_id = ?`);
  const intend = database.prepare(
    'INSERT INTO remote_delete (archive_id, zone, record, name, bytes, intended_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
  );
  const endDelete = database.prepare(
    'UPDATE remote_delete SET outcome = ?, detail = ?, recoverable_until = coalesce(?, recoverable_until), ended_at = ? WHERE id = ?',
  );
  const open = database.prepare(`
    SELECT ${DELETE_COLUMNS}, (SELECT asset.master FROM asset WHERE asset.record = remote_delete.record LIMIT 1) AS master
    FROM remote_delete JOIN archive ON archive.id = remote_delete.archive_id WHERE archive.account_id = ? AND remote_delete.ended_at IS NULL`);
  const deleted = database.prepare(`SELECT ${DELETE_COLUMNS} FROM remote_delete WHERE archive_id = ? AND outcome = 'deleted' ORDER BY id`);

  function memberOf(archiveId: number, album: string, record: string): ArchiveMember | undefined {
    const row = asset.get(record, accountId) as unknown as AssetRecord | undefined;
    const archived = filesOf.all(archiveId, record) as unknown as ArchivedFile[];
    if (!row) return undefined;
    const albums = albumsOf.all(record, accountId) as { record: string; name: string }[];
    return {
      row: row.id,
      zone: row.zone,
      asset: record,
      master: row.master,
      name: row.name,
      favorite: row.favorite === 1,
      hidden: row.hidden === 1,
      gone: row.goneAt !== null,
      inAlbum: albums.some((one) => one.record === album),
      otherAlbums: albums.filter((one) => one.record !== album).map(({ name }) => name),
      renditions: renditions.all(row.id) as unknown as ArchiveMember['renditions'],
      files: archived,
    };
  }

  const membersOf = (album: string, id: number) =>
    (records.all(id, album, accountId) as { record: string }[]).flatMap(({ record }) => memberOf(id, album, record) ?? []);

  return {
    archives: () =>
      (all.all(accountId) as unknown as ArchiveRecord[]).map((row) => ({
        ...row,
        completeAtMs: row.completeAtMs ?? undefined,
        parkedAtMs: row.parkedAtMs ?? undefined,
      })),
    beginArchive: (album, name, path, nowMs) =>
      transaction(() => {
        dropLinks.run(accountId, album); // they give way to files one by one; nobody may take them away meanwhile
        return Number((begin.get(accountId, album, name, path, nowMs) as { id: number }).id);
      }),
    completeArchive: (id, nowMs) => void complete.run(nowMs, id),
    moveArchive: (id, path, parkedAtMs) =>
      transaction(() => {
        const { path: before } = oldPath.get(id) as { path: string };
        move.run(path, parkedAtMs ?? null, id);
        // In characters, as SQLite counts them.
        const length = [...`${before}/`].length;
        moveFiles.run(`${path}/`, length + 1, id, length, `${before}/`);
      }),
    endArchive: (id, nowMs) =>
      transaction(() => {
        end.run(nowMs, id);
        forgetFiles.run(id);
      }),
    putArchiveFile: (id, file, nowMs) =>
      void putFile.run(
        id,
        file.zone,
        file.asset,
        file.kind,
        file.path,
        file.checksum,
        file.size,
        file.sha256,
        file.proof,
        file.finding,
        nowMs,
      ),
    dropArchiveFile: (id, path) => void dropFile.run(id, path),
    archiveFiles: (id) => files.all(id) as unknown as ArchiveFileRow[],
    twinOf: ({ asset: record, kind, sha256 }) => (twin.get(record, kind, sha256) as { path: string } | undefined)?.path,
    memberParts: (albumRow) => parts.all(albumRow, accountId) as unknown as MemberPart[],
    archiveMembers: (id) => membersOf((albumRecord.get(id) as { record: string }).record, id),
    membersOfAlbum: (album, id) => membersOf(album, id ?? NO_ARCHIVE),
    missingOf: (albumRow) => (missing.all(albumRow) as { row: number }[]).map(({ row }) => row),
    intend(archiveId, items, nowMs) {
      // iCloud is asked next: a power cut must take neither this note nor what the archive has noted before it.
      database.exec('PRAGMA synchronous = FULL');
      try {
        return transaction(() =>
          items.map(({ zone, asset: record, name, bytes }) =>
            Number((intend.get(archiveId, zone, record, name, bytes, nowMs) as { id: number }).id),
          ),
        );
      } finally {
        database.exec('PRAGMA synchronous = NORMAL');
      }
    },
    endDelete: (id, outcome, detail, recoverableUntilMs, nowMs) =>
      void endDelete.run(outcome, detail ?? null, recoverableUntilMs ?? null, nowMs, id),
    openDeletes: () =>
      (open.all(accountId) as unknown as OpenRecord[]).map((row) => ({ ...deleteRow(row), master: row.master ?? undefined })),
    deletedOf: (archiveId) => (deleted.all(archiveId) as unknown as DeleteRecord[]).map(deleteRow),
  };
}

interface ArchiveRecord extends Omit<ArchiveRow, 'completeAtMs' | 'parkedAtMs'> {
  completeAtMs: number | null;
  parkedAtMs: number | null;
}

interface AssetRecord {
  id: number;
  zone: string;
  master: string;
  name: string;
  favorite: number;
  hidden: number;
  goneAt: number | null;
}

interface DeleteRecord extends Omit<RemoteDelete, 'recoverableUntilMs'> {
  recoverableUntilMs: number | null;
}

interface OpenRecord extends DeleteRecord {
  master: string | null;
}

function deleteRow({ id, archiveId, zone, asset, name, bytes, intendedAtMs, recoverableUntilMs }: DeleteRecord): RemoteDelete {
  return { id, archiveId, zone, asset, name, bytes, intendedAtMs, recoverableUntilMs: recoverableUntilMs ?? undefined };
}
