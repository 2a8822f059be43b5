import { spawn } from 'node:child_process';
import { machineBusyS, usageOf } from './proc.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: string;
}

export interface Usage {
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakRssMb: number;
  /** CPU of the simulator meanwhile: near `wallS`, it was the simulator that set the pace. */
  readonly simulatorCpuS: number;
  /** Cores that neither the program nor the simulator kept busy but somebody else did: above some tenths, measure again. */
  readonly otherCores: number;
}

export interface Ended {
  readonly usage: Usage;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Often enough to lose little of the last stretch; the peak is the kernel's own high-water mark. */
const LOOK_EVERY_MS = 10;

/** Runs a program to its end and says what it cost. */
export function runMeasured(command: Command, simulator: { readonly pid: number; readonly lost: AbortSignal }): Promise<Ended> {
  const simulatorBefore = usageOf(simulator.pid).cpuS;
  const busyBefore = machineBusyS();
  const startedMs = performance.now();
  const child = spawn(command.program, [...command.args], {
    env: { PATH: process.env.PATH, ...command.env },
    cwd: command.cwd,
    signal: simulator.lost,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // a program that ended early is told by its exit code
  child.stdin.end(command.input ?? '');
  const { pid } = child;
  let latest = { cpuS: 0, peakRssMb: 0 };
  const looking = setInterval(() => {
    const now = pid === undefined ? latest : usageOf(pid);
    if (now.cpuS >= latest.cpuS && now.peakRssMb > 0) latest = now;
  }, LOOK_EVERY_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      clearInterval(looking);
      reject(simulator.lost.aborted ? simulator.lost.reason : error);
    });
    child.once('exit', () => clearInterval(looking));
    child.once('close', (exitCode) => {
      const wallS = (performance.now() - startedMs) / 1000;
      const simulatorCpuS = usageOf(simulator.pid).cpuS - simulatorBefore;
      const otherCores = Math.max(0, (machineBusyS() - busyBefore - latest.cpuS - simulatorCpuS) / wallS);
      resolve({ usage: { wallS, ...latest, simulatorCpuS, otherCores }, exitCode, stdout, stderr });
    });
  });
}
