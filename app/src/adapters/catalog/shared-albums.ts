import type { DatabaseSync } from 'node:sqlite';
import type { SharedAlbumCatalog, SharedFile } from '../../ports/shared-albums.ts';

interface AlbumRow {
  folder: string;
  tag: string | null;
}

/** What is stored of shared albums; these are no part of the library and of its coverage. */
export function sharedAlbumQueries(database: DatabaseSync, accountId: number): SharedAlbumCatalog {
  const album = database.prepare('SELECT folder, tag FROM shared_album WHERE account_id = ? AND guid = ?');
  const folders = database.prepare('SELECT folder FROM shared_album WHERE account_id = ?');
  const put = database.prepare(
    'INSERT INTO shared_album (account_id, guid, folder, tag) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET folder = excluded.folder, tag = excluded.tag',
  );
  const files = database.prepare(
    'SELECT guid, record, kind, base, path, checksum, size, sha256 FROM shared_file WHERE account_id = ? AND guid = ?',
  );
  const putFile = database.prepare(`
    INSERT INTO shared_file (account_id, guid, record, kind, base, path, checksum, size, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, guid, record, kind) DO UPDATE SET path = excluded.path, checksum = excluded.checksum, size = excluded.size, sha256 = excluded.sha256`);
  const count = database.prepare('SELECT count(*) AS n FROM shared_file WHERE account_id = ?');
  const find = (guid: string) => album.get(accountId, guid) as AlbumRow | undefined;
  return {
    sharedFolder: (guid) => find(guid)?.folder,
    sharedFolders: () => (folders.all(accountId) as unknown as AlbumRow[]).map(({ folder }) => folder),
    putSharedAlbum: (guid, folder, tag) => void put.run(accountId, guid, folder, tag ?? null),
    sharedTag: (guid) => find(guid)?.tag ?? undefined,
    sharedFiles: (guid) => files.all(accountId, guid) as unknown as SharedFile[],
    putSharedFile: (file) =>
      void putFile.run(accountId, file.guid, file.record, file.kind, file.base, file.path, file.checksum, file.size, file.sha256),
    countSharedFiles: () => Number((count.get(accountId) as { n: number }).n),
  };
}
