import { Problem, type ProblemCode } from '../../domain/problem.ts';
import { readMessage } from './borg-output.ts';
import type { ChildEnd } from './run-child.ts';
import { saidBy } from './said-by.ts';

/** Borg's own names for what went wrong are the same in 1.2 and 1.4; its exit codes are not. */
const NAMES: readonly (readonly [RegExp, ProblemCode])[] = [
  [/^(PassphraseWrong|NoPassphraseFailure|PasscommandFailure|PasswordRetriesExceeded)$/, 'offsite-wrong-passphrase'],
  [/^Repository\.(DoesNotExist|InvalidRepository|ParentPathDoesNotExist)$/, 'offsite-no-repository'],
  [/^(LockTimeout|LockError|LockErrorT|LockFailed)$/, 'offsite-locked'],
  [/^(ConnectionClosed|ConnectionClosedWithHint|ConnectionBrokenWithHint)$/, 'offsite-unreachable'],
  [/^(PathNotAllowed|Repository\.PathPermissionDenied)$/, 'offsite-refused'],
  [
    /^(Cache\.(RepositoryAccessAborted|RepositoryIDNotUnique|RepositoryReplay|EncryptionMethodMismatch|CacheInitAbortedError))$/,
    'offsite-other-repository',
  ],
  [/^Repository\.(InsufficientFreeSpaceError|StorageQuotaExceeded)$/, 'offsite-target-full'],
  [
    /^(IntegrityError|IntegrityErrorBase|.*IntegrityError|Repository\.(ObjectNotFound|CheckNeeded)|NoManifestError|DecompressionError)$/,
    'offsite-damaged',
  ],
];

const WORDS: readonly (readonly [RegExp, ProblemCode])[] = [
  // A full target looks like hundreds of unreadable photos.
  [/\[Errno 28\]|no space left on device|\[Errno 122\]/i, 'offsite-target-full'],
  [/host key verification failed|remote host identification has changed/i, 'offsite-host-key'],
  [
    /connection refused|connection timed out|could not resolve|no route to host|network is unreachable|connection closed by remote/i,
    'offsite-unreachable',
  ],
  [/permission denied/i, 'offsite-refused'],
  [/integrity error|object with key .* not found|crc (check|mismatch)|checksum/i, 'offsite-damaged'],
];

/** What a failed call of Borg means. */
export function classifyBorg(end: ChildEnd, doing: string): Problem {
  if (end.ended !== undefined)
    return new Problem('offsite-unreachable', `${doing}: no sign of life from the repository, so borg was stopped.`);
  const messages = end.err.map(readMessage).filter((message) => message !== undefined);
  const texts = messages.length > 0 ? messages.map(({ text }) => text) : saidBy(end.err);
  const all = texts.join('\n');
  const named = messages.flatMap(({ msgid }) =>
    NAMES.filter(([name]) => msgid !== undefined && name.test(msgid)).map(([, code]) => code),
  )[0];
  const [full] = WORDS.filter(([words, code]) => code === 'offsite-target-full' && words.test(all));
  const code = full?.[1] ?? named ?? WORDS.find(([words]) => words.test(all))?.[1] ?? 'offsite-failed';
  const last =
    messages.find(({ msgid }) => msgid !== undefined)?.text ?? messages.findLast(({ level }) => level !== 'INFO')?.text ?? texts.at(-1);
  const said = (last ?? `borg ended with ${end.exitCode ?? end.signal ?? 'nothing'}`).trim().split('\n')[0];
  return new Problem(code, `${doing}: ${said}`, { context: { exitCode: end.exitCode ?? -1 } });
}
