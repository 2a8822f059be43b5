import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CodeDesk } from '../ports/code-desk.ts';

export interface Terminal {
  /** Both ends are a terminal: somebody can be asked. */
  readonly interactive: boolean;
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** Like `ask`, without showing what is typed. */
  askHidden(question: string, signal: AbortSignal): Promise<string>;
  print(text: string): void;
}

export function createTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal {
  async function question(text: string, hidden: boolean, signal: AbortSignal): Promise<string> {
    // readline echoes what is typed to its output: a secret's output goes nowhere.
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const reader = createInterface({ input, output: hidden ? silent : output, terminal: true });
    try {
      // Only now does the terminal no longer echo by itself.
      if (hidden) output.write(text);
      const answer = await reader.question(hidden ? '' : text, { signal });
      if (hidden) output.write('\n');
      return answer;
    } finally {
      reader.close();
    }
  }
  return {
    interactive: input.isTTY === true && output.isTTY === true,
    ask: (text, signal) => question(text, false, signal),
    askHidden: (text, signal) => question(text, true, signal),
    print: (text) => void output.write(`${text}\n`),
  };
}

/** Reads codes from the terminal until one is accepted or the waiting ends. */
export async function askForCodes(terminal: Terminal, desk: CodeDesk, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted && desk.awaiting()) {
      const code = (await terminal.ask('Code (6 digits): ', signal)).replace(/[\s-]/g, '');
      if (!/^\d{6}$/.test(code)) {
        terminal.print('A code has six digits.');
        continue;
      }
      if ((await desk.submit(code)) !== 'refused') return;
    }
  } catch {
    // The waiting ended while the prompt was open: a code came through another door, or time was up.
  }
}
