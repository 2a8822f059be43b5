import type { DatabaseSync } from 'node:sqlite';
import { fold } from '../../domain/fold.ts';
import type { FoundFile, FoundFiles } from '../../ports/found-files.ts';

const COLUMNS = 'root, path, size, modified_ms AS modifiedMs, changed_ms AS changedMs, checksum, sha256';
/** Files of the library that an item owns are no longer "found"; those of an import folder always are. */
const UNOWNED = "(known_file.root != '' OR NOT EXISTS (SELECT 1 FROM file WHERE file.path = known_file.path))";

/** What was read from disk, kept so that a walk that broke off is continued and not begun anew. */
export function knownFileQueries(database: DatabaseSync, accountId: number): FoundFiles {
  const put = database.prepare(`
    INSERT INTO known_file (account_id, root, path, folder, folded, size, modified_ms, changed_ms, checksum, sha256, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET size = excluded.size, modified_ms = excluded.modified_ms, changed_ms = excluded.changed_ms,
      checksum = excluded.checksum, sha256 = excluded.sha256, seen_at = excluded.seen_at`);
  const at = database.prepare(`SELECT ${COLUMNS} FROM known_file WHERE account_id = ? AND root = ? AND path = ?`);
  const seen = database.prepare('UPDATE known_file SET seen_at = ? WHERE account_id = ? AND root = ? AND path = ?');
  const dropUnseen = database.prepare('DELETE FROM known_file WHERE account_id = ? AND root = ? AND seen_at < ?');
  const drop = database.prepare('DELETE FROM known_file WHERE account_id = ? AND root = ? AND path = ?');
  const byChecksum = database.prepare(
    `SELECT ${COLUMNS} FROM known_file WHERE checksum = ? AND account_id = ? AND root = ? AND ${UNOWNED} ORDER BY path`,
  );
  const byBase = database.prepare(
    `SELECT checksum FROM known_file WHERE folder = ? AND folded = ? AND account_id = ? AND root = '' AND ${UNOWNED}`,
  );
  const owned = database.prepare('SELECT 1 FROM file WHERE path = ?');
  const given = database.prepare('SELECT 1 FROM asset WHERE folder = ? AND folded = ?');
  const sizes = database.prepare(
    'SELECT DISTINCT rendition.size AS size FROM rendition JOIN asset ON asset.id = rendition.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?',
  );
  const dropOwned = database.prepare(
    "DELETE FROM known_file WHERE account_id = ? AND root = '' AND EXISTS (SELECT 1 FROM file WHERE file.path = known_file.path)",
  );
  const names = database.prepare(`
    SELECT coalesce(asset.filename, '') AS filename, rendition.size, rendition.checksum
    FROM rendition JOIN asset ON asset.id = rendition.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?`);
  const totals = database.prepare(
    `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM known_file WHERE account_id = ? AND root = ? AND ${UNOWNED}`,
  );
  const examples = database.prepare(`SELECT path FROM known_file WHERE account_id = ? AND root = ? AND ${UNOWNED} ORDER BY path LIMIT ?`);

  return {
    put(file, seenMs) {
      const { root, path, size, modifiedMs, changedMs, checksum, sha256 } = file;
      const { folder, folded } = placeOf(path);
      put.run(accountId, root, path, folder, folded, size, modifiedMs, changedMs, checksum, sha256, seenMs);
    },
    recall(root, file, seenMs) {
      const known = at.get(accountId, root, file.path) as FoundFile | undefined;
      if (known?.size !== file.size || known.modifiedMs !== file.modifiedMs || known.changedMs !== file.changedMs) return undefined;
      seen.run(seenMs, accountId, root, file.path);
      return { ...known };
    },
    forgetUnseen: (root, sinceMs) => void dropUnseen.run(accountId, root, sinceMs),
    forget: (root, path) => void drop.run(accountId, root, path),
    withChecksum: (root, checksum) => byChecksum.all(checksum, accountId, root) as unknown as FoundFile[],
    hasBase: (folder, folded, own) =>
      (byBase.all(folder, folded, accountId) as { checksum: string }[]).some(({ checksum }) => !own.has(checksum)),
    checksumAt: (root, path) => (at.get(accountId, root, path) as { checksum: string } | undefined)?.checksum,
    isOwned: (path) => owned.get(path) !== undefined,
    isPlaceGiven: (folder, folded) => given.get(folder, folded) !== undefined,
    listedSizes: () => new Set((sizes.all(accountId) as { size: number }[]).map(({ size }) => size)),
    listedNames: () => names.iterate(accountId) as unknown as ReturnType<FoundFiles['listedNames']>,
    forgetOwned: () => void dropOwned.run(accountId),
    unowned: (root, limit) => ({
      ...(totals.get(accountId, root) as { files: number; bytes: number }),
      examples: (examples.all(accountId, root, limit) as { path: string }[]).map(({ path }) => path),
    }),
  };
}

/** Folder and folded base of a path: a new photo must not be given a name that a file of nobody has. */
function placeOf(path: string): { folder: string; folded: string } {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  return { folder: slash < 0 ? '' : path.slice(0, slash), folded: fold(dot > 0 ? name.slice(0, dot) : name) };
}
