import type { Scenario } from './options.ts';
import type { Growth, Ratios, Summary } from './summary.ts';

/** A figure that may not get worse. Ratios only: seconds say more about the machine than about the program. */
interface Limit {
  readonly scenario: Scenario;
  readonly figure: keyof Ratios;
  readonly latencyMs: number;
  /** Holds from this size on; below it the start of Node outweighs the work. */
  readonly fromAssets: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What docs/benchmarks.md shows, with 30 % of room from the worst median. Whoever makes the program faster tightens them. */
const LIMITS: readonly Limit[] = [
  { scenario: 'first', figure: 'ofDownloads', latencyMs: 0, fromAssets: 10_000, atLeast: 0.018 },
  { scenario: 'first', figure: 'ofDownloads', latencyMs: 20, fromAssets: 10_000, atLeast: 0.16 },
  { scenario: 'first', figure: 'askedPerItem', latencyMs: 0, fromAssets: 1000, atMost: 0.053 },
  { scenario: 'first', figure: 'askedPerItem', latencyMs: 20, fromAssets: 1000, atMost: 0.053 },
  { scenario: 'again', figure: 'ofFirst', latencyMs: 0, fromAssets: 10_000, atMost: 0.28 },
  { scenario: 'again', figure: 'ofFirst', latencyMs: 20, fromAssets: 10_000, atMost: 0.61 },
  { scenario: 'again', figure: 'askedPerItem', latencyMs: 0, fromAssets: 1000, atMost: 0.053 },
  { scenario: 'again', figure: 'askedPerItem', latencyMs: 20, fromAssets: 1000, atMost: 0.053 },
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
  if (scenario !== limit.scenario || latencyMs !== limit.latencyMs || assets < limit.fromAssets || value === undefined) return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = limit;
  const bound = limit.atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return {
    passed: value >= atLeast && value <= atMost,
    text: `${scenario} ${limit.figure}, ${mix}, ${assets} items, ${latencyMs} ms: ${value.toFixed(3)}, ${bound}`,
  };
}
