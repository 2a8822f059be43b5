import type { DatabaseSync } from 'node:sqlite';
import type { Coverage, KindCoverage, LeftOutGroup, MissingGroup } from '../../domain/coverage.ts';
import { handling, type ProblemCode } from '../../domain/problem.ts';
import { SET_ASIDE_AFTER } from '../../domain/todo-wish.ts';
import { intactQuery } from './intact.ts';

const EXAMPLES = 5;

/** Computes the answer to "complete and intact?" with a handful of aggregate queries; memory does not depend on the library's size. */
export function coverageQuery(database: DatabaseSync, accountId: number, verifyDays: number, now: () => number): () => Coverage {
  const intact = intactQuery(database, accountId, verifyDays, now);
  const zones = database.prepare(
    'SELECT count(*) AS zones, count(complete_at) AS complete, min(coalesce(fresh_at, complete_at)) AS listedAt FROM zone WHERE account_id = ? AND left_at IS NULL',
  );
  // "Listed" is what the last complete listing of the zone saw, or anything newer.
  const listed =
    'FROM asset JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?1 AND asset.gone_at IS NULL AND asset.listing_id >= coalesce(zone.complete_listing, 0)';
  const assets = database.prepare(`SELECT count(*) AS n ${listed}`);
  const unlisted = database.prepare(`
    SELECT count(*) AS n FROM asset JOIN zone ON zone.id = asset.zone_id
    WHERE zone.account_id = ? AND asset.gone_at IS NOT NULL AND asset.kept_at IS NOT NULL AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id)`);
  const held = database.prepare(`
    SELECT count(*) AS n FROM asset JOIN zone ON zone.id = asset.zone_id
    WHERE zone.account_id = ? AND asset.gone_at IS NOT NULL AND asset.kept_at IS NULL AND EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id)`);
  const kinds = database.prepare(`
    SELECT rendition.kind, count(*) AS listed, sum(rendition.size) AS listedBytes, count(file.kind) AS stored,
      count(*) FILTER (WHERE file.proof = 'apple') AS verified, count(*) FILTER (WHERE file.proof = 'unconfirmed') AS unconfirmed,
      count(*) FILTER (WHERE file.proof = 'unverifiable') AS unverifiable
    FROM asset JOIN zone ON zone.id = asset.zone_id JOIN rendition ON rendition.asset_id = asset.id
      LEFT JOIN file ON file.asset_id = rendition.asset_id AND file.kind = rendition.kind AND file.checksum = rendition.checksum
    WHERE zone.account_id = ? AND asset.gone_at IS NULL AND asset.listing_id >= coalesce(zone.complete_listing, 0) AND rendition.left_out IS NULL GROUP BY rendition.kind ORDER BY rendition.kind`);
  const leftOut = database.prepare(`
    SELECT rendition.left_out AS because, count(*) AS files, sum(rendition.size) AS bytes FROM rendition JOIN asset ON asset.id = rendition.asset_id JOIN zone ON zone.id = asset.zone_id
    WHERE rendition.left_out IS NOT NULL AND zone.account_id = ? AND asset.gone_at IS NULL GROUP BY rendition.left_out ORDER BY rendition.left_out`);
  const files = database.prepare(
    'SELECT count(*) AS n, coalesce(sum(file.size), 0) AS bytes FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?',
  );
  const todo = 'FROM todo JOIN asset ON asset.id = todo.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?';
  const missing =
    database.prepare(`SELECT todo.code, count(*) AS n, min(todo.next_try) FILTER (WHERE todo.attempts < ${SET_ASIDE_AFTER}) AS nextTry,
      count(*) FILTER (WHERE todo.attempts >= ${SET_ASIDE_AFTER}) AS setAside ${todo} GROUP BY todo.code`);
  const examples = database.prepare(
    `SELECT coalesce(todo.message, asset.folder || '/' || asset.base) AS text ${todo} AND todo.code IS ? ORDER BY todo.seq LIMIT ${EXAMPLES}`,
  );
  const troubles = database.prepare(
    'SELECT what, count(*) AS n, min(detail) AS detail FROM trouble JOIN zone ON zone.id = trouble.zone_id WHERE zone.account_id = ? GROUP BY what',
  );
  const albums = database.prepare("SELECT count(*) AS n FROM album WHERE account_id = ? AND gone_at IS NULL AND kind = 'album'");
  const count = (row: unknown) => Number((row as { n: number }).n);

  return () => {
    const zoneRow = zones.get(accountId) as { zones: number; complete: number; listedAt: number | null };
    const everythingListed = zoneRow.zones > 0 && zoneRow.complete === zoneRow.zones;
    const byKind = kinds.all(accountId) as unknown as KindCoverage[];
    const groups: MissingGroup[] = (
      missing.all(accountId) as { code: ProblemCode | null; n: number; nextTry: number | null; setAside: number }[]
    ).map((row) => ({
      code: row.code ?? 'pending',
      count: row.n,
      nextTryMs: row.nextTry ?? undefined,
      setAside: row.setAside,
      examples: (examples.all(accountId, row.code) as { text: string }[]).map(({ text }) => text),
      advice: row.code ? handling(row.code).advice : 'The next run fetches it.',
    }));
    for (const row of troubles.all(accountId) as { what: string; n: number; detail: string }[])
      groups.push({
        code: 'half-a-record',
        count: row.n,
        nextTryMs: undefined,
        setAside: 0,
        examples: [row.detail],
        advice: handling('half-a-record').advice,
      });
    const read = intact();
    const fileRow = files.get(accountId) as { n: number; bytes: number };
    return {
      complete: everythingListed && groups.length === 0 && byKind.every((kind) => kind.stored === kind.listed),
      intact: read.findings.length === 0 && byKind.every((kind) => kind.unconfirmed === 0),
      ...read,
      listedAtMs: everythingListed ? (zoneRow.listedAt ?? undefined) : undefined,
      assets: count(assets.get(accountId)),
      albums: count(albums.get(accountId)),
      storedFiles: fileRow.n,
      storedBytes: fileRow.bytes,
      kinds: byKind.map((kind) => ({ ...kind })),
      missing: groups,
      leftOut: (leftOut.all(accountId) as unknown as LeftOutGroup[]).map((group) => ({ ...group })),
      noLongerListed: count(unlisted.get(accountId)),
      held: count(held.get(accountId)),
    };
  };
}
