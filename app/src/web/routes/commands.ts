import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { asProblem } from '../../domain/problem.ts';
import type { Log } from '../../ports/log.ts';
import type { CommandResult, Service } from '../../ports/service.ts';
import type { NoticeId } from '../page/notices.ts';
import { formOf } from '../small-bodies.ts';

/** What the page may ask for: the same words as in a shell, and nothing else. */
const ALLOWED: ReadonlySet<string> = new Set([
  'verify',
  'hold show',
  'hold keep',
  'hold trash',
  'trash list',
  'trash restore',
  'archive',
  'archive undo',
  'archive list',
  'retry',
  'off-site run',
  'off-site drill',
  'off-site check',
  'off-site snapshots',
]);

const Order = z.object({
  command: z.string().max(60),
  args: z
    .record(
      z.string().max(60),
      z.union([z.string().max(2000), z.number(), z.boolean(), z.array(z.union([z.string().max(2000), z.number()])).max(1000)]),
    )
    .default({}),
});

/** What a command came to. `problem`: the sentence of what ended it early. */
type Ended =
  | CommandResult
  | { readonly exitCode: number; readonly problem: string; readonly advice: string; readonly out: ''; readonly err: '' };

interface Job {
  readonly id: string;
  readonly command: string;
  readonly ended: Promise<Ended | undefined>;
}

/** A request waits so long for the end; after that the page asks again. */
const WAIT_MS = 15_000;
const FORM_WAIT_MS = 2_500;
const MOST_JOBS = 50;

/** Commands of the page: each goes on by itself when the browser goes away. */
export function createOrders(service: Service, log: Log) {
  const jobs = new Map<string, Job>();
  const stopping = new AbortController();

  function begin(command: string, args: Readonly<Record<string, unknown>>): Job {
    const ended = service.command(command, { ...args, json: true }, stopping.signal).catch((error: unknown): Ended => {
      const problem = asProblem(error);
      log.warn(`The command “${command}” from the page ended early. ${problem.message}`);
      return { exitCode: 1, problem: problem.message, advice: problem.advice, out: '', err: '' };
    });
    const job = { id: randomUUID(), command, ended };
    jobs.set(job.id, job);
    for (const oldest of jobs.keys()) if (jobs.size > MOST_JOBS) jobs.delete(oldest);
    return job;
  }

  async function answer(response: Response, job: Job): Promise<void> {
    const ended = await within(job.ended, WAIT_MS);
    if (ended === 'not yet') {
      response.status(202).json({ job: job.id });
      return;
    }
    jobs.delete(job.id);
    if (ended === undefined) {
      response.status(404).json({ message: 'This version has no such command.' });
      return;
    }
    response.json({ ...ended, result: asJson(ended.out) });
  }

  const order: RequestHandler = async (request, response) => {
    const wanted = Order.safeParse(bodyOf(request.body));
    if (!wanted.success || !ALLOWED.has(wanted.data.command)) {
      response.status(400).json({ message: 'This cannot be asked for over the page.' });
      return;
    }
    const { command, args } = wanted.data;
    log.info(`“${command}” was asked for over the page.`);
    await answer(response, begin(command, args));
  };

  const follow: RequestHandler = async (request, response) => {
    const job = jobs.get(String(request.params.job));
    if (job === undefined) {
      response.status(404).json({ message: 'This command is not known any more.' });
      return;
    }
    await answer(response, job);
  };

  /** The same for a page without a script: back to the page with a word on how it went. */
  const form =
    (home: string): RequestHandler =>
    async (request, response) => {
      const fields = formOf(request);
      const command = fields.get('command') ?? '';
      const back = fields.get('back') ?? '';
      const to = /^[a-z-]{1,20}$/.test(back) ? `${home}${back}` : home;
      const leave = (notice: NoticeId) => response.status(303).set('Location', `${to}?notice=${notice}`).end();
      if (!ALLOWED.has(command)) {
        leave('command-failed');
        return;
      }
      const paths = fields.getAll('path');
      log.info(`“${command}” was asked for over the page.`);
      const job = begin(command, argsOf(command, paths, fields.get('id')));
      const ended = await within(job.ended, FORM_WAIT_MS);
      if (ended === 'not yet') leave('command-asked');
      else if (ended?.exitCode !== 0) leave('command-failed');
      else if (command !== 'retry') leave('command-done');
      // The command makes them due; who presses a button wants to see it happen.
      else leave(service.requestSync() ? 'retry-begun' : 'retry-asked');
    };

  return { order, follow, form };
}

function argsOf(command: string, paths: readonly string[], id: string | null): Readonly<Record<string, unknown>> {
  const [path] = paths;
  if (command === 'archive undo') return { id: id ?? '' };
  return path === undefined ? {} : command === 'retry' ? { path } : { paths };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | 'not yet'> {
  const { promise, resolve } = Promise.withResolvers<'not yet'>();
  const timer = setTimeout(() => resolve('not yet'), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function bodyOf(body: unknown): unknown {
  return typeof body === 'string' ? (asJson(body) ?? undefined) : undefined;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
