import { short } from './figures.ts';
import type { Growth, Ratios, Summary } from './summary.ts';

/** With more of a core taken by others, times and ratios say little. */
const BUSY_CORES = 0.5;

/** Everything measured, as Markdown. */
export function renderTable(summaries: readonly Summary[], growth: readonly Growth[]): string {
  const busy = summaries.filter(({ otherCores }) => otherCores >= BUSY_CORES);
  return [
    row(
      'scenario',
      'mix',
      'items',
      'latency',
      'wall s min / median',
      'CPU s',
      'peak MB',
      'requests',
      'files/s',
      'ratios',
      'simulator CPU s',
      'other cores',
    ),
    row('---', '---', '--:', '--:', '--:', '--:', '--:', '---', '--:', '---', '--:', '--:'),
    ...summaries.map(line),
    '',
    ...growth.map(
      ({ mix, latencyMs, fromAssets, toAssets, grownMb }) =>
        `Memory, first sync, ${mix}, ${latencyMs} ms: ${grownMb >= 0 ? '+' : '−'}${Math.abs(grownMb).toFixed(0)} MB from ${fromAssets} to ${toAssets} items.`,
    ),
    ...(busy.length === 0
      ? []
      : [`Other programs kept half a core or more busy during ${busy.length} of these lines: measure those again.`]),
  ].join('\n');
}

function line({ combination, scenario, ...figures }: Summary): string {
  const { mix, assets, latencyMs } = combination;
  return row(
    scenario,
    mix,
    `${assets}`,
    `${latencyMs} ms`,
    `${short(figures.minWallS)} / ${short(figures.wallS)}`,
    short(figures.cpuS),
    figures.peakRssMb.toFixed(0),
    requestsText(figures.requests),
    figures.filesPerS === 0 ? '' : figures.filesPerS.toFixed(0),
    ratiosText(figures.ratios),
    short(figures.simulatorCpuS),
    short(figures.otherCores),
  );
}

const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function requestsText(requests: Summary['requests']): string {
  const kinds = Object.entries(requests);
  if (kinds.length === 0) return '';
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  return `${total}: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
}

const WORDS: Readonly<Record<keyof Ratios, string>> = {
  ofDownloads: 'of curl',
  ofWrites: 'of the disk',
  ofFirst: 'of first',
  askedPerItem: 'asked per item',
  asked: 'asked',
  cpuBeyondStart: 's CPU beyond start',
  cores: 'of a core',
  peakMb: 'MB',
};

function ratiosText(ratios: Ratios): string {
  const names = Object.keys(WORDS) as (keyof Ratios)[];
  return names.flatMap((name) => (ratios[name] === undefined ? [] : [`${ratios[name].toFixed(3)} ${WORDS[name]}`])).join(', ');
}
