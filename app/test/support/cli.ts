import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';

/** TEST_PROGRAM: another build, while this one is being worked on. */
const MAIN = process.env.TEST_PROGRAM ?? fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  /** What has been printed so far, both streams. */
  output(): string;
}

/** One owner's installation: a folder, a simulated iCloud, and the built program between them. */
export interface Home {
  readonly simulator: Simulator;
  /** DATA_DIR; does not exist before the first run. */
  readonly library: string;
  readonly port: number;
  /** Changes to the environment of every further run; undefined takes a variable away. */
  readonly env: Record<string, string | undefined>;
  start(args: readonly string[], env?: Record<string, string | undefined>): RunningCli;
  run(args: readonly string[], env?: Record<string, string | undefined>): Promise<CliResult>;
  /** Brings codes over HTTP as they arrive on the simulated devices. Off: the test does it. */
  enterCodes: boolean;
  post(path: string): Promise<{ status: number; message: string }>;
}

export interface HomeOptions extends SimulatorOptions {
  readonly root?: string;
}

/** A test's own installation; everything is gone after the test. */
export async function newHome(options: HomeOptions = {}): Promise<Home> {
  const simulator = await startSimulator({
    library: { assets: 12, seed: 1, mix: 'plain' },
    ...options,
    account: { iterations: 1000, ...options.account },
  });
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'photos-home-'));
  const port = await freePort();
  const env: Record<string, string | undefined> = {
    ICLOUD_TEST_SERVER: simulator.address,
    APPLE_ID_USER: simulator.account.appleId,
    APPLE_ID_PWD: simulator.account.password,
    DATA_DIR: join(root, 'library'),
    PORT: String(port),
    MFA_TIMEOUT: '20',
    // Trees are compared file by file; sidecars have tests of their own, which set it.
    METADATA: 'none',
    XDG_STATE_HOME: join(root, 'state'),
  };
  const running = new Set<RunningCli>();
  onTestFinished(async () => {
    for (const cli of running) cli.child.kill('SIGKILL');
    await Promise.all([...running].map(({ done }) => done));
    await simulator.close();
    if (options.root === undefined) rmSync(root, { recursive: true, force: true });
  });
  const start = (args: readonly string[], more: Record<string, string | undefined> = {}): RunningCli => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH, ...env, ...more },
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const done = new Promise<CliResult>((resolve) =>
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr })),
    );
    const cli = { child, done, output: () => stdout + stderr };
    running.add(cli);
    void done.then(() => running.delete(cli));
    return cli;
  };
  const post = async (path: string) => {
    const answer = await fetch(`http://localhost:${port}${path}`, { method: 'POST' });
    return { status: answer.status, message: ((await answer.json()) as { message: string }).message };
  };
  const home: Home = {
    simulator,
    library: join(root, 'library'),
    port,
    env,
    enterCodes: true,
    start,
    run: (args, more) => start(args, more).done,
    post,
  };
  simulator.onCode((code) => {
    if (!home.enterCodes) return;
    void untilListening(async () => {
      const { status } = await post(`/mfa?code=${code}`);
      if (status !== 200) throw new Error('The code is not awaited yet.');
    }).catch(() => undefined); // the test sees that nothing came
  });
  return home;
}

/** The port opens a moment after the code was sent. */
export async function untilListening<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries > 2400) throw error;
      await new Promise((next) => setTimeout(next, 25));
    }
  }
}

/** Resolves when the program has printed a text. */
export async function printed(cli: RunningCli, text: string): Promise<void> {
  if (cli.output().includes(text)) return;
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (cli.output().includes(text)) resolve();
    };
    cli.child.stdout?.on('data', look);
    cli.child.stderr?.on('data', look);
    void cli.done.then(({ exitCode }) =>
      cli.output().includes(text)
        ? resolve()
        : reject(new Error(`The program ended with ${exitCode} and never printed "${text}":\n${cli.output()}`)),
    );
  });
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    }),
  );
}
