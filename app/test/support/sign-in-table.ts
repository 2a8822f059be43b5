import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { handling, PROBLEM_CODES, type ProblemCode } from '../../src/domain/problem.ts';

/** One row of the table in docs/sign-in.md. */
export interface Situation {
  readonly test: string;
  /** What the program prints, word for word. */
  readonly sees: readonly string[];
  readonly code: string | undefined;
  readonly exitCode: number;
}

const DOC = fileURLToPath(new URL('../../../docs/sign-in.md', import.meta.url));
const HEAD = '| Situation | You see |';

/** The table as it stands in the users' documents. */
export function situations(): Situation[] {
  const text = readFileSync(DOC, 'utf8');
  const lines = text.slice(text.indexOf(HEAD)).split('\n').slice(2);
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((row) => {
    const [, sees = '', , code = '', exit = '', test = ''] = row
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
    return { test: quoted(test)[0] ?? '', sees: quoted(sees), code: quoted(code)[0], exitCode: Number(exit) };
  });
}

/** Expects what the row of this id promises. */
export function expectAsDocumented(id: string, output: string, exitCode: number | null): void {
  const row = situations().find(({ test }) => test === id);
  if (!row) throw new Error(`docs/sign-in.md has no row ${id}.`);
  for (const words of row.sees) expect(output).toContain(words);
  if (row.code !== undefined) {
    expect(PROBLEM_CODES).toContain(row.code);
    expect(output).toContain(handling(row.code as ProblemCode).advice);
  }
  expect(exitCode, output).toBe(row.exitCode);
}
