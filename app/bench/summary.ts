import { median } from './figures.ts';
import type { Combination, Scenario } from './options.ts';
import type { Measurement, Round } from './rounds.ts';

/** All rounds of one scenario in one combination, as one line of the table. */
export interface Summary {
  readonly combination: Combination;
  readonly scenario: Scenario;
  readonly minWallS: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly simulatorCpuS: number;
  /** The largest of all rounds. */
  readonly peakRssMb: number;
  readonly otherCores: number;
  readonly requests: Measurement['requests'];
  readonly filesPerS: number;
  readonly ratios: Ratios;
}

/** What stays the same on another machine, more or less; undefined where it makes no sense or was not measured. */
export interface Ratios {
  /** Files per second as a part of what curl fetched from the same addresses in the same round. */
  readonly ofDownloads?: number;
  /** Files per second as a part of what the disk took in the same round. */
  readonly ofWrites?: number;
  /** Time as a part of that of the first sync. */
  readonly ofFirst?: number;
  /** Requests that are no downloads, for each item of the library. */
  readonly askedPerItem?: number;
  /** Requests that are no downloads, together. */
  readonly asked?: number;
  /** Seconds beyond `start` of the same round; of processor time, so that a busy machine says the same. */
  readonly cpuBeyondStart?: number;
  /** Processor time for each second, when the line sets the pace. */
  readonly cores?: number;
  /** Most memory resident; the whole process. */
  readonly peakMb?: number;
}

const rate = ({ files, wallS }: Measurement) => files / wallS;
const askedIn = ({ requests }: Measurement) =>
  Object.entries(requests).reduce((sum, [kind, count]) => (kind === 'download' ? sum : sum + count), 0);

export function summarise(combination: Combination, rounds: readonly Round[], scenario: Scenario): Summary | undefined {
  const all = rounds.flatMap((round) => round[scenario] ?? []);
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const middle = (pick: (one: Measurement) => number) => median(all.map(pick));
  return {
    combination,
    scenario,
    minWallS: Math.min(...all.map(({ wallS }) => wallS)),
    wallS: middle(({ wallS }) => wallS),
    cpuS: middle(({ cpuS }) => cpuS),
    simulatorCpuS: middle(({ simulatorCpuS }) => simulatorCpuS),
    peakRssMb: Math.max(...all.map(({ peakRssMb }) => peakRssMb)),
    otherCores: middle(({ otherCores }) => otherCores),
    requests: last.requests,
    filesPerS: middle(rate),
    ratios: ratiosOf(combination, rounds, scenario),
  };
}

function ratiosOf({ assets, lineMbit }: Combination, rounds: readonly Round[], scenario: Scenario): Ratios {
  const figures: { -readonly [Name in keyof Ratios]: number } = {};
  const put = (name: keyof Ratios, values: number[]) => {
    if (values.length > 0) figures[name] = median(values);
  };
  const between = (other: Scenario, ratio: (own: Measurement, limit: Measurement) => number) =>
    rounds.flatMap((round) => {
      const [own, limit] = [round[scenario], round[other]];
      return own && limit ? [ratio(own, limit)] : [];
    });
  if (scenario === 'first') {
    put(
      'ofDownloads',
      between('limit', (own, limit) => rate(own) / rate(limit)),
    );
    put(
      'ofWrites',
      between('write-limit', (own, limit) => rate(own) / rate(limit)),
    );
  }
  if (scenario === 'first' && lineMbit !== undefined)
    put(
      'cores',
      between(scenario, ({ cpuS, wallS }) => cpuS / wallS),
    );
  if (scenario === 'again')
    put(
      'ofFirst',
      between('first', (own, first) => own.wallS / first.wallS),
    );
  if (scenario !== 'start' && scenario !== 'limit' && scenario !== 'write-limit') {
    put(
      'asked',
      between(scenario, (own) => askedIn(own)),
    );
    put(
      'peakMb',
      between(scenario, (own) => own.peakRssMb),
    );
    put(
      'cpuBeyondStart',
      between('start', (own, start) => own.cpuS - start.cpuS),
    );
  }
  if (scenario === 'first' || scenario === 'reconcile')
    put(
      'askedPerItem',
      between(scenario, (own) => askedIn(own) / Math.max(1, assets)),
    );
  return figures;
}

/** Memory must not grow with the library: peaks of the first sync at the smallest and the largest size that were measured. */
export interface Growth {
  readonly mix: string;
  readonly latencyMs: number;
  readonly fromAssets: number;
  readonly toAssets: number;
  readonly grownMb: number;
}

export function growthOf(summaries: readonly Summary[]): Growth[] {
  const groups = Map.groupBy(
    summaries.filter(({ scenario }) => scenario === 'first'),
    ({ combination: { mix, latencyMs } }) => `${mix} ${latencyMs}`,
  );
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => a.combination.assets - b.combination.assets);
    const [small, large] = [sorted[0], sorted.at(-1)];
    if (!small || !large || small === large) return [];
    const { mix, latencyMs, assets } = large.combination;
    return [{ mix, latencyMs, fromAssets: small.combination.assets, toAssets: assets, grownMb: large.peakRssMb - small.peakRssMb }];
  });
}
