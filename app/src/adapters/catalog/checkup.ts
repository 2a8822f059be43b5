import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isLibraryZone, PERSONAL_ZONE } from '../../domain/asset.ts';
import { mediaKind } from '../../domain/file-types.ts';
import type { CatalogCheckup, KindFigures, RunFigures } from '../../ports/checkup.ts';
import { CATALOG_FORMAT } from './schema.ts';

const RUNS = 10;
const MOST = 30;
/** What a name from iCloud may look like to be shown: identifiers, never text that a person wrote. */
const IDENTIFIER = /^[\w.:-]{1,80}$/;

/**
 * Looks into a catalog without opening it for work: nothing is migrated or written, and a broken or foreign one tells as much as it
 * can. Undefined when there is none. Throws what SQLite throws for a file that is no database.
 */
export function examineCatalog(file: string): CatalogCheckup | undefined {
  if (!existsSync(file)) return undefined;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const rows = <T>(sql: string): T[] => all<T>(database, sql);
    const one = <T>(sql: string): T | undefined => rows<T>(sql)[0];
    const count = (sql: string): number => Number(one<{ n: number }>(sql)?.n ?? 0);
    const checked = database.prepare('PRAGMA quick_check(100)').all() as { quick_check: string }[];
    return {
      bytes: statSync(file).size,
      format: Number(one<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0),
      knownFormat: CATALOG_FORMAT,
      journalMode: String(one<{ journal_mode: string }>('PRAGMA journal_mode')?.journal_mode ?? 'unknown'),
      soundness: checked.length === 1 && checked[0]?.quick_check === 'ok' ? 'ok' : checked.length,
      accounts: count('SELECT count(*) AS n FROM account'),
      zones: rows<{ name: string; complete_at: number | null; token: number }>(
        'SELECT name, complete_at, sync_token IS NOT NULL AS token FROM zone ORDER BY id',
      )
        .filter(({ name }) => isLibraryZone(name))
        .map(({ name, complete_at, token }) => ({
          is: name === PERSONAL_ZONE ? 'personal' : 'shared',
          completeAtMs: complete_at ?? undefined,
          hasToken: token === 1,
        })),
      items: count('SELECT count(*) AS n FROM asset'),
      albums: count("SELECT count(*) AS n FROM album WHERE gone_at IS NULL AND kind = 'album'"),
      files: count('SELECT count(*) AS n FROM file'),
      fileBytes: count('SELECT coalesce(sum(size), 0) AS n FROM file'),
      oldestReadMs: one<{ ms: number | null }>('SELECT min(read_at) AS ms FROM file')?.ms ?? undefined,
      todo: rows<{ code: string; count: number }>(
        "SELECT coalesce(code, 'pending') AS code, count(*) AS count FROM todo GROUP BY 1 ORDER BY 2 DESC",
      ).filter(({ code }) => IDENTIFIER.test(code)),
      findings: rows<{ code: string; count: number }>(
        'SELECT finding AS code, count(*) AS count FROM file WHERE finding IS NOT NULL GROUP BY 1 ORDER BY 1',
      ).filter(({ code }) => IDENTIFIER.test(code)),
      kinds: rows<KindFigures>(`
        SELECT kind, count(*) AS files, count(*) FILTER (WHERE proof = 'apple') AS matching,
          count(*) FILTER (WHERE proof = 'unconfirmed') AS unconfirmed, count(*) FILTER (WHERE proof = 'unverifiable') AS unverifiable
        FROM file GROUP BY kind ORDER BY kind LIMIT ${MOST}`).filter(({ kind }) => IDENTIFIER.test(kind)),
      runs: rows<RunRow>(`
        SELECT command, started_at AS startedAtMs, ended_at AS endedAtMs, json_extract(report, '$.outcome') AS outcome,
          json_extract(report, '$.problems') AS problems
        FROM run ORDER BY id DESC LIMIT ${RUNS}`).map(runFigures),
      types: rows<{ uti: string; count: number }>(
        `SELECT uti, count(*) AS count FROM rendition WHERE uti IS NOT NULL GROUP BY uti ORDER BY 2 DESC LIMIT 500`,
      )
        .filter(({ uti }) => mediaKind(uti) === 'unknown' && IDENTIFIER.test(uti))
        .slice(0, MOST),
      resources: unknownResources(rows),
    };
  } finally {
    database.close();
  }
}

/** A catalog of another format lacks tables or columns: what it has is told. */
function all<T>(database: DatabaseSync, sql: string): T[] {
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row })) as T[];
  } catch {
    return [];
  }
}

interface RunRow {
  readonly command: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly outcome: string | null;
  readonly problems: string | null;
}

/** Codes and counts alone: the examples name photos. */
function runFigures({ command, startedAtMs, endedAtMs, outcome, problems }: RunRow): RunFigures {
  const listed = (JSON.parse(problems ?? '[]') as { code?: unknown; count?: unknown }[]).map(({ code, count }) => ({
    code: String(code),
    count: Number(count),
  }));
  return {
    command: IDENTIFIER.test(command) ? command : 'other',
    startedAtMs,
    endedAtMs: endedAtMs ?? undefined,
    outcome: outcome ?? undefined,
    problems: listed.filter(({ code }) => IDENTIFIER.test(code)),
  };
}

/** Kinds of files that are stored under a name of Apple's, and those that were only seen. */
function unknownResources(rows: <T>(sql: string) => T[]): string[] {
  const stored = rows<{ kind: string }>("SELECT DISTINCT kind FROM rendition WHERE kind LIKE 'other:%'").map(({ kind }) =>
    kind.slice('other:'.length),
  );
  const seen = rows<{ value: string }>("SELECT value FROM meta WHERE key LIKE '%/extra-resources'").flatMap(({ value }) =>
    value.split(','),
  );
  return [...new Set([...stored, ...seen])]
    .filter((name) => IDENTIFIER.test(name))
    .sort()
    .slice(0, MOST);
}
