import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { oneByOne } from './figures.ts';

/** In the order in which they are measured. */
export const SCENARIOS = ['start', 'first', 'again', 'hundred', 'reconcile', 'limit', 'write-limit', 'filled'] as const;
export type Scenario = (typeof SCENARIOS)[number];
const MIXES = ['plain', 'everything'] as const;
export type Mix = (typeof MIXES)[number];
const METADATA = ['xmp', 'none'] as const;
type Metadata = (typeof METADATA)[number];

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly mixes: readonly Mix[];
  readonly assets: readonly number[];
  /** ms, added to every answer of the simulator. */
  readonly latencies: readonly number[];
  readonly meanBytes: number;
  /** Mbit/s that the simulator sends at most; undefined = as fast as it can. */
  readonly lineMbit: number | undefined;
  /** Sidecars: METADATA of the runs. */
  readonly metadata: Metadata;
  readonly rounds: number;
  /** Items that the catalog is filled up to for `filled`. */
  readonly filledAssets: number;
  /** Where libraries are written: its disk is what is measured. */
  readonly dir: string;
  /** The build to measure. */
  readonly dist: string;
  readonly json: string | undefined;
  readonly check: boolean;
}

/** One simulated iCloud. */
export interface Combination {
  readonly mix: Mix;
  readonly assets: number;
  readonly latencyMs: number;
  readonly meanBytes: number;
  readonly lineMbit: number | undefined;
}

export const HELP = `Usage: npm run bench -- [scenario …] [options]
  scenarios: ${SCENARIOS.join(', ')} (default: all)
  --assets <n,…>      default: 1000,10000     --latency <ms,…>     default: 0,20
  --mix <mix,…>       default: plain          --mean-bytes <n>     default: 20000
  --rounds <n>        default: 3              --json <file>        every single measurement
  --metadata <form>   xmp (default: a sidecar beside each photo) or none
  --line <Mbit/s>     what the simulator sends at most; default: as much as it can
  --filled <n>        default: 1000000        items in the catalog of "filled"
  --dir <folder>      where libraries are written for the time being; default: the system's temporary folder
  --dist <folder>     the build to measure; default: dist
  --check             compare with bench/limits.ts; exit 1 when a limit is missed
`;

/** A command line that cannot be understood. */
export class UsageError extends Error {}

function numbers(option: string, text: string): number[] {
  return text.split(',').map((part) => {
    if (!/^\d+$/.test(part)) throw new UsageError(`--${option} needs whole numbers, not "${part}"`);
    return Number(part);
  });
}

function known<T extends string>(what: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found === undefined) throw new UsageError(`No ${what} "${text}"; there are ${allowed.join(', ')}`);
  return found;
}

/** Undefined: help was asked for. */
export function readOptions(argv: readonly string[], defaultDist: string): Options | undefined {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      assets: { ...text, default: '1000,10000' },
      latency: { ...text, default: '0,20' },
      mix: { ...text, default: 'plain' },
      'mean-bytes': { ...text, default: '20000' },
      rounds: { ...text, default: '3' },
      metadata: { ...text, default: METADATA[0] },
      filled: { ...text, default: '1000000' },
      line: text,
      dir: { ...text, default: tmpdir() },
      dist: { ...text, default: defaultDist },
      json: text,
      check: yes,
      help: yes,
    },
  });
  if (values.help) return undefined;
  const one = (option: 'mean-bytes' | 'rounds' | 'filled') => numbers(option, values[option])[0] || 1;
  return {
    scenarios: positionals.length === 0 ? SCENARIOS : positionals.map((name) => known('scenario', name, SCENARIOS)),
    mixes: values.mix.split(',').map((name) => known('mix', name, MIXES)),
    assets: numbers('assets', values.assets).toSorted(oneByOne),
    latencies: numbers('latency', values.latency),
    meanBytes: one('mean-bytes'),
    lineMbit: values.line === undefined ? undefined : numbers('line', values.line)[0],
    metadata: known('form of metadata', values.metadata, METADATA),
    rounds: one('rounds'),
    filledAssets: one('filled'),
    dir: values.dir,
    dist: values.dist,
    json: values.json,
    check: values.check,
  };
}

export function combinationsOf({ mixes, assets, latencies, meanBytes, lineMbit }: Options): Combination[] {
  return mixes.flatMap((mix) =>
    latencies.flatMap((latencyMs) => assets.map((count) => ({ mix, assets: count, latencyMs, meanBytes, lineMbit }))),
  );
}
