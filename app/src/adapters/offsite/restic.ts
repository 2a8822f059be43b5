import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import type { BackupRepository, CheckDepth, StoredEntry, Unread } from '../../ports/backup-repository.ts';
import { classifyRestic } from './classify-restic.ts';
import { type EngineTarget, type EngineTools, environment, LOOK_MS, libraryOf, SILENT_MS } from './engine-target.ts';
import { leftChildren } from './left-children.ts';
import { locationOf } from './location.ts';
import { reach } from './reach.ts';
import { backupArgs, checkArgs, includes, tagsOf } from './restic-args.ts';
import { judgeLocks, type ResticLock } from './restic-locks.ts';
import * as output from './restic-output.ts';
import type { ChildEnd, ChildRequest } from './run-child.ts';
import { saidBy } from './said-by.ts';
import { writeSshFiles } from './ssh-files.ts';

const OLDEST_MINOR = 17;
const LOCKED = 11;
const SOME_UNREADABLE = 3;
const FINDINGS = 20;

/** A restic repository, version 0.17 or newer. What each call may be believed is written down in docs/decisions (off-site). */
export function createRestic(target: EngineTarget, tools: EngineTools): BackupRepository {
  const children = leftChildren(join(target.stateDir, 'children.json'), 'restic', tools.now);

  /** One call; its lines go to `onOut` and `onErr`. */
  async function call(args: readonly string[], signal: AbortSignal, more: Partial<ChildRequest> = {}): Promise<ChildEnd> {
    await mkdir(join(target.stateDir, 'cache'), { recursive: true, mode: 0o700 });
    const input = await target.passphrase(signal);
    return tools.runChild(
      {
        ...more,
        program: 'restic',
        args: [...(await sshArgs()), ...args],
        env: environment(target, tools, {
          RESTIC_REPOSITORY: target.repository,
          RESTIC_CACHE_DIR: join(target.stateDir, 'cache'),
          RESTIC_PROGRESS_FPS: '1',
        }),
        input,
        onStart: children.began,
        onEnd: children.ended,
      },
      signal,
    );
  }

  async function sshArgs(): Promise<readonly string[]> {
    if (locationOf(target.repository).kind !== 'ssh') return [];
    const { config } = await writeSshFiles(target, tools.connectTimeoutS);
    return ['-o', `sftp.args=-F '${config}'`];
  }

  /** A call that answers one document. */
  async function ask(args: readonly string[], doing: string, signal: AbortSignal): Promise<string> {
    const lines: string[] = [];
    const end = await call(args, signal, { onOut: (line) => lines.push(line), mostMs: LOOK_MS });
    if (end.exitCode !== 0) throw classifyRestic(end, doing);
    return lines.join('\n');
  }

  /** Calls that want the repository for themselves; dead locks of ours are cleared, those of others respected. */
  async function alone(args: readonly string[], signal: AbortSignal, more: Partial<ChildRequest> = {}): Promise<ChildEnd> {
    const end = await call(args, signal, more);
    if (end.exitCode !== LOCKED) return end;
    const locks = await readLocks(signal);
    const verdict = judgeLocks(locks, children.left(), tools.now());
    if (verdict.is === 'busy')
      throw new Problem('offsite-locked', `${verdict.host} is working in the repository since ${new Date(verdict.sinceMs).toISOString()}.`);
    await ask(['unlock', '--remove-all'], 'Dead locks could not be removed', signal);
    children.forget();
    return call(args, signal, more);
  }

  async function readLocks(signal: AbortSignal): Promise<ResticLock[]> {
    const ids = (await ask(['list', 'locks', '--no-lock'], 'The locks could not be listed', signal))
      .split('\n')
      .filter((id) => /^[0-9a-f]{64}$/.test(id));
    const locks: ResticLock[] = [];
    for (const id of ids) {
      const lock = output.readLock(await ask(['cat', 'lock', id, '--no-lock'], 'A lock could not be read', signal));
      if (lock) locks.push(lock);
    }
    return locks;
  }

  async function ownSnapshots(signal: AbortSignal) {
    return output.readSnapshots(
      await ask(['snapshots', '--json', '--no-lock', '--tag', tagsOf(target.libraryId)], 'The snapshots could not be listed', signal),
    );
  }

  return {
    async probe(signal) {
      const opening = async () => {
        await reach(target, tools, signal);
        return output.readConfigId(await ask(['cat', 'config', '--json', '--no-lock'], 'The repository could not be opened', signal));
      };
      // Each is a second program to wait for; of an old one its version is what there is to say.
      const [version, config] = await Promise.allSettled([checkVersion(target, tools, signal), opening()]);
      if (version.status === 'rejected') throw version.reason;
      if (config.status === 'fulfilled') return { is: 'ready', id: config.value };
      if (config.reason instanceof Problem && config.reason.code === 'offsite-no-repository') return { is: 'absent' };
      throw config.reason;
    },

    async init(signal) {
      await ask(['init', '--json'], 'The repository could not be made', signal);
      return {
        id: output.readConfigId(await ask(['cat', 'config', '--json', '--no-lock'], 'The new repository could not be opened', signal)),
        recovery: '',
      };
    },

    async snapshot(source, onProgress, signal) {
      const unreadable: Unread[] = [];
      let summary: output.BackupSummary | undefined;
      const end = await call(backupArgs(source, { ...target, libraryId: libraryOf(target) }), signal, {
        cwd: source.root,
        silentMs: SILENT_MS,
        onOut(line) {
          summary = output.readSummary(line) ?? summary;
          const status = output.readStatus(line);
          if (status) onProgress(status);
        },
        onErr(line) {
          const failure = output.readItemError(line, source.root);
          if (failure) unreadable.push(failure);
        },
      });
      const { id, ...figures } = summary ?? { id: undefined };
      if ((end.exitCode !== 0 && end.exitCode !== SOME_UNREADABLE) || id === undefined || !('files' in figures))
        throw classifyRestic(end, 'No snapshot was made');
      const skipped = saidBy(end.err).find((text) => /does not exist, skipping/.test(text));
      if (skipped !== undefined) throw new Problem('offsite-failed', `The snapshot lacks a folder: ${skipped}`);
      return { id, ...figures, unreadable };
    },

    snapshots: ownSnapshots,

    async list(id, signal) {
      const entries: StoredEntry[] = [];
      const end = await call(['ls', '--json', '--no-lock', id], signal, {
        onOut(line) {
          const entry = output.readNode(line);
          if (entry) entries.push(entry);
        },
      });
      if (end.exitCode !== 0) throw classifyRestic(end, 'The snapshot could not be listed');
      return entries;
    },

    async restore(id, paths, into, onProgress, signal) {
      const wanted = paths === 'all' ? undefined : includes(paths);
      const file = join(target.stateDir, `include-${randomBytes(4).toString('hex')}`);
      const failed: Unread[] = [];
      await mkdir(target.stateDir, { recursive: true, mode: 0o700 });
      try {
        if (wanted) await writeFile(file, wanted.lines, { mode: 0o600 });
        const args = wanted ? ['--include-file', file, ...wanted.args] : [];
        const end = await call(['restore', id, '--json', '--no-lock', '--target', into, ...args], signal, {
          silentMs: SILENT_MS,
          onOut(line) {
            const status = output.readStatus(line);
            if (status) onProgress(status);
          },
          onErr(line) {
            const failure = output.readItemError(line, into);
            if (failure) failed.push(failure);
          },
        });
        if (end.exitCode !== 0 && failed.length === 0) throw classifyRestic(end, 'Nothing could be restored');
        return { failed };
      } finally {
        await rm(file, { force: true });
      }
    },

    check: (depth, _root, signal) => check(depth, signal),

    async forget(ids, signal) {
      if (ids.length === 0) return;
      const end = await alone(['forget', '--json', ...ids], signal);
      const left = new Set((await ownSnapshots(signal)).map(({ id }) => id));
      const still = ids.filter((id) => left.has(id));
      if (still.length > 0) {
        const reason = saidBy(end.err).at(-1) ?? `restic ended with ${end.exitCode}`;
        throw new Problem(
          'offsite-retention-refused',
          `${still.length} of ${ids.length} snapshots are still there after they were removed: ${reason}.`,
        );
      }
      if (end.exitCode !== 0) throw classifyRestic(end, 'Old snapshots could not be removed');
    },

    async prune(signal) {
      const end = await alone(['prune', '--max-unused', '5%', '--max-repack-size', '10G'], signal);
      if (end.exitCode !== 0) throw classifyRestic(end, 'Space could not be given back');
    },

    storedBytes: async (signal) =>
      output.readSize(await ask(['stats', '--json', '--no-lock', '--mode', 'raw-data'], 'The size could not be asked for', signal)),
  };

  async function check(depth: CheckDepth, signal: AbortSignal) {
    let errors: number | undefined;
    const end = await alone(checkArgs(depth), signal, {
      onOut(line) {
        errors = output.readCheck(line)?.errors ?? errors;
      },
    });
    if (end.exitCode === 0 && errors === 0) return { sound: true, findings: [] };
    const findings = saidBy(end.err).filter((text) => /error|damaged|pack|blob|hash|does not|missing/i.test(text));
    const problem = classifyRestic(end, 'The repository could not be checked');
    // Only what restic found in the repository is a finding; a dead network says nothing about it.
    if (errors === undefined && problem.code !== 'offsite-damaged') throw problem;
    return { sound: false, findings: (findings.length > 0 ? findings : [problem.message]).slice(0, FINDINGS) };
  }
}

/** Older ones name failures by the same code and do not know flags that are needed. */
async function checkVersion(target: EngineTarget, tools: EngineTools, signal: AbortSignal): Promise<void> {
  const { out } = await tools.runChild(
    { program: 'restic', args: ['version'], env: environment(target, tools, {}), mostMs: LOOK_MS },
    signal,
  );
  const [, version = 'of an unknown version', major, minor] = /^restic ((\d+)\.(\d+)\S*)/.exec(out[0] ?? '') ?? [];
  if (Number(major) > 0 || Number(minor) >= OLDEST_MINOR) return;
  throw new Problem('offsite-tool-missing', `restic ${version} is too old: 0.${OLDEST_MINOR} or newer is needed.`);
}
