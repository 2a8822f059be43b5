import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import type { BackupRepository, CheckDepth, SnapshotInfo, SnapshotSource, Unread } from '../../ports/backup-repository.ts';
import { classifyRclone, FULL } from './classify-rclone.ts';
import { type EngineTarget, type EngineTools, environment, LOOK_MS, libraryOf, SILENT_MS } from './engine-target.ts';
import { locationOf } from './location.ts';
import { baseOf, CRYPT, remotes, syncArgs, transferArgs } from './rclone-args.ts';
import * as output from './rclone-output.ts';
import { reach } from './reach.ts';
import type { ChildEnd, ChildRequest } from './run-child.ts';
import { writeSshFiles } from './ssh-files.ts';

const ABSENT = 3;
/** Lines about the whole mirror look like lines about a file of this name. */
const REMOTE_ITSELF = /^Encrypted drive /;
const FINDINGS = 20;
/** So many failures are no longer single files. */
const MANY_FAILURES = 100;

/**
 * An encrypted mirror: `current` is the library as it was last, `versions/<time>` what each run replaced or removed. Not a
 * history of whole states; docs/off-site.md says when it is the right choice.
 */
export function createRclone(target: EngineTarget, tools: EngineTools): BackupRepository {
  let obscured: Promise<string> | undefined;
  const ssh = locationOf(target.repository).kind === 'ssh';

  /** rclone takes its password in a form of its own making. Never as an argument: everybody could turn it back. */
  async function obscure(signal: AbortSignal): Promise<string> {
    const lines: string[] = [];
    const end = await tools.runChild(
      {
        program: 'rclone',
        args: ['obscure', '-'],
        env: environment(target, tools, { RCLONE_CONFIG: '/dev/null' }),
        input: await target.passphrase(signal),
        onOut: (line) => lines.push(line),
        mostMs: LOOK_MS,
      },
      signal,
    );
    const [password] = lines;
    if (end.exitCode !== 0 || !password) throw classifyRclone(end, 'The passphrase could not be handed over');
    return password;
  }

  async function call(args: readonly string[], signal: AbortSignal, more: Partial<ChildRequest> = {}): Promise<ChildEnd> {
    await mkdir(target.stateDir, { recursive: true, mode: 0o700 });
    const files = ssh ? await writeSshFiles(target, tools.connectTimeoutS) : undefined;
    obscured ??= obscure(signal).catch((error: unknown) => {
      obscured = undefined;
      throw error;
    });
    return tools.runChild(
      { ...more, program: 'rclone', args, env: environment(target, tools, remotes(target, await obscured, files)) },
      signal,
    );
  }

  /** Text of one answer; undefined when there is no such file. */
  async function read(args: readonly string[], doing: string, signal: AbortSignal): Promise<string | undefined> {
    const lines: string[] = [];
    const end = await call([...args, '--retries', '1', '--low-level-retries', '1'], signal, {
      onOut: (line) => lines.push(line),
      mostMs: LOOK_MS,
    });
    if (end.exitCode === 0) return lines.join('\n');
    const problem = classifyRclone(end, doing);
    if (end.exitCode === ABSENT || /object not found|directory not found/.test(problem.message)) return undefined;
    throw problem;
  }

  async function write(name: string, value: object, signal: AbortSignal): Promise<void> {
    const end = await call(['rcat', `${CRYPT}${name}`, '--retries', '1'], signal, { input: JSON.stringify(value), mostMs: LOOK_MS });
    if (end.exitCode !== 0) throw classifyRclone(end, `${name} could not be written`);
  }

  const canary = async (signal: AbortSignal) => {
    const text = await read(['cat', `${CRYPT}${output.CANARY}`], 'The mirror could not be opened', signal);
    return text === undefined || text === '' ? undefined : output.readCanary(text);
  };

  async function done(signal: AbortSignal): Promise<output.Done | undefined> {
    const text = await read(['cat', `${CRYPT}${output.DONE}`], 'The mirror could not be looked at', signal);
    return text === undefined || text === '' ? undefined : output.readDone(text);
  }

  async function entries(folder: string, signal: AbortSignal) {
    const text = await read(
      ['lsjson', '-R', '--files-only', '--no-mimetype', `${CRYPT}${folder}`],
      'The mirror could not be listed',
      signal,
    );
    return text === undefined ? [] : output.readEntries(text);
  }

  async function snapshots(signal: AbortSignal): Promise<SnapshotInfo[]> {
    const current = await done(signal);
    if (current === undefined || (target.libraryId !== undefined && current.libraryId !== target.libraryId)) return [];
    const stamps = (await read(['lsf', '--dirs-only', `${CRYPT}versions`], 'Older versions could not be listed', signal)) ?? '';
    const replaced = stamps.split('\n').flatMap((line): SnapshotInfo[] => {
      const stamp = line.replace(/\/$/, '');
      const atMs = output.timeOfStamp(stamp);
      return Number.isNaN(atMs)
        ? []
        : [{ id: `versions/${stamp}`, kind: 'replaced', atMs, files: undefined, bytes: undefined, libraryId: current.libraryId }];
    });
    const { id, atMs, files, bytes, libraryId } = current;
    return [...replaced.sort((one, other) => one.atMs - other.atMs), { id, kind: 'whole', atMs, files, bytes, libraryId }];
  }

  const folderOf = (id: string) => (id.startsWith('versions/') ? id : 'current');

  return {
    async probe(signal) {
      await reach(target, tools, signal);
      const id = await canary(signal);
      if (id !== undefined) return { is: 'ready', id };
      const there =
        (await read(['lsf', '--max-depth', '1', baseOf(target)], 'The place of the mirror could not be looked at', signal)) ?? '';
      const names = there.split('\n').filter((name) => name !== '' && name !== 'lost+found/');
      if (names.length === 0) return { is: 'absent' };
      throw new Problem(
        'offsite-wrong-passphrase',
        'There is something at the place of the mirror, and nothing of it can be read with this passphrase.',
      );
    },

    async init(signal) {
      const id = randomUUID();
      await write(output.CANARY, { id }, signal);
      if ((await canary(signal)) !== id) throw new Problem('offsite-failed', 'The mirror was made but cannot be read back.');
      return { id, recovery: 'rclone remote of type crypt, filename_encryption standard, filename_encoding base32, no password2.' };
    },

    snapshot: (source, onProgress, signal) => mirror(source, onProgress, signal),
    snapshots,
    list: (id, signal) => entries(folderOf(id), signal),

    async restore(id, paths, into, onProgress, signal) {
      const file = join(target.stateDir, `files-${randomBytes(4).toString('hex')}`);
      const failed: Unread[] = [];
      await mkdir(target.stateDir, { recursive: true, mode: 0o700 });
      try {
        if (paths !== 'all') await writeFile(file, `${paths.flatMap(output.bothForms).join('\n')}\n`, { mode: 0o600 });
        const select = paths === 'all' ? [] : ['--files-from-raw', file];
        const end = await call(['copy', `${CRYPT}${folderOf(id)}`, into, ...transferArgs(tools.connectTimeoutS), ...select], signal, {
          silentMs: SILENT_MS,
          onErr(line) {
            const log = output.readLog(line);
            if (log?.level === 'error' && log.object !== undefined && log.object !== '') failed.push({ path: log.object, why: log.text });
            const stats = output.readStats(line);
            if (stats) onProgress(stats);
          },
        });
        if (end.exitCode !== 0 && failed.length === 0) throw classifyRclone(end, 'Nothing could be restored');
        return { failed };
      } finally {
        await rm(file, { force: true });
      }
    },

    check: (depth, root, signal) => check(depth, root, signal),

    async forget(ids, signal) {
      const versions = ids.filter((id) => id.startsWith('versions/'));
      for (const id of versions) {
        const end = await call(['purge', `${CRYPT}${id}`, '--retries', '1'], signal);
        if (end.exitCode !== 0 && end.exitCode !== ABSENT) throw classifyRclone(end, 'Older versions could not be removed');
      }
      const left = new Set((await snapshots(signal)).map(({ id }) => id));
      const still = versions.filter((id) => left.has(id));
      if (still.length > 0)
        throw new Problem(
          'offsite-retention-refused',
          `${still.length} of ${ids.length} folders of older versions are still there after they were removed.`,
        );
    },

    // What is removed from a mirror takes no space any more.
    prune: async () => undefined,

    async storedBytes(signal) {
      const text = await read(['size', '--json', CRYPT], 'The size could not be asked for', signal);
      return text === undefined ? undefined : output.readSize(text);
    },
  };

  async function mirror(source: SnapshotSource, onProgress: Parameters<BackupRepository['snapshot']>[1], signal: AbortSignal) {
    if ((await canary(signal)) === undefined)
      throw new Problem('offsite-wrong-passphrase', 'The mirror cannot be read with this passphrase.');
    const unreadable: Unread[] = [];
    const hopeless = new AbortController();
    let figures = { read: 0, sent: 0 };
    const end = await call(
      syncArgs(source, output.stampOf(source.nowMs), target, tools.connectTimeoutS),
      AbortSignal.any([signal, hopeless.signal]),
      {
        silentMs: SILENT_MS,
        onErr(line) {
          const stats = output.readStats(line);
          if (stats) {
            figures = { read: stats.doneFiles, sent: stats.doneBytes };
            onProgress(stats);
          }
          const log = output.readLog(line);
          if (log?.level !== 'error' || !log.object || REMOTE_ITSELF.test(log.object)) return;
          unreadable.push({ path: output.plainPath(log.object), why: reasonOf(log.text) });
          if (FULL.test(log.text)) hopeless.abort(new Problem('offsite-target-full', `The target of the mirror is full: ${log.text}.`));
          else if (unreadable.length > MANY_FAILURES) hopeless.abort(new Problem('offsite-failed', `The mirror stopped: ${log.text}.`));
        },
      },
    );
    if (end.exitCode !== 0 && unreadable.length === 0) throw classifyRclone(end, 'The mirror is not complete');
    const all = await entries('current', signal);
    const bytes = all.reduce((sum, { size }) => sum + size, 0);
    const id = `current-${output.stampOf(source.nowMs)}`;
    await write(
      output.DONE,
      { id, atMs: source.nowMs, files: all.length, bytes, libraryId: libraryOf(target) } satisfies output.Done,
      signal,
    );
    return { id, files: all.length, bytes, readFiles: figures.read, addedBytes: figures.sent, unreadable };
  }

  /** A mirror has nothing to check itself by: what it holds is fetched and compared with the library. */
  async function check(depth: CheckDepth, root: string, signal: AbortSignal) {
    const all = await entries('current', signal);
    const expected = (await done(signal))?.files ?? 0;
    if (all.length < expected)
      return { sound: false, findings: [`The mirror lists ${all.length} files; ${expected} were there when it was complete.`] };
    if (depth.kind === 'structure') return { sound: true, findings: [] };
    const chosen = all.filter(({ path }) => depth.kind === 'all' || partOf(path, depth.of) === depth.part);
    const file = join(target.stateDir, `files-${randomBytes(4).toString('hex')}`);
    const suspects: { sign: string; path: string }[] = [];
    try {
      await writeFile(
        file,
        `${chosen.flatMap(({ path, kind }) => (kind === 'link' ? output.bothForms(path).slice(1) : [path])).join('\n')}\n`,
        { mode: 0o600 },
      );
      const args = [
        'check',
        `${CRYPT}current`,
        root,
        '--links',
        '--download',
        '--one-way',
        '--combined',
        '-',
        '--files-from-raw',
        file,
        '--retries',
        '1',
      ];
      const end = await call(args, signal, {
        onOut(line) {
          const compared = output.readCompared(line);
          if (compared && '*!'.includes(compared.sign)) suspects.push(compared);
        },
      });
      if (end.exitCode !== 0 && end.exitCode !== 1) throw classifyRclone(end, 'The mirror could not be checked');
    } finally {
      await rm(file, { force: true });
    }
    const findings: string[] = [];
    for (const { sign, path } of suspects) {
      const entry = all.find((one) => one.path === path);
      const here = await lstat(join(root, path)).catch(() => undefined);
      const untouched = here !== undefined && here.size === entry?.size && Math.abs(here.mtimeMs - entry.modifiedMs) < 2000;
      if (sign === '!') findings.push(`${path} cannot be read from the mirror.`);
      else if (untouched) findings.push(`${path} differs in the mirror.`); // otherwise it changed here since
    }
    return { sound: findings.length === 0, findings: findings.slice(0, FINDINGS) };
  }
}

/** The encrypted name, which the system shows, helps nobody. */
function reasonOf(text: string): string {
  return /name too long/i.test(text) ? 'its name is too long for an encrypted mirror, which takes 143 bytes' : text;
}

/** 1 to `of`, always the same for a path. */
function partOf(path: string, of: number): number {
  return 1 + (createHash('sha256').update(path).digest().readUInt32BE(0) % of);
}
