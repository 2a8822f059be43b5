import type { Scenario } from './options.ts';
import type { Growth, Ratios, Summary } from './summary.ts';

/** A figure that may not get worse. Ratios only: seconds say more about the machine than about the program. */
interface Limit {
  readonly scenario: Scenario;
  readonly figure: keyof Ratios;
  /** Absent: whatever the latency. */
  readonly latencyMs?: number;
  /** Holds from this size on; below it the start of Node outweighs the work. */
  readonly fromAssets: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What docs/benchmarks.md shows, with 30 % of room from the worst median. Whoever makes the program faster tightens them. */
const LIMITS: readonly Limit[] = [
  { scenario: 'first', figure: 'ofDownloads', latencyMs: 0, fromAssets: 10_000, atLeast: 0.04 },
  { scenario: 'first', figure: 'ofDownloads', latencyMs: 20, fromAssets: 10_000, atLeast: 0.22 },
  // Only with --line: meant for files of 2 MB on 1000 Mbit/s.
  { scenario: 'first', figure: 'cores', fromAssets: 1000, atMost: 0.75 },
  { scenario: 'first', figure: 'askedPerItem', latencyMs: 0, fromAssets: 1000, atMost: 0.053 },
  { scenario: 'first', figure: 'askedPerItem', latencyMs: 20, fromAssets: 1000, atMost: 0.053 },
  // Whatever the size: the login is looked at, and iCloud's two databases are asked whether anything changed.
  { scenario: 'again', figure: 'asked', fromAssets: 0, atMost: 4 },
  { scenario: 'again', figure: 'cpuBeyondStart', fromAssets: 0, atMost: 1 },
  { scenario: 'hundred', figure: 'asked', fromAssets: 0, atMost: 11 },
  { scenario: 'filled', figure: 'asked', fromAssets: 0, atMost: 4 },
  { scenario: 'filled', figure: 'cpuBeyondStart', fromAssets: 0, atMost: 1 },
  { scenario: 'filled', figure: 'peakMb', fromAssets: 0, atMost: 200 },
  { scenario: 'reconcile', figure: 'askedPerItem', fromAssets: 1000, atMost: 0.1 },
];

/** Memory is flat: so much more for ten times the library is noise of the garbage collector. */
const MOST_GROWTH_MB = 60;

export interface Verdict {
  readonly passed: boolean;
  readonly text: string;
}

/** Holds what was measured against the limits; what was not measured is not judged. */
export function checkLimits(summaries: readonly Summary[], growth: readonly Growth[]): Verdict[] {
  const ratios = LIMITS.flatMap((limit) => summaries.flatMap((summary) => judge(limit, summary) ?? []));
  const memory = growth.map(({ mix, latencyMs, fromAssets, toAssets, grownMb }) => ({
    passed: grownMb < MOST_GROWTH_MB,
    text: `memory from ${fromAssets} to ${toAssets} items, ${mix}, ${latencyMs} ms: ${grownMb.toFixed(0)} MB more, at most ${MOST_GROWTH_MB}`,
  }));
  return [...ratios, ...memory];
}

function judge(limit: Limit, { scenario, combination, ratios }: Summary): Verdict | undefined {
  const { mix, assets, latencyMs } = combination;
  const value = ratios[limit.figure];
  if (scenario !== limit.scenario || (limit.latencyMs ?? latencyMs) !== latencyMs || assets < limit.fromAssets || value === undefined)
    return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = limit;
  const bound = limit.atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return {
    passed: value >= atLeast && value <= atMost,
    text: `${scenario} ${limit.figure}, ${mix}, ${assets} items, ${latencyMs} ms: ${value.toFixed(3)}, ${bound}`,
  };
}
