import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** Recorded answers belong to others: they are read where they lie and never copied into the project (design.md). */
const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url));

/** Runs `tests` with the path of a shared file; a clone without it says so in its report (decisions.md 28). */
export function withShared(file: string, title: string, tests: (path: string) => void): void {
  const path = `${SHARED}${file}`;
  if (existsSync(path)) {
    describe(title, () => tests(path));
    return;
  }
  const missing = `${title}: recorded checks NOT RUN, ${file} is not there`;
  process.stderr.write(`${missing}\n`);
  it.skip(missing, () => {});
}

export function withFixture(file: string, title: string, tests: (path: string) => void): void {
  withShared(`fixtures/${file}`, title, tests);
}
