import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';
import { createRedactor } from '../../src/adapters/log/redact.ts';
import type { CommandContext } from '../../src/compose/context.ts';
import { type Daemon, startDaemon } from '../../src/compose/daemon.ts';
import { loadSettings } from '../../src/config/load.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Phase } from '../../src/domain/service-state.ts';
import type { Log } from '../../src/ports/log.ts';
import type { NeedEvents } from '../../src/ports/need-events.ts';
import { freePort } from './cli.ts';
import { createFakeClock, createFakeSchedule, type FakeClock, type FakeSchedule } from './fake-time.ts';

/** A daemon inside the test, with a clock and a schedule that the test moves; everything else is real. */
export interface TestDaemon {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly schedule: FakeSchedule;
  readonly library: string;
  readonly port: number;
  /** Info, warnings and errors so far. */
  readonly lines: string[];
  /** What a notifier would have heard: `needed code-needed`, `recovered code-needed`, `trust 7`. */
  readonly told: string[];
  current(): Daemon;
  /** Starts the daemon, or starts it again. */
  start(): Promise<Daemon>;
  stop(): Promise<void>;
  /** Resolves when the service is in one of these phases. */
  reaches(...phases: Phase[]): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
/** Noon of tomorrow: cookies are dated by the real clock's calendar, so the story cannot play in the past. */
const START_MS = (Math.floor(Date.now() / DAY_MS) + 1.5) * DAY_MS;

export async function newDaemon(options: SimulatorOptions & { env?: Record<string, string> } = {}): Promise<TestDaemon> {
  const clock = createFakeClock(START_MS);
  const schedule = createFakeSchedule(clock);
  const simulator = await startSimulator({
    library: { assets: 10, seed: 1, mix: 'plain', meanBytes: 500 },
    ...options,
    now: () => clock.now(),
    account: { iterations: 1000, ...options.account },
  });
  const root = mkdtempSync(join(tmpdir(), 'photos-daemon-'));
  mkdirSync(join(root, 'run'), { mode: 0o700 });
  const port = await freePort();
  const { account } = simulator;
  const library = options.env?.DATA_DIR ?? join(root, 'library');
  const env = {
    ICLOUD_TEST_SERVER: simulator.address,
    APPLE_ID_USER: account.appleId,
    APPLE_ID_PWD: account.password,
    PORT: String(port),
    XDG_RUNTIME_DIR: join(root, 'run'),
    XDG_STATE_HOME: join(root, 'state'),
    METADATA: 'none',
    ...options.env,
    DATA_DIR: library,
  };
  const { settings } = loadSettings({ env, cwd: root });
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
  const told: string[] = [];
  const listener: NeedEvents = {
    needed: ({ code }) => void told.push(`needed ${code}`),
    recovered: ({ code }) => void told.push(`recovered ${code}`),
    trustEnding: (daysLeft) => void told.push(`trust ${daysLeft}`),
  };
  const redactor = createRedactor([]);
  let daemon: Daemon | undefined;
  const stop = async () => {
    await daemon?.stop(new Problem('interrupted', 'The test has ended.'));
    daemon = undefined;
  };
  onTestFinished(async () => {
    await stop();
    await simulator.close();
    rmSync(root, { recursive: true, force: true });
  });
  const nothing = () => undefined;
  const current = () => {
    if (!daemon) throw new Error('The daemon does not run.');
    return daemon;
  };
  const context: CommandContext = {
    settings,
    env,
    clock,
    notices: [],
    signal: new AbortController().signal,
    invocation: { command: 'daemon', args: {}, json: false, flags: {} },
    openLog: () => log,
    addSecret: redactor.add,
    redact: redactor.redact,
    terminal: { interactive: false, ask: async () => '', askHidden: async () => '', print: nothing },
    display: { show: nothing, line: nothing, done: nothing },
    print: nothing,
    printError: nothing,
  };
  return {
    simulator,
    clock,
    schedule,
    library,
    port,
    lines,
    told,
    current,
    stop,
    async start() {
      await stop();
      daemon = await startDaemon(context, log, schedule, listener);
      return daemon;
    },
    async reaches(...phases) {
      // The service moves by real HTTP and a real disk: looking again is all a test can do from outside.
      for (let looks = 0; looks < 4000; looks++) {
        if (phases.includes(current().service.state().phase)) return;
        await new Promise((next) => setTimeout(next, 5));
      }
      throw new Error(
        `The service stays ${current().service.state().phase} instead of ${phases.join(' or ')}:\n${lines.slice(-20).join('\n')}`,
      );
    },
  };
}
