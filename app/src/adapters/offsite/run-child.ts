import { constants, setPriority } from 'node:os';
import { asProblem, Problem } from '../../domain/problem.ts';

/** One call of an engine. Programs get an environment of their own making: an inherited RESTIC_… or AWS_… would change what a run means. */
export interface ChildRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The passphrase, for instance: goes to standard input, which no other process can look at, and nowhere else. */
  readonly input?: string;
  readonly onOut?: (line: string) => void;
  readonly onErr?: (line: string) => void;
  /** No line for that long means that it is stuck. Only for programs that speak while they work. */
  readonly silentMs?: number;
  /** It is ended after that long. */
  readonly mostMs?: number;
  /** Called with the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
  /** Called when it has ended, also where the call throws. `tidy`: it could clean up, nobody killed it. */
  readonly onEnd?: (tidy: boolean) => void;
}

/** How a call ended; separate facts, because none of them says it all. */
export interface ChildEnd {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** We ended it ourselves, and why. */
  readonly ended: 'silence' | 'time' | undefined;
  /** The last lines of each stream. */
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** How long a child may take to end by itself after each signal, ms (decisions.md 19). */
export interface Patience {
  readonly interruptMs: number;
  readonly terminateMs: number;
}

export type RunChild = (request: ChildRequest, signal: AbortSignal) => Promise<ChildEnd>;

const PATIENCE: Patience = { interruptMs: 5_000, terminateMs: 3_000 };
const LAST_LINES = 200;
const POLITENESS = 10;

/**
 * Runs programs without a shell, line by line. Throws Problem `offsite-tool-missing`, or the signal's reason when it was
 * aborted: that we asked it to stop decides, never the exit code (restic answers 1 or 130 by chance).
 */
export function createRunChild(patience: Patience = PATIENCE): RunChild {
  return async (request, signal) => {
    const { execa } = await import('execa'); // a hundred files that most commands do without
    signal.throwIfAborted();
    const { program, args, env, cwd, input, silentMs, mostMs } = request;
    const child = execa(program, [...args], {
      env: { ...env },
      extendEnv: false,
      ...(cwd === undefined ? {} : { cwd }),
      reject: false,
      buffer: false,
      stdin: input === undefined ? 'ignore' : 'pipe',
      forceKillAfterDelay: false,
    });
    if (child.pid !== undefined) {
      bePolite(child.pid);
      request.onStart?.(child.pid);
    }
    child.stdin?.on('error', () => undefined); // a program that ended before it wanted the passphrase
    if (input !== undefined) child.stdin?.end(input);

    let ended: ChildEnd['ended'];
    const timers = new Set<NodeJS.Timeout>();
    const after = (ms: number, work: () => void) => {
      const timer = setTimeout(work, ms);
      timers.add(timer);
      return timer;
    };
    const stop = (why?: ChildEnd['ended']) => {
      ended ??= why;
      child.kill('SIGINT');
      after(patience.interruptMs, () => child.kill('SIGTERM'));
      after(patience.interruptMs + patience.terminateMs, () => child.kill('SIGKILL'));
    };
    const onAbort = () => stop();
    signal.addEventListener('abort', onAbort, { once: true });
    const silence = silentMs === undefined ? undefined : after(silentMs, () => stop('silence'));
    if (mostMs !== undefined) after(mostMs, () => stop('time'));

    const read = async (from: 'stdout' | 'stderr', onLine: ((line: string) => void) | undefined) => {
      const last: string[] = [];
      for await (const line of child.iterable({ from })) {
        silence?.refresh();
        if (last.push(line) > LAST_LINES) last.shift();
        onLine?.(line);
      }
      return last;
    };
    try {
      const [out, err, result] = await Promise.all([read('stdout', request.onOut), read('stderr', request.onErr), child]);
      request.onEnd?.(result.signal !== 'SIGKILL');
      signal.throwIfAborted();
      if (result.code === 'ENOENT' || result.code === 'EACCES')
        throw new Problem('offsite-tool-missing', `${program} cannot be started here (${result.code}).`);
      return { exitCode: result.exitCode, signal: result.signal, ended, out, err };
    } catch (error) {
      child.kill('SIGKILL');
      throw signal.aborted ? asProblem(signal.reason) : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      for (const timer of timers) clearTimeout(timer);
    }
  };
}

/** A backup is never in a hurry. */
function bePolite(pid: number): void {
  try {
    setPriority(pid, Math.max(POLITENESS, constants.priority.PRIORITY_NORMAL));
  } catch {
    // It ended already, or the system does not allow it.
  }
}
