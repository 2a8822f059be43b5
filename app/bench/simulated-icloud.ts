import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Combination } from './options.ts';

export type RequestCounts = Readonly<Record<string, number>>;

/** The simulator as a process of its own, so that its work is not counted as ours. */
export interface SimulatedICloud {
  readonly pid: number;
  /** Aborted when the process ends before it was stopped: the program would try on for minutes. */
  readonly lost: AbortSignal;
  /** For example http://127.0.0.1:41234. */
  readonly address: string;
  readonly appleId: string;
  readonly password: string;
  /** The code that the simulated phone shows, once there is one. */
  code(): Promise<string | undefined>;
  requests(): Promise<RequestCounts>;
  /** A hundred things happen to the personal library: favourites, copies and deletions. Another `round`, other items. */
  change(round: number): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = 'Correct-Horse-7-Battery';

export async function startSimulatedICloud(dist: string, combination: Combination): Promise<SimulatedICloud> {
  const { assets, latencyMs, meanBytes, mix, lineMbit } = combination;
  const size = ['--assets', `${assets}`, '--mean-bytes', `${meanBytes}`, '--mix', mix];
  const line = lineMbit === undefined ? [] : ['--bytes-per-second', `${lineMbit * 125_000}`];
  const args = [join(dist, 'simulator', 'main.js'), ...size, ...line, '--latency', `${latencyMs}`, '--password', PASSWORD];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended]);
  const { pid } = child;
  if (pid === undefined || typeof first[0] !== 'string') throw new Error(`The simulator did not start: node ${args.join(' ')}`);
  lines.on('line', () => undefined); // keeps the pipe empty
  const { address, appleId } = JSON.parse(first[0]) as { address: string; appleId: string };
  const losing = new AbortController();
  let isStopping = false;
  child.once('exit', (code, signal) => {
    if (!isStopping) losing.abort(new Error(`The simulator ended with ${code ?? signal} while it was needed.`));
  });
  const ask = async <T>(path: string) => (await (await fetch(`${address}/simulator/${path}`)).json()) as T;
  return {
    pid,
    lost: losing.signal,
    address,
    appleId,
    password: PASSWORD,
    code: async () => (await ask<{ code: string | null }>('code')).code ?? undefined,
    requests: () => ask<RequestCounts>('requests'),
    async change(round) {
      const known = await ask<{ readonly recordName: string }[]>(`assets?limit=${CHANGES * (round + 1)}`);
      const changes = known.slice(-CHANGES).map(({ recordName }, index) => changeOf(recordName, index));
      const answer = await fetch(`${address}/simulator/library`, { method: 'POST', body: JSON.stringify(changes) });
      if (!answer.ok) throw new Error(`The library could not be changed: ${await answer.text()}`);
    },
    async stop() {
      isStopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const CHANGES = 100;

/** Few enough deletions to pass the brake of a library of any size. */
function changeOf(name: string, index: number): { readonly do: string; readonly args: readonly unknown[] } {
  if (index % 10 === 0) return { do: 'deleteAsset', args: [name] };
  return index % 3 === 0 ? { do: 'duplicateAsset', args: [name] } : { do: 'setFavorite', args: [name, true] };
}

/** What came in between two looks. */
export function difference(before: RequestCounts, after: RequestCounts): RequestCounts {
  const grown = Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}
