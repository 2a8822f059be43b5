import { Writable } from 'node:stream';
import { NO_COUNTS, type RunCounts } from '../../../src/domain/run-report.ts';
import type { Progress } from '../../../src/domain/service-state.ts';

export const MB = 1_000_000;
export const IDLE: Progress = {
  counts: NO_COUNTS,
  expectedItems: undefined,
  missingFiles: 0,
  missingBytes: 0,
  bytesPerSecond: 0,
  remainingMs: undefined,
};
export const progress = (counts: Partial<RunCounts>, change: Partial<Progress> = {}): Progress => ({
  ...IDLE,
  ...change,
  counts: { ...NO_COUNTS, ...counts },
});
export const LISTING = progress({ listed: 12_400 }, { expectedItems: 48_211 });
export const FETCHING = progress(
  { listed: 48_211, downloaded: 1200, reused: 34, downloadedBytes: 3200 * MB },
  { expectedItems: 48_211, missingFiles: 46_977, missingBytes: 9600 * MB, bytesPerSecond: 12 * MB, remainingMs: 800_000 },
);

/** What a small terminal shows after this text: only what progress bars use, with scrolling. */
export function screenOf(
  text: string,
  rows = 1000,
): { readonly lines: readonly string[]; readonly cursorShown: boolean; readonly row: number } {
  const grid: string[][] = Array.from({ length: rows }, () => []);
  const scrolled: string[] = [];
  let [row, column, cursorShown] = [0, 0, true];
  let saved = { row: 0, column: 0 };
  const lineAt = (at: number): string[] => grid[at] ?? [];
  const feed = (): void => {
    if (row < rows - 1) row += 1;
    else {
      scrolled.push((grid.shift() ?? []).join(''));
      grid.push([]);
    }
  };
  const escapes: Record<string, () => void> = {
    '\x1b7': () => {
      saved = { row, column };
    },
    '\x1b8': () => {
      row = saved.row;
      column = saved.column;
    },
    '\x1b[1G': () => {
      column = 0;
    },
    '\x1b[0K': () => void lineAt(row).splice(column),
    '\x1b[2K': () => void lineAt(row).splice(0),
    '\x1b[?25l': () => {
      cursorShown = false;
    },
    '\x1b[?25h': () => {
      cursorShown = true;
    },
  };
  for (const [token] of text.matchAll(/\x1b[78]|\x1b\[[?0-9;]*[A-Za-z]|./gsu)) {
    const move = escapes[token];
    if (move) move();
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      feed();
      column = 0; // as the terminal driver turns it into CR LF
    } else if (token.startsWith('\x1b')) throw new Error(`Unknown sequence ${JSON.stringify(token)}`);
    else {
      const line = lineAt(row);
      while (line.length < column) line.push(' ');
      line[column] = token;
      column += 1;
    }
  }
  const lines = [...scrolled, ...grid.map((line) => line.join(''))];
  while (lines.at(-1) === '') lines.pop();
  return { lines, cursorShown, row: scrolled.length + row };
}

/** A stream that passes for standard output and keeps what was written. */
export function fakeOutput(shape: { readonly isTTY: boolean; readonly columns?: number }) {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const output = Object.assign(stream, shape) as unknown as NodeJS.WriteStream;
  return { output, text: () => text };
}
