import { Problem, type ProblemCode } from '../../domain/problem.ts';
import type { ChildEnd } from './run-child.ts';
import { saidBy } from './said-by.ts';

/** Exit codes of restic ≥ 0.17. 1 says nothing, so the words decide; network comes before "no repository", which a dead server also looks like. */
const WORDS: readonly (readonly [RegExp, ProblemCode])[] = [
  [/no space left on device|disk quota exceeded|507 Insufficient Storage|file too large/i, 'offsite-target-full'],
  [/host key verification failed|host key for .* has changed|remote host identification has changed/i, 'offsite-host-key'],
  [
    /connection refused|no such host|i\/o timeout|network is unreachable|no route to host|connection reset|connection timed out|TLS handshake|server misbehaving|context deadline exceeded|could not resolve|unable to start the sftp session/i,
    'offsite-unreachable',
  ],
  [/wrong password or no key found/i, 'offsite-wrong-passphrase'],
  [
    /ciphertext verification failed|invalid data returned|hash mismatch|blob .* not found|pack .* (does not exist|contains)|repository contains errors|index .* not found|unexpected EOF/i,
    'offsite-damaged',
  ],
  [
    /unauthorized|\b40[13]\b|forbidden|permission denied|access ?denied|no credentials found|InvalidAccessKeyId|SignatureDoesNotMatch|publickey/i,
    'offsite-refused',
  ],
  [/unable to open config file|repository does not exist/i, 'offsite-no-repository'],
];

const CODES: Readonly<Record<number, ProblemCode>> = { 11: 'offsite-locked', 12: 'offsite-wrong-passphrase' };

/** What a failed call of restic means. */
export function classifyRestic(end: ChildEnd, doing: string): Problem {
  if (end.ended !== undefined)
    return new Problem('offsite-unreachable', `${doing}: no sign of life from the repository, so restic was stopped.`);
  const said = saidBy([...end.out, ...end.err]);
  const all = said.join('\n');
  const code = (end.exitCode === undefined ? undefined : CODES[end.exitCode]) ?? WORDS.find(([words]) => words.test(all))?.[1];
  if (code === undefined && end.exitCode === 10) return new Problem('offsite-no-repository', `${doing}: there is no restic repository.`);
  const last = said.at(-1) ?? `restic ended with ${end.exitCode ?? end.signal ?? 'nothing'}`;
  return new Problem(code ?? 'offsite-failed', `${doing}: ${last}`, { context: { exitCode: end.exitCode ?? -1 } });
}
