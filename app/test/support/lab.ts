import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';
import { openHome } from '../../src/compose/open-home.ts';
import { type LibraryApp, openLibraryApp } from '../../src/compose/open-library-app.ts';
import { realClock } from '../../src/compose/real-clock.ts';
import { loadSettings } from '../../src/config/load.ts';
import { asProblem, Problem } from '../../src/domain/problem.ts';
import type { RunReport } from '../../src/domain/run-report.ts';
import { createCodeDesk } from '../../src/engine/code-desk.ts';
import { ASK_DEVICES } from '../../src/engine/sign-in-parts.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';

/** Something that goes wrong at the n-th call to the disk or the catalog. */
export type DiskFault =
  /** The power goes: nothing more happens after this call was refused. */
  | { readonly is: 'power-cut'; readonly atCall: number }
  /** One call fails as the system would say it. */
  | { readonly is: 'ENOSPC' | 'EIO' | 'EROFS'; readonly atCall: number };

export type LabRun = { readonly report: RunReport } | { readonly died: string };

/** One installation inside the test: simulated iCloud over HTTP, real disk, real catalog; the disk's calls can be made to fail. */
export interface Lab {
  readonly simulator: Simulator;
  readonly library: string;
  sync(options?: { readonly fault?: DiskFault; readonly full?: boolean; readonly allowDeletions?: boolean }): Promise<LabRun>;
  /** Any other command, as the command line would call it. */
  command(name: string, args: Readonly<Record<string, unknown>>, fault?: DiskFault): Promise<LabCommand>;
}

export interface LabCommand {
  /** Undefined when it died. */
  readonly exitCode: number | undefined;
  readonly out: string;
  readonly died?: string;
  /** Names of the calls to disk and catalog that were to change something, in order. */
  readonly calls: readonly string[];
}

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** Between two runs lie some hours, so that the program's patience with Apple is not what is tested here. */
const BETWEEN_RUNS_MS = 6 * 3_600_000;

export async function newLab(options: SimulatorOptions & { env?: Record<string, string> } = {}): Promise<Lab> {
  let offsetMs = 0;
  const now = () => realClock.now() + offsetMs;
  // Pauses are part of the program too, and pass at once; only the wait for a person's code may take its time.
  const clock: Clock = { now, sleep: (ms, signal) => realClock.sleep(ms > 60_000 ? 5_000 : Math.min(ms, 5), signal) };
  const simulator = await startSimulator({ ...options, now, account: { iterations: 1000, ...options.account } });
  const root = mkdtempSync(join(tmpdir(), 'photos-lab-'));
  onTestFinished(async () => {
    await simulator.close();
    rmSync(root, { recursive: true, force: true });
  });
  const env = {
    ICLOUD_TEST_SERVER: simulator.address,
    APPLE_ID_USER: simulator.account.appleId,
    APPLE_ID_PWD: simulator.account.password,
    DATA_DIR: join(root, 'library'),
    XDG_STATE_HOME: join(root, 'state'),
    METADATA_RATE: 'Infinity/0',
    TRASH_DAYS: 'Infinity',
    MAX_RETRIES: '1',
    METADATA: 'none',
    ...options.env,
  };
  const desk = createCodeDesk();
  let code = '';
  simulator.onCode((sent) => {
    code = sent;
    void desk.submit(code);
  });
  const open = (command: string, more: Record<string, string>, breaker: Breaker, signal: AbortSignal) => {
    offsetMs += BETWEEN_RUNS_MS;
    return openHome({
      settings: loadSettings({ env: { ...env, ...more }, cwd: root }).settings,
      appleId: simulator.account.appleId,
      log: SILENT,
      clock,
      signal,
      env,
      command,
      addSecret: () => undefined,
      credentials: async () => ({ appleId: simulator.account.appleId, password: simulator.account.password }),
      openInbox: () => desk.open(),
      openDoors: async () => {
        if (code !== '') void desk.submit(code); // it may have come before anybody listened
        return { hint: '', close: async () => undefined };
      },
      onApprovalAwaited: () => () => undefined,
      openApp: async (...args) => withFaults(await openLibraryApp(...args), breaker),
    });
  };
  return {
    simulator,
    library: env.DATA_DIR,
    async command(name, args, fault) {
      const signal = new AbortController().signal;
      const breaker = createBreaker(fault);
      const said: string[] = [];
      let home: Awaited<ReturnType<typeof openHome>> | undefined;
      try {
        home = await open(name, {}, breaker, signal);
        const command = home.commands.get(name);
        if (!command) throw new Error(`There is no command ${name}.`);
        const hear = (text: string) => void said.push(text);
        const exitCode = await command.run(args, { out: hear, err: () => undefined, progress: () => undefined, signal, json: true });
        return { exitCode, out: said.join(''), calls: breaker.calls() };
      } catch (error) {
        return { exitCode: undefined, out: said.join(''), died: asProblem(error).message, calls: breaker.calls() };
      } finally {
        await home?.close().catch(() => undefined);
      }
    },
    async sync({ fault, full = false, allowDeletions = false } = {}) {
      const signal = new AbortController().signal;
      const breaker = createBreaker(fault);
      let home: Awaited<ReturnType<typeof openHome>> | undefined;
      try {
        home = await open('sync', { FULL: String(full), ALLOW_DELETIONS: String(allowDeletions) }, breaker, signal);
        const nothing = () => undefined;
        const hooks = { onPhase: nothing, onProgress: nothing, onExpected: nothing, onListed: nothing };
        return { report: await home.sync(ASK_DEVICES, hooks, signal) };
      } catch (error) {
        return { died: asProblem(error).message };
      } finally {
        await home?.close().catch(() => undefined);
      }
    },
  };
}

/** What the ports make of the system's words (docs/exit-codes.md). */
const MEANING = { ENOSPC: 'disk-full', EIO: 'disk-error', EROFS: 'library-not-writable' } as const;

type Breaker = ((name: string) => void) & { readonly calls: () => readonly string[] };

function createBreaker(fault: DiskFault | undefined): Breaker {
  const names: string[] = [];
  const breaker = (name: string) => {
    const calls = names.push(name);
    if (fault === undefined || calls < fault.atCall) return;
    if (fault.is === 'power-cut') throw new Error('The power is off.');
    if (calls === fault.atCall) throw new Problem(MEANING[fault.is], `${fault.is}: simulated.`);
  };
  return Object.assign(breaker, { calls: () => names });
}

/** Calls that change something; the others go through, as a failing disk still answers from its cache. */
const CHANGES =
  /^(receive|fetch|place|discard|setTime|trash|move|restore|emptyTrash|sweepIncoming|ensureFolder|link|unlink|dropFolder|put\w*|set\w*|mark\w*|add\w*|drop\w*|stored|failed|moved|transferred|refreshed|end\w*|begin\w*|keep\w*|clean|allDirty|forget\w*|leaveZone|restored|copyOver|mark|unmark|moveFolder|moveFile|dropTwin|moveArchive|intend|complete\w*)$/;

function withFaults(app: LibraryApp, breaker: Breaker): LibraryApp {
  const guarded = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || typeof name !== 'string' || !CHANGES.test(name)) return value;
        return (...args: unknown[]) => {
          breaker(name);
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  return {
    ...app,
    store: guarded(app.store),
    catalog: guarded({ ...app.catalog, archive: guarded(app.catalog.archive) }),
    archiveStore: guarded(app.archiveStore),
    albumStore: app.albumStore && guarded(app.albumStore),
  };
}
