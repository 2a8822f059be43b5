import type { DatabaseSync } from 'node:sqlite';
import type { RunReport } from '../../domain/run-report.ts';
import type { Catalog } from '../../ports/catalog.ts';

/** Run history: the report of every run, as it was shown. */
export function runQueries(database: DatabaseSync, accountId: number): Pick<Catalog, 'startRun' | 'endRun' | 'lastRun'> {
  const start = database.prepare('INSERT INTO run (account_id, command, started_at) VALUES (?, ?, ?) RETURNING id');
  const end = database.prepare('UPDATE run SET ended_at = ?, report = ? WHERE id = ?');
  const last = database.prepare('SELECT report FROM run WHERE account_id = ? AND report IS NOT NULL ORDER BY id DESC LIMIT 1');
  return {
    startRun: (command, nowMs) => Number((start.get(accountId, command, nowMs) as { id: number }).id),
    endRun: (run, report) => void end.run(report.endedAtMs, JSON.stringify(report), run),
    lastRun() {
      const row = last.get(accountId) as { report: string } | undefined;
      return row && (JSON.parse(row.report) as RunReport);
    },
  };
}
