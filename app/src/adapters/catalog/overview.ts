import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../domain/problem.ts';
import type { Overview } from '../../ports/overview.ts';
import type { OverviewQueries, OverviewScope } from './overview-queries.ts';

export interface OverviewThreadSettings extends OverviewScope {
  readonly file: string;
}

export interface OverviewQuestion {
  readonly id: number;
  readonly name: keyof OverviewQueries;
  readonly args: readonly number[];
}

export interface OverviewAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}

export interface OverviewOptions extends OverviewThreadSettings {
  readonly now: () => number;
  /** Whether questions are for the thread at the moment. */
  readonly isLarge: () => boolean;
}

const IDLE_MS = 10_000;

/** A thread answers for a large library; it begins with the first question and ends when there has been none for a while. */
export function createOverview(here: OverviewQueries, { now, isLarge, ...settings }: OverviewOptions): Overview & { close(): void } {
  const thread = createThread(settings);
  const ask = <K extends keyof OverviewQueries>(name: K, ...args: Parameters<OverviewQueries[K]>) => {
    type Answer = ReturnType<OverviewQueries[K]>;
    if (isLarge()) return thread.ask(name, args) as Promise<Answer>;
    const answer: (...given: number[]) => unknown = here[name];
    return answer(...args) as Answer;
  };
  return {
    coverage: () => ask('coverage', now()),
    growth: () => ask('growth'),
    newest: (sinceMs, limit) => ask('newest', sinceMs, limit),
    places: () => ask('places'),
    close: thread.end,
  };
}

function createThread(settings: OverviewThreadSettings) {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;

  function end(why: unknown = undefined): void {
    clearTimeout(idle);
    const ended = worker;
    worker = undefined;
    for (const { reject } of open.values()) reject(new Problem('internal', 'The catalog could not be looked through.', { cause: why }));
    open.clear();
    void ended?.terminate();
  }

  function start(): Worker {
    // The extension of this very file: sources in tests, compiled ones in use.
    const started = new Worker(new URL(`./overview-thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: settings,
      name: 'overview',
    });
    started.unref();
    started.on('message', ({ id, value, failure }: OverviewAnswer) => {
      const question = open.get(id);
      open.delete(id);
      if (failure === undefined) question?.resolve(value);
      else question?.reject(new Problem('catalog-broken', `The catalog ${settings.file} cannot be used: ${failure}.`));
      if (open.size === 0) idle = setTimeout(end, IDLE_MS).unref();
    });
    const failed = (why: unknown) => {
      if (worker === started) end(why);
    };
    started.on('error', failed);
    started.on('exit', failed);
    return started;
  }

  return {
    end: () => end(),
    ask(name: keyof OverviewQueries, args: readonly number[]): Promise<unknown> {
      clearTimeout(idle);
      worker ??= start();
      count += 1;
      const answered = Promise.withResolvers<unknown>();
      open.set(count, answered);
      worker.postMessage({ id: count, name, args } satisfies OverviewQuestion);
      return answered.promise;
    },
  };
}
