import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { LISTING, screenOf } from './screen.ts';

/** Runs a command with a terminal of its own; part of util-linux, so not everywhere. */
const SCRIPT = 'script';

describe.skipIf(spawnSync(SCRIPT, ['--version']).status !== 0)('in a real terminal', () => {
  const module = new URL('../../../src/cli/progress-bar.ts', import.meta.url).href;
  const opening = `
    import { createProgressDisplay } from ${JSON.stringify(module)};
    const state = ${JSON.stringify(LISTING)};
    const display = createProgressDisplay(process.stdout);
    display.show(state);
    for (let n = 0; n < 9; n++) display.line('text ' + n);`;
  const printed = Array.from({ length: 9 }, (_, number) => `text ${number}`);

  /** Runs a program with a terminal of 6 rows as its output. */
  function run(program: string) {
    const command = `stty rows 6 cols 100; exec '${process.execPath}' --input-type=module --eval "$PROGRAM"`;
    const { status, stdout } = spawnSync(SCRIPT, ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      input: '',
      env: { ...process.env, PROGRAM: program },
    });
    return { status, text: stdout, ...screenOf(stdout, 6) };
  }

  it('leaves the printed text and the cursor', () => {
    const { status, text, lines, cursorShown } = run(`${opening} display.done();`);
    expect(status).toBe(0);
    expect(text).toContain('listing 12,400 of about 48,211 items');
    expect({ lines, cursorShown }).toEqual({ lines: printed, cursorShown: true });
  });

  it('gives the cursor back when the program ends without done', () => {
    const { status, lines, cursorShown } = run(`${opening} process.exit(7);`);
    expect({ status, lines, cursorShown }).toEqual({ status: 7, lines: printed, cursorShown: true });
  });
});
