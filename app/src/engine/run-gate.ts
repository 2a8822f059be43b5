export interface GateEntry<T> {
  /** The run was there already (running or waiting); this request shares its result. */
  readonly joined: boolean;
  readonly done: Promise<T>;
  /** Ends the run; only who started it should. */
  cancel(reason: unknown): void;
}

export interface RunGate {
  /** Starts `work` when its turn comes, or joins a run of the same kind that is running or waiting. A kind answers one type. */
  enter<T>(kind: string, work: (signal: AbortSignal) => Promise<T>): GateEntry<T>;
  busy(): boolean;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
  /** Ends everything that runs or waits, and resolves when nothing does any more. */
  stop(reason: unknown): Promise<void>;
}

interface Run {
  readonly kind: string;
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/** One run at a time in this process; the library lock sees to the others. */
export function createRunGate(): RunGate {
  const runs: Run[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let stopped: unknown;
  return {
    enter<T>(kind: string, work: (signal: AbortSignal) => Promise<T>): GateEntry<T> {
      const running = runs.find((run) => run.kind === kind && !run.controller.signal.aborted);
      if (running) return { joined: true, done: running.done as Promise<T>, cancel: (reason) => running.controller.abort(reason) };
      const controller = new AbortController();
      if (stopped !== undefined) controller.abort(stopped);
      const done = last.then(() => {
        controller.signal.throwIfAborted();
        return work(controller.signal);
      });
      const run: Run = { kind, controller, done };
      runs.push(run);
      last = done.catch(() => undefined).finally(() => runs.splice(runs.indexOf(run), 1));
      return { joined: false, done, cancel: (reason) => controller.abort(reason) };
    },
    busy: () => runs.length > 0,
    async idle() {
      await last;
    },
    async stop(reason) {
      stopped = reason;
      for (const { controller } of runs) controller.abort(reason);
      await last;
    },
  };
}
