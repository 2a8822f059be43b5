import { Problem } from '../../domain/problem.ts';
import type { RunChild } from './run-child.ts';

/** One part of a passphrase: as it is, or printed by a command of the owner's. */
export interface PassphrasePart {
  readonly text: string | undefined;
  readonly command: string | undefined;
}

export interface PassphraseParts {
  readonly runChild: RunChild;
  /** Commands such as `pass` or `secret-tool` need the whole environment of the owner. */
  readonly env: Readonly<Record<string, string>>;
  /** Told before anything can be logged. */
  readonly addSecret: (secret: string) => void;
}

const COMMAND_MS = 60_000;

/** Fetches the parts and joins them with nothing between. Kept for this process only. Throws `offsite-wrong-passphrase`. */
export function createPassphrase(sources: readonly PassphrasePart[], parts: PassphraseParts): (signal: AbortSignal) => Promise<string> {
  let known: string | undefined;
  return async (signal) => {
    if (known !== undefined) return known;
    const texts: string[] = [];
    for (const { text, command } of sources) {
      if (text !== undefined) texts.push(text);
      else if (command !== undefined) texts.push(await ask(command, parts, signal));
    }
    const joined = joinParts(texts);
    if (joined === '') throw new Problem('offsite-wrong-passphrase', 'There is no passphrase for the off-site copy.');
    for (const secret of [...texts, joined]) if (secret !== '') parts.addSecret(secret);
    known = joined;
    return joined;
  };
}

/** Editors and `echo` end each part with a line break that is no part of it: one is dropped from each, blanks stay. */
export function joinParts(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/\r?\n$/, '')).join('');
}

async function ask(command: string, { runChild, env }: PassphraseParts, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  const { exitCode } = await runChild(
    { program: '/bin/sh', args: ['-c', command], env, onOut: (line) => lines.push(line), mostMs: COMMAND_MS },
    signal,
  );
  // The name of the command may itself be telling; its output certainly is.
  if (exitCode !== 0 || lines.length === 0)
    throw new Problem(
      'offsite-wrong-passphrase',
      `The command for the passphrase of the off-site copy failed (exit code ${exitCode ?? 'none'}).`,
    );
  return lines.join('\n');
}
