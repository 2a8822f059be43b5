import type { RequestHandler } from 'express';
import { handling } from '../../domain/problem.ts';
import { SET_ASIDE_AFTER } from '../../domain/todo-wish.ts';
import type { ProblemRow } from '../../ports/browse.ts';
import type { LibraryDoor } from '../../ports/library-door.ts';
import { away } from './timeline.ts';

const MOST_ROWS = 20_000;
const COLUMNS = 'path,kind,bytes,code,what happened,what to do,since,tries,set aside,next try';

/** What is incomplete, as a table for other programs. */
export function problemsCsv(library: () => LibraryDoor | undefined): RequestHandler {
  return (_request, response) => {
    const door = library();
    if (door === undefined) return away(response);
    const lines = door.browse.problems(MOST_ROWS).map(line);
    response.set({ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment; filename="problems.csv"' });
    response.send(`${[COLUMNS, ...lines].join('\r\n')}\r\n`);
  };
}

function line({ path, kind, bytes, code, message, sinceMs, attempts, nextTryMs }: ProblemRow): string {
  const isAside = attempts >= SET_ASIDE_AFTER;
  return [
    path,
    kind,
    String(bytes),
    code,
    message,
    handling(code).advice,
    new Date(sinceMs).toISOString(),
    String(attempts),
    isAside ? 'yes' : 'no',
    isAside || nextTryMs === undefined ? '' : new Date(nextTryMs).toISOString(),
  ]
    .map(field)
    .join(',');
}

/** Quoted where it has to be (RFC 4180); a name that a spreadsheet would take for a formula gets a mark that makes it a text. */
function field(text: string): string {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
