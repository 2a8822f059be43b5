import type { DatabaseSync } from 'node:sqlite';
import type { RenditionKind } from '../../domain/asset.ts';
import type { ProblemCode } from '../../domain/problem.ts';
import type { RunCounts, RunReport } from '../../domain/run-report.ts';
import type { Browse, ProblemRow, RunRow } from '../../ports/browse.ts';

type RunBrowsing = Pick<Browse, 'runs' | 'runsSince' | 'report' | 'problems' | 'rowAt'>;

interface RunRecord {
  id: number;
  command: string;
  startedAtMs: number;
  endedAtMs: number | null;
  outcome: string | null;
  counts: string | null;
  code: ProblemCode | null;
}

interface ProblemRecord {
  row: number;
  path: string;
  name: string;
  kind: RenditionKind;
  bytes: number | null;
  code: ProblemCode;
  message: string | null;
  sinceMs: number;
  attempts: number;
  nextTryMs: number | null;
}

/** History and open ends for the page. */
export function runBrowsing(database: DatabaseSync, accountId: number): RunBrowsing {
  const run = `SELECT id, command, started_at AS startedAtMs, ended_at AS endedAtMs, json_extract(report, '$.outcome') AS outcome,
    json_extract(report, '$.counts') AS counts, json_extract(report, '$.problems[0].code') AS code FROM run WHERE account_id = ?`;
  const latest = database.prepare(`${run} AND report IS NOT NULL ORDER BY id DESC LIMIT ?`);
  const since = database.prepare(`${run} AND report IS NOT NULL AND started_at >= ? ORDER BY id`);
  const report = database.prepare('SELECT report FROM run WHERE account_id = ? AND id = ? AND report IS NOT NULL');
  const open = database.prepare(`
    SELECT asset.id AS row, asset.base AS name, coalesce(rendition.path, asset.folder || '/' || asset.base) AS path, todo.kind, rendition.size AS bytes, todo.code, todo.message, todo.since AS sinceMs, todo.attempts,
      todo.next_try AS nextTryMs
    FROM todo JOIN asset ON asset.id = todo.asset_id JOIN zone ON zone.id = asset.zone_id LEFT JOIN rendition USING (asset_id, kind)
    WHERE zone.account_id = ? AND todo.code IS NOT NULL ORDER BY todo.code, todo.seq LIMIT ?`);
  const owned = 'FROM file JOIN asset ON asset.id = file.asset_id JOIN zone ON zone.id = asset.zone_id WHERE zone.account_id = ?';
  const at = database.prepare(`SELECT asset.id AS row ${owned} AND file.path = ?`);

  return {
    runs: (limit) => (latest.all(accountId, limit) as unknown as RunRecord[]).map(runRow),
    runsSince: (sinceMs) => (since.all(accountId, sinceMs) as unknown as RunRecord[]).map(runRow),
    report(run) {
      const found = report.get(accountId, run) as { report: string } | undefined;
      return found && (JSON.parse(found.report) as RunReport);
    },
    problems: (limit) =>
      (open.all(accountId, limit) as unknown as ProblemRecord[]).map(
        (row): ProblemRow => ({ ...row, bytes: row.bytes ?? 0, message: row.message ?? '', nextTryMs: row.nextTryMs ?? undefined }),
      ),
    rowAt: (path) => (at.get(accountId, path) as { row: number } | undefined)?.row,
  };
}

function runRow({ endedAtMs, outcome, counts, code, ...rest }: RunRecord): RunRow {
  return {
    ...rest,
    endedAtMs: endedAtMs ?? undefined,
    outcome: outcome ?? undefined,
    counts: counts === null ? undefined : (JSON.parse(counts) as RunCounts),
    code: code ?? undefined,
  };
}
