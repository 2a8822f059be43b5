import { readFileSync } from 'node:fs';

/** One address of the table in docs/http.md, with the status for each caller A, B, C … */
export interface TableRow {
  readonly method: string;
  readonly path: string;
  readonly statuses: Readonly<Record<string, number>>;
}

const PAGE = new URL('../../../../docs/http.md', import.meta.url);

/** The table "Every route and every caller". A row may name several addresses. */
export function readHttpTable(): readonly TableRow[] {
  const lines = readFileSync(PAGE, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('| Route |'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const callers = cells(lines[start] ?? '').slice(1);
  const rows: TableRow[] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const [route = '', ...answers] = cells(line);
    const statuses = Object.fromEntries(callers.map((caller, index) => [caller, Number(answers[index])]));
    for (const [, method = '', path = ''] of route.matchAll(/`(GET|POST|DELETE) (\/[^`]*)`/g)) rows.push({ method, path, statuses });
  }
  return rows;
}
