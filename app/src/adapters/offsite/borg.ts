import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import type { BackupRepository, CheckDepth, SnapshotSource, StoredEntry, Unread } from '../../ports/backup-repository.ts';
import * as output from './borg-output.ts';
import { extractAround } from './borg-restore.ts';
import { classifyBorg } from './classify-borg.ts';
import { type EngineTarget, type EngineTools, environment, hostOf, LOOK_MS, libraryOf, SILENT_MS } from './engine-target.ts';
import { leftChildren } from './left-children.ts';
import { locationOf } from './location.ts';
import { reach } from './reach.ts';
import type { ChildEnd, ChildRequest } from './run-child.ts';
import { saidBy } from './said-by.ts';
import { writeSshFiles } from './ssh-files.ts';

const LOCK_WAIT_S = 5;
/** One look at a part of the repository; Borg remembers where it stopped. */
const PART_S = 1800;
const NAMES_PER_CALL = 50;
const FINDINGS = 20;

/** A Borg repository, version 1.2 or 1.4. */
export function createBorg(target: EngineTarget, tools: EngineTools): BackupRepository {
  const children = leftChildren(join(target.stateDir, 'children.json'), 'borg', tools.now);
  const remote = locationOf(target.repository).kind === 'ssh';

  async function call(
    args: readonly string[],
    signal: AbortSignal,
    more: Partial<ChildRequest> & { readonly moved?: boolean } = {},
  ): Promise<ChildEnd> {
    const { moved, ...request } = more;
    await mkdir(target.stateDir, { recursive: true, mode: 0o700 });
    const rsh = remote ? { BORG_RSH: `ssh -F '${(await writeSshFiles(target, tools.connectTimeoutS)).config}'` } : {};
    const input = await target.passphrase(signal);
    return tools.runChild(
      {
        ...request,
        program: 'borg',
        args: ['--log-json', '--lock-wait', String(LOCK_WAIT_S), ...args],
        env: environment(target, tools, {
          ...rsh,
          BORG_REPO: target.repository,
          BORG_BASE_DIR: target.stateDir,
          // Standard input: a descriptor that nobody else can look at.
          BORG_PASSPHRASE_FD: '0',
          BORG_EXIT_CODES: 'modern',
          BORG_HOST_ID: target.libraryId === undefined ? 'photos-restore' : hostOf(target.libraryId),
          BORG_RELOCATED_REPO_ACCESS_IS_OK: moved === true ? 'yes' : 'no',
          BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'no',
        }),
        input,
        onStart: children.began,
        onEnd: children.ended,
      },
      signal,
    );
  }

  /** Any call may meet the lock of a child of ours that was killed; locks of others are respected. */
  async function run(args: readonly string[], signal: AbortSignal, more: Parameters<typeof call>[2] = {}): Promise<ChildEnd> {
    const end = await call(args, signal, more);
    // It got in, so no lock of ours was left.
    if (end.exitCode === 0) children.forget();
    if (end.exitCode === 0 || classifyBorg(end, '').code !== 'offsite-locked') return end;
    const left = children.left();
    if (left.length === 0 || left.some(({ alive }) => alive)) return end;
    await call(['break-lock'], signal);
    children.forget();
    return call(args, signal, more);
  }

  async function ask(args: readonly string[], doing: string, signal: AbortSignal, moved = false): Promise<string> {
    const lines: string[] = [];
    const end = await run(args, signal, { onOut: (line) => lines.push(line), mostMs: LOOK_MS, moved });
    if (end.exitCode !== 0) throw classifyBorg(end, doing);
    return lines.join('\n');
  }

  const glob = () => (target.libraryId === undefined ? 'photos-*' : `photos-${target.libraryId}-*`);
  const archives = async (signal: AbortSignal) =>
    output.readArchives(await ask(['list', '--json', '--glob-archives', glob()], 'The snapshots could not be listed', signal));

  async function list(id: string, signal: AbortSignal): Promise<readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    const end = await run(['list', '--json-lines', `::${id}`], signal, {
      onOut(line) {
        const entry = output.readEntry(line);
        if (entry) entries.push(entry);
      },
    });
    if (end.exitCode !== 0) throw classifyBorg(end, 'The snapshot could not be listed');
    return entries;
  }

  return {
    async probe(signal, adopt = false) {
      await reach(target, tools, signal);
      try {
        return { is: 'ready', id: output.readInfo(await ask(['info', '--json'], 'The repository could not be opened', signal, adopt)).id };
      } catch (error) {
        if (error instanceof Problem && error.code === 'offsite-no-repository') return { is: 'absent' };
        throw error;
      }
    },

    async init(signal) {
      await ask(['init', '--encryption', 'repokey-blake2'], 'The repository could not be made', signal);
      const { id } = output.readInfo(await ask(['info', '--json'], 'The new repository could not be opened', signal));
      return { id, recovery: await ask(['key', 'export', '::'], 'The key could not be exported', signal) };
    },

    snapshot: (source, onProgress, signal) => create(source, onProgress, signal),
    snapshots: archives,
    list,

    async restore(id, paths, into, _onProgress, signal) {
      await mkdir(into, { recursive: true, mode: 0o700 });
      return {
        failed: await extractAround(
          (wanted) => extract(id, wanted, into, signal),
          paths,
          () => list(id, signal),
          into,
        ),
      };
    },

    check: (depth, _root, signal) => check(depth, signal),

    async forget(ids, signal) {
      for (let from = 0; from < ids.length; from += NAMES_PER_CALL) {
        const [first, ...more] = ids.slice(from, from + NAMES_PER_CALL);
        const end = await run(['delete', `::${first}`, ...more], signal);
        if (end.exitCode !== 0) throw classifyBorg(end, 'Old snapshots could not be removed');
      }
      const left = new Set((await archives(signal)).map(({ id }) => id));
      const still = ids.filter((id) => left.has(id));
      if (still.length > 0)
        throw new Problem(
          'offsite-retention-refused',
          `${still.length} of ${ids.length} snapshots are still there after they were removed.`,
        );
    },

    async prune(signal) {
      const end = await run(['compact'], signal);
      if (end.exitCode !== 0) throw classifyBorg(end, 'Space could not be given back');
    },

    storedBytes: async (signal) => output.readInfo(await ask(['info', '--json'], 'The size could not be asked for', signal)).storedBytes,
  };

  async function create(source: SnapshotSource, onProgress: Parameters<BackupRepository['snapshot']>[1], signal: AbortSignal) {
    const lines: string[] = [];
    const unreadable = new Map<string, Unread>();
    let readFiles = 0;
    const args = [
      ...['--progress', 'create', '--json', '--list', '--filter', 'AMEx', '--compression', 'none'],
      // The mode must never change: Borg reads everything again when it does.
      ...['--files-cache', target.unstableInodes ? 'mtime,size' : 'ctime,size,inode'],
      ...(target.uploadKib === undefined ? [] : ['--upload-ratelimit', String(target.uploadKib)]),
      ...source.exclude.flatMap((path) => [`--pattern=-pp:${path}`]),
      ...source.only.entries.flatMap((entry) => [`--pattern=+pp:${source.only.folder}/${entry}`]),
      `--pattern=-pp:${source.only.folder}`,
      ...[`::${archiveOf(source)}`, ...(source.include ?? ['.'])],
    ];
    const end = await run(args, signal, {
      cwd: source.root,
      silentMs: SILENT_MS,
      onOut: (line) => lines.push(line),
      onErr(line) {
        const status = output.readFileStatus(line);
        if (status?.read) readFiles += 1;
        if (status?.failed && !unreadable.has(status.path)) unreadable.set(status.path, { path: status.path, why: 'it could not be read' });
        const unread = output.readUnreadable(line);
        if (unread) unreadable.set(unread.path, unread);
        const progress = output.readProgress(line);
        if (progress) onProgress(progress);
      },
    });
    const warned = end.exitCode === 1 || (end.exitCode !== undefined && end.exitCode >= 100 && end.exitCode < 128);
    const full = [...unreadable.values()].some(({ why }) => /Errno (28|122)\b/.test(why));
    if ((end.exitCode !== 0 && !warned) || full || lines.length === 0) throw classifyBorg(end, 'No snapshot was made');
    return { ...output.readCreated(lines.join('\n')), readFiles, unreadable: [...unreadable.values()] };
  }

  function archiveOf(source: SnapshotSource): string {
    return output.archiveName(libraryOf(target), source.nowMs);
  }

  /** Literal paths: the lines of a file of patterns, and as arguments those that no line can hold. */
  async function extract(id: string, paths: readonly string[] | 'all', into: string, signal: AbortSignal) {
    const file = join(target.stateDir, `patterns-${randomBytes(4).toString('hex')}`);
    const wanted = paths === 'all' ? [] : paths;
    const isLine = (path: string) => !/[\r\n]|^\s|\s$/.test(path);
    try {
      await writeFile(file, ['P pp', ...wanted.filter(isLine).map((path) => `R ${path}`), ''].join('\n'), { mode: 0o600 });
      const select = paths === 'all' ? [] : ['--patterns-from', file];
      const odd = wanted.filter((path) => !isLine(path)).map((path) => `pp:${path}`);
      const end = await run(['--progress', 'extract', ...select, `::${id}`, ...odd], signal, { cwd: into });
      if (end.exitCode === 0) return undefined;
      const problem = classifyBorg(end, 'The restore stopped');
      const unmatched = saidBy(end.err).filter((text) => !/never matched/.test(text));
      // A name that is not in the archive shows when what arrived is counted.
      if ((end.exitCode === 1 || end.exitCode === 101) && unmatched.every((text) => !/error/i.test(text))) return undefined;
      if (problem.code !== 'offsite-damaged' && end.exitCode !== 1 && (end.exitCode ?? 0) < 100) throw problem;
      return { damaged: problem.code === 'offsite-damaged', said: problem.message };
    } finally {
      await rm(file, { force: true });
    }
  }

  async function check(depth: CheckDepth, signal: AbortSignal) {
    const how = { structure: ['--archives-only'], part: ['--repository-only', '--max-duration', String(PART_S)], all: ['--verify-data'] }[
      depth.kind
    ];
    const end = await run(['--progress', 'check', ...how], signal);
    if (end.exitCode === 0) return { sound: true, findings: [] };
    const problem = classifyBorg(end, 'The repository could not be checked');
    const found = end.exitCode === 1 || problem.code === 'offsite-damaged' || (end.exitCode ?? 0) >= 100;
    if (!found) throw problem;
    const findings = end.err.flatMap((line) => {
      const message = output.readMessage(line);
      return message && message.level !== 'INFO' ? [message.text.trim()] : [];
    });
    return { sound: false, findings: (findings.length > 0 ? findings : [problem.message]).slice(0, FINDINGS) };
  }
}
