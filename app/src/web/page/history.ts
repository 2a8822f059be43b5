import type { RunRow } from '../../ports/browse.ts';
import { type Html, html } from './html.ts';
import { timeTag } from './when.ts';
import { duration, items, size } from './words.ts';

/** What a run did, in a few words. */
export function runWords({ outcome, counts, command }: RunRow): string {
  if (outcome === 'failed') return 'Did not finish';
  if (outcome === 'interrupted') return 'Stopped before its end';
  if (outcome === 'needs-person') return 'Stopped, it needed you';
  const parts = [
    ...(counts?.downloaded ? [`${items(counts.downloaded, 'new file')}`] : []),
    ...(counts?.replaced ? [`${items(counts.replaced, 'new version')}`] : []),
    ...(counts?.missing ? [`${items(counts.missing, 'file')} missing`] : []),
  ];
  if (command !== 'sync') parts.unshift(command);
  return parts.length === 0 ? 'No change' : parts.join(', ');
}

export function runsSection(runs: readonly RunRow[], nowMs: number, basePath: string, owner: boolean): Html | undefined {
  if (runs.length === 0) return undefined;
  return html`<div class="section-head"><h2 id="runs">Recent runs</h2>${owner ? html`<a class="note" href="${basePath}/log">All runs</a>` : undefined}</div>
<table class="runs" aria-labelledby="runs"><thead class="hear"><tr><th>When</th><th>What</th><th>Bytes</th><th>Took</th></tr></thead><tbody>
${runs.map(
  (run) =>
    html`<tr><th scope="row">${owner ? html`<a href="${basePath}/log/${run.id}">${timeTag(run.startedAtMs, nowMs)}</a>` : timeTag(run.startedAtMs, nowMs)}</th><td>${runWords(run)}</td><td>${
      run.counts?.downloadedBytes ? size(run.counts.downloadedBytes) : ''
    }</td><td>${run.endedAtMs === undefined ? '' : duration(run.endedAtMs - run.startedAtMs)}</td></tr>\n`,
)}</tbody></table>
`;
}

const WIDE = 380;
const HIGH = 60;
const MONTH_MS = 30.44 * 86_400_000;
const YEAR_MONTHS = 12;

/** How the library grew: one line, and its figures in words. */
export function growthSection(
  growth: readonly { readonly month: string; readonly bytes: number }[],
  freeBytes: number | undefined,
  nowMs: number,
): Html | undefined {
  const totals = runningTotals(growth, new Date(nowMs));
  const [first, last] = [totals[0], totals.at(-1)];
  if (first === undefined || last === undefined || totals.length < 2) return undefined;
  const most = Math.max(...totals.map(({ total }) => total));
  const points = totals.map(
    ({ total }, index) => `${((index / (totals.length - 1)) * WIDE).toFixed(1)} ${(HIGH - 6 - (total / most) * (HIGH - 14)).toFixed(1)}`,
  );
  return html`<div class="section-head"><h2 id="growth">Growth</h2></div>
<svg class="growth" role="img" aria-labelledby="growth growth-says" viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none"><path class="growth-base" d="M0 ${HIGH - 1}H${WIDE}"/><path class="growth-line" d="M${points.join('L')}"/></svg>
<div class="between note"><span>${first.month}</span><span>today</span></div>
<p class="note" id="growth-says">From ${size(first.total)} to ${size(last.total)}.${fullWords(totals, freeBytes)}</p>
`;
}

interface Total {
  readonly month: string;
  readonly total: number;
}

function runningTotals(growth: readonly { readonly month: string; readonly bytes: number }[], now: Date): Total[] {
  const [oldest] = growth;
  if (oldest === undefined) return [];
  const bytesOf = new Map(growth.map(({ month, bytes }) => [month, bytes]));
  const totals: Total[] = [];
  let total = 0;
  const date = new Date(`${oldest.month}-01T00:00:00Z`);
  for (; date.getTime() <= now.getTime(); date.setUTCMonth(date.getUTCMonth() + 1)) {
    const month = date.toISOString().slice(0, 7);
    total += bytesOf.get(month) ?? 0;
    totals.push({ month, total });
  }
  return totals;
}

/** Told only where a year of figures stands behind it: the first backup is no pace. */
function fullWords(totals: readonly Total[], freeBytes: number | undefined): string {
  const [last, before] = [totals.at(-1), totals.at(-1 - YEAR_MONTHS)];
  if (last === undefined || before === undefined || freeBytes === undefined || totals.length < YEAR_MONTHS + 2) return '';
  const aMonth = (last.total - before.total) / YEAR_MONTHS;
  if (aMonth <= 0) return '';
  const months = freeBytes / aMonth;
  const years = months / YEAR_MONTHS;
  return ` At this pace the disk is full in ${years >= 2 ? `${Math.round(years)} years` : duration(months * MONTH_MS)}.`;
}
