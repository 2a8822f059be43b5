import { Problem, type ProblemCode } from '../../domain/problem.ts';
import { readLog } from './rclone-output.ts';
import type { ChildEnd } from './run-child.ts';
import { saidBy } from './said-by.ts';

/** A full target fails file by file, thousands of times. */
export const FULL = /no space left on device|too big for remaining disk space|disk quota|quota exceeded|insufficient storage/i;

const WORDS: readonly (readonly [RegExp, ProblemCode])[] = [
  [FULL, 'offsite-target-full'],
  [/knownhosts|key is unknown|key mismatch|host key/i, 'offsite-host-key'],
  [
    /connection refused|i\/o timeout|no such host|no route to host|network is unreachable|connection reset|couldn't connect|connection timed out/i,
    'offsite-unreachable',
  ],
  [/unable to authenticate|permission denied|access ?denied|unauthorized|forbidden|\b40[13]\b/i, 'offsite-refused'],
  [
    /failed to authenticate decrypted block|unexpected EOF|not enough bytes|corrupted on transfer|bad magic|truncated header/i,
    'offsite-damaged',
  ],
];

/** What a failed call of rclone means. 3 is a folder that is not there. */
export function classifyRclone(end: ChildEnd, doing: string): Problem {
  if (end.ended !== undefined)
    return new Problem('offsite-unreachable', `${doing}: no sign of life from the other side, so rclone was stopped.`);
  const said = saidBy(end.err.filter((line) => !/^(info|debug|notice|warning)$/.test(readLog(line)?.level ?? '')));
  const all = said.join('\n');
  const code = WORDS.find(([words]) => words.test(all))?.[1] ?? (end.exitCode === 3 ? 'offsite-no-repository' : 'offsite-failed');
  return new Problem(code, `${doing}: ${said.at(-1) ?? `rclone ended with ${end.exitCode ?? end.signal ?? 'nothing'}`}`, {
    context: { exitCode: end.exitCode ?? -1 },
  });
}
