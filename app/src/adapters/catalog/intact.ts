import type { DatabaseSync } from 'node:sqlite';
import type { Coverage, FindingGroup } from '../../domain/coverage.ts';
import { handling } from '../../domain/problem.ts';
import { type Finding, problemOf, type Source } from '../../domain/verify-verdict.ts';

const EXAMPLES = 5;
const DAY_MS = 86_400_000;

type Intact = Pick<Coverage, 'findings' | 'read' | 'archived'>;

interface FindingRow {
  finding: Finding;
  source: Source;
  n: number;
  paths: string;
}

/** The part of the coverage that verify answers for: what is known to be wrong, and how lately everything was read. */
export function intactQuery(database: DatabaseSync, accountId: number, verifyDays: number, now: () => number): () => Intact {
  const ofAccount = 'FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?1';
  const archived =
    'FROM archive_file AS f JOIN archive ON archive.id = f.archive_id WHERE archive.account_id = ?1 AND archive.ended_at IS NULL';
  const lists = `asset.gone_at IS NULL AND zone.left_at IS NULL AND EXISTS (SELECT 1 FROM rendition WHERE asset_id = file.asset_id AND kind = file.kind)`;
  // At most a few examples are carried along: the window function numbers them within each group.
  const findings = database.prepare(`
    SELECT finding, source, max(n) AS n, group_concat(path, char(10)) FILTER (WHERE place <= ${EXAMPLES}) AS paths FROM (
      SELECT *, count(*) OVER (PARTITION BY finding, source) AS n, row_number() OVER (PARTITION BY finding, source ORDER BY path) AS place FROM (
        SELECT file.finding, CASE WHEN ${lists} THEN 'icloud' ELSE 'nowhere' END AS source, file.path ${ofAccount} AND file.finding IS NOT NULL
        UNION ALL SELECT f.finding, 'nowhere', f.path ${archived} AND f.finding IS NOT NULL))
    GROUP BY finding, source ORDER BY finding, source`);
  const read = database.prepare(`
    SELECT count(*) AS allFiles, count(*) FILTER (WHERE readAt >= ?2) AS files, min(readAt) AS oldestMs FROM (
      SELECT file.read_at AS readAt ${ofAccount} UNION ALL SELECT f.read_at ${archived})`);
  const archive = database.prepare(`SELECT count(*) AS files, coalesce(sum(f.size), 0) AS bytes, count(f.finding) AS findings ${archived}`);

  return () => {
    const { allFiles, files, oldestMs } = read.get(accountId, now() - verifyDays * DAY_MS) as {
      allFiles: number;
      files: number;
      oldestMs: number | null;
    };
    return {
      findings: merged(findings.all(accountId) as unknown as FindingRow[]),
      read: { days: verifyDays, files, allFiles, oldestMs: oldestMs ?? undefined },
      archived: { ...(archive.get(accountId) as unknown as Intact['archived']) },
    };
  };
}

/** A changed file has the same advice wherever good bytes could come from. */
function merged(rows: readonly FindingRow[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const { finding, source, n, paths } of rows) {
    const code = problemOf(finding, source);
    const before = groups.get(code);
    const examples = [...(before?.examples ?? []), ...paths.split('\n')].slice(0, EXAMPLES);
    groups.set(code, { code, count: (before?.count ?? 0) + n, examples, advice: handling(code).advice });
  }
  return [...groups.values()];
}
