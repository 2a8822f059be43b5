import { describe, expect, it } from 'vitest';
import { archiveName, readArchives, readFileStatus, readUnreadable } from '../../../src/adapters/offsite/borg-output.ts';
import { classifyBorg } from '../../../src/adapters/offsite/classify-borg.ts';
import { classifyRclone } from '../../../src/adapters/offsite/classify-rclone.ts';
import { classifyRestic } from '../../../src/adapters/offsite/classify-restic.ts';
import { locationOf, shownAs } from '../../../src/adapters/offsite/location.ts';
import { joinParts } from '../../../src/adapters/offsite/passphrase.ts';
import { stampOf, timeOfStamp } from '../../../src/adapters/offsite/rclone-output.ts';
import { classifySsh } from '../../../src/adapters/offsite/reach.ts';
import { includes, literal } from '../../../src/adapters/offsite/restic-args.ts';
import { judgeLocks } from '../../../src/adapters/offsite/restic-locks.ts';
import { readItemError, readSnapshots, readStatus, readSummary } from '../../../src/adapters/offsite/restic-output.ts';
import type { ChildEnd } from '../../../src/adapters/offsite/run-child.ts';

const ended = (exitCode: number | undefined, err: readonly string[], more: Partial<ChildEnd> = {}): ChildEnd => ({
  exitCode,
  signal: undefined,
  ended: undefined,
  out: [],
  err,
  ...more,
});
const exitError = (code: number, message: string) => JSON.stringify({ message_type: 'exit_error', code, message });

describe('what a failed restic means', () => {
  it.each([
    [12, exitError(12, 'Fatal: wrong password or no key found'), 'offsite-wrong-passphrase'],
    [1, 'Fatal: wrong password or no key found', 'offsite-wrong-passphrase'],
    [11, exitError(11, 'unable to create lock in backend: repository is already locked'), 'offsite-locked'],
    [
      10,
      exitError(10, 'Fatal: repository does not exist: unable to open config file: stat /x/config: no such file'),
      'offsite-no-repository',
    ],
    [10, 'Fatal: unable to open config file: Head "http://nas:8000/config": dial tcp: connection refused', 'offsite-unreachable'],
    [1, 'Save(<data/0123>) failed: write: no space left on device', 'offsite-target-full'],
    [1, 'subprocess ssh: Host key verification failed.', 'offsite-host-key'],
    [1, 'Fatal: unable to start the sftp session, error: EOF', 'offsite-unreachable'],
    [1, 'Fatal: client.MakeBucket: Access Denied.', 'offsite-refused'],
    [1, 'ciphertext verification failed', 'offsite-damaged'],
    [2, 'panic: runtime error', 'offsite-failed'],
  ])('exit code %s, "%s"', (code, line, expected) => {
    expect(classifyRestic(ended(code, [line]), 'No snapshot was made').code).toBe(expected);
  });

  it('says the last words of the program, without its control characters', () => {
    const problem = classifyRestic(
      ended(1, ['\u001b[2Ksignal interrupt received', exitError(1, 'Fatal: something odd\n')]),
      'No snapshot was made',
    );
    expect(problem.message).toBe('No snapshot was made: Fatal: something odd');
  });

  it('calls a program that had to be stopped for silence unreachable', () => {
    expect(classifyRestic(ended(130, [], { ended: 'silence' }), 'No snapshot was made').code).toBe('offsite-unreachable');
  });
});

describe('what a failed Borg means', () => {
  const message = (msgid: string | undefined, text: string, levelname = 'ERROR') =>
    JSON.stringify({ type: 'log_message', levelname, name: 'borg', message: text, msgid });
  it.each([
    [2, 'PassphraseWrong', 'offsite-wrong-passphrase'],
    [52, 'PassphraseWrong', 'offsite-wrong-passphrase'],
    [2, 'Repository.DoesNotExist', 'offsite-no-repository'],
    [73, 'LockTimeout', 'offsite-locked'],
    [81, 'ConnectionClosedWithHint', 'offsite-unreachable'],
    [64, 'Cache.RepositoryReplay', 'offsite-other-repository'],
    [90, 'IntegrityError', 'offsite-damaged'],
  ])('exit code %s, %s', (code, msgid, expected) => {
    expect(classifyBorg(ended(code, [message(msgid, 'words')]), 'x').code).toBe(expected);
  });

  it('recognises a full target behind hundreds of files that seem unreadable', () => {
    const warnings = Array.from({ length: 100 }, (_, index) =>
      message(undefined, `IMG_${index}.JPG: read: [Errno 28] No space left on device`, 'WARNING'),
    );
    expect(classifyBorg(ended(2, [...warnings, message(undefined, 'Local Exception')]), 'x').code).toBe('offsite-target-full');
  });
});

describe('what a failed rclone means', () => {
  const line = (level: string, msg: string, object?: string) => JSON.stringify({ level, msg, object });
  it.each([
    [1, line('error', 'Failed to copy: preallocate: file too big for remaining disk space', 'IMG_1.JPG'), 'offsite-target-full'],
    [1, line('error', 'knownhosts: key is unknown'), 'offsite-host-key'],
    [1, line('error', 'failed to create: dial tcp: connect: connection refused'), 'offsite-unreachable'],
    [1, line('error', 'ssh: unable to authenticate'), 'offsite-refused'],
    [5, line('error', 'failed to authenticate decrypted block - bad password?', 'IMG_1.JPG'), 'offsite-damaged'],
    [3, line('error', 'directory not found'), 'offsite-no-repository'],
  ])('exit code %s, %s', (code, text, expected) => {
    expect(classifyRclone(ended(code, [text]), 'x').code).toBe(expected);
  });
});

describe('what ssh says', () => {
  it.each([
    ['WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.', 255, 'offsite-host-key'],
    [
      'No ED25519 host key is known for [nas]:22 and you have requested strict checking.\nHost key verification failed.',
      255,
      'offsite-host-key',
    ],
    ['backup@nas: Permission denied (publickey).', 255, 'offsite-refused'],
    ['ssh: connect to host nas port 22: Connection refused', 255, 'offsite-unreachable'],
    ['Connection timed out during banner exchange', 255, 'offsite-unreachable'],
    ['', undefined, 'offsite-unreachable'],
    ['', 0, undefined],
    ['subsystem request failed on channel 0', 1, undefined],
  ])('"%s"', (said, code, expected) => {
    expect(classifySsh(said, 'nas port 22', code)?.code).toBe(expected);
  });
});

describe('locks of restic', () => {
  const now = Date.parse('2026-11-20T05:00:00Z');
  const minutes = (count: number) => now - count * 60_000;
  const left = { host: 'nas', pid: 7, startedMs: minutes(10), alive: false };
  it.each([
    ['left by a child of ours that was killed', [{ host: 'nas', pid: 7, atMs: minutes(10) }], [left], 'removable'],
    ['of a child of ours that still runs', [{ host: 'nas', pid: 7, atMs: minutes(10) }], [{ ...left, alive: true }], 'busy'],
    ['of an older process with the same number', [{ host: 'nas', pid: 7, atMs: minutes(20) }], [left], 'busy'],
    ['of another machine, renewed lately', [{ host: 'laptop', pid: 7, atMs: minutes(4) }], [left], 'busy'],
    ['of another machine, not renewed for long', [{ host: 'laptop', pid: 9, atMs: minutes(31) }], [], 'removable'],
    [
      'ours and a living one',
      [
        { host: 'nas', pid: 7, atMs: minutes(10) },
        { host: 'laptop', pid: 9, atMs: minutes(1) },
      ],
      [left],
      'busy',
    ],
  ])('%s', (_, locks, children, verdict) => {
    expect(judgeLocks(locks, children, now).is).toBe(verdict);
  });
});

describe('reading restic', () => {
  it('takes a summary without a snapshot for what it is', () => {
    expect(
      readSummary('{"message_type":"summary","files_unmodified":5,"backup_end":"0001-01-01T00:00:00Z","total_duration":-9.2e9}'),
    ).toMatchObject({ id: undefined });
    expect(readSummary('signal interrupt received')).toBeUndefined();
    expect(readStatus('{"message_type":"status"}')).toEqual({ doneFiles: 0, doneBytes: 0, totalBytes: undefined });
  });

  it('names unreadable files as the library does', () => {
    const line = (item: string) =>
      JSON.stringify({ message_type: 'error', error: { message: 'permission denied' }, during: 'archival', item });
    expect(readItemError(line('/photos/_All-Photos/a.JPG'), '/photos')).toEqual({ path: '_All-Photos/a.JPG', why: 'permission denied' });
    expect(readItemError(line('/_All-Photos/a.JPG'), '/elsewhere')).toEqual({ path: '_All-Photos/a.JPG', why: 'permission denied' });
    expect(readItemError('{"message_type":"error","error":{}}', '/photos')).toBeUndefined();
  });

  it('does not take a list that it cannot read for an empty one', () => {
    expect(readSnapshots('[]')).toEqual([]);
    expect(() => readSnapshots('{"message":"odd"}')).toThrow();
  });
});

describe('patterns for restic', () => {
  it('mean the name and nothing else', () => {
    expect(literal('a[1]*?\\b')).toBe('a\\[1\\]\\*\\?\\\\b');
    expect(includes(['a [1].JPG', '$HOME.JPG', 'two\nlines', 'blank '])).toEqual({
      lines: '/a \\[1\\].JPG\n/$$HOME.JPG\n',
      args: ['--include', '/two\nlines', '--include', '/blank '],
    });
  });
});

describe('reading Borg', () => {
  it('finds its own archives again, with their time', () => {
    const atMs = Date.parse('2026-11-20T05:00:00.123Z');
    const name = archiveName('1111-22', atMs);
    const text = JSON.stringify({ archives: [{ name }, { name: 'laptop-monday' }] });
    expect(readArchives(text)).toEqual([{ id: name, kind: 'whole', atMs, files: undefined, bytes: undefined, libraryId: '1111-22' }]);
  });

  it('tells read files from those it could not read', () => {
    expect(readFileStatus('{"type":"file_status","status":"M","path":"a"}')).toMatchObject({ read: true, failed: false });
    expect(readFileStatus('{"type":"file_status","status":"E","path":"a"}')).toMatchObject({ read: false, failed: true });
    const warning = JSON.stringify({
      type: 'log_message',
      levelname: 'WARNING',
      message: "./a b.JPG: open: [Errno 13] Permission denied: 'a b.JPG'",
    });
    expect(readUnreadable(warning)).toEqual({ path: 'a b.JPG', why: "open: [Errno 13] Permission denied: 'a b.JPG'" });
  });
});

describe('the rest', () => {
  it('joins the parts of a passphrase with nothing between, and drops one line break of each', () => {
    expect(joinParts(['first\n', 'second\r\n'])).toBe('firstsecond');
    expect(joinParts(['kept blank \n', '\n\n'])).toBe('kept blank \n');
    expect(joinParts([''])).toBe('');
  });

  it('knows where a repository lies', () => {
    expect(locationOf('/mnt/disk')).toEqual({ kind: 'folder', path: '/mnt/disk' });
    expect(locationOf('sftp:me@nas:/backup')).toEqual({ kind: 'ssh', user: 'me', host: 'nas', port: 22, path: '/backup' });
    expect(locationOf('ssh://me@nas:2222/backup')).toEqual({ kind: 'ssh', user: 'me', host: 'nas', port: 2222, path: '/backup' });
    expect(locationOf('rest:https://u:p@nas:8000/x')).toEqual({ kind: 'http', url: 'https://u:p@nas:8000/x' });
    expect(locationOf('b2:bucket:path')).toEqual({ kind: 'other' });
  });

  it('shows an address without its password', () => {
    expect(shownAs('rest:https://me:secret@nas:8000/x')).toBe('rest:https://me:***@nas:8000/x');
    expect(shownAs('sftp://me@nas/x')).toBe('sftp://me@nas/x');
  });

  it('makes stamps that sort by time and can be read again', () => {
    const atMs = Date.parse('2026-11-20T05:00:00.123Z');
    expect(stampOf(atMs)).toBe('2026-11-20T05-00-00-123Z');
    expect(timeOfStamp(stampOf(atMs))).toBe(atMs);
    expect(timeOfStamp('something else')).toBeNaN();
  });
});
