import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';

const { prepare } = DatabaseSync.prototype;
afterEach(() => {
  DatabaseSync.prototype.prepare = prepare;
});

/** Tables that grow with the library. */
const LARGE = ['asset', 'rendition', 'file', 'todo', 'member', 'link', 'preview', 'known_file', 'archive_file', 'remote_delete', 'trouble'];
/**
 * Answers about the whole library, asked once in a run or by a person: those may walk a table. Named by their beginning. What
 * runs once for each item must not be here.
 */
const ONCE_A_RUN: readonly RegExp[] = [
  /^SELECT (coalesce\()?count\(/i,
  /\bGROUP BY\b/i,
  /^SELECT DISTINCT rendition\.checksum FROM todo/i,
  /^UPDATE todo SET attempts = 0/i,
  /^SELECT file\.asset_id AS fromRow/i,
];

/** A partial index that holds what is open at the moment only. */
const FEW = /USING (COVERING )?INDEX remote_delete_open$/;

it('finds everything that is asked for each item by an index, however large the library', () => {
  const asked: string[] = [];
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
    asked.push(sql);
    return prepare.call(this, sql);
  };
  const file = join(mkdtempSync(join(tmpdir(), 'plans-')), 'catalog.sqlite');
  openCatalog({ file, appleId: 'tester@example.com' }).close();
  DatabaseSync.prototype.prepare = prepare;
  const database = new DatabaseSync(file);
  const walks = asked
    .filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(sql))
    .map((sql) => sql.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim())
    .filter((sql) => !ONCE_A_RUN.some((known) => known.test(sql)))
    .flatMap((sql) => {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
      const whole = plan
        .map(({ detail }) => detail)
        .filter((detail) => LARGE.some((table) => new RegExp(`^SCAN ${table}( |$)`).test(detail)) && !FEW.test(detail));
      return whole.length > 0 ? [`${whole.join('; ')} — ${sql.slice(0, 140)}`] : [];
    });
  database.close();
  expect(asked.length).toBeGreaterThan(30);
  expect(walks).toEqual([]);
});
