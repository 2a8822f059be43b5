import type { RunRow } from '../../ports/browse.ts';
import { type Html, html } from './html.ts';
import { formatDay } from './when.ts';
import { items } from './words.ts';

const WEEKS = 53;
const STEP = 18;
const SIDE = 14;
const TOP = 22;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Kind = 'none' | 'same' | 'few' | 'some' | 'many' | 'problems' | 'failed';
interface Night {
  readonly date: Date;
  readonly kind: Kind;
  readonly says: string;
}

/** One square for each day, Monday on top, the newest week at the right. */
export function calendarSection(runs: readonly RunRow[], nowMs: number): Html | undefined {
  if (runs.length === 0) return undefined;
  const nights = nightsOf(runs, nowMs);
  const withRun = nights.filter(({ kind }) => kind !== 'none');
  const well = withRun.filter(({ kind }) => kind !== 'failed' && kind !== 'problems').length;
  return html`<div class="section-head"><h2 id="nights">The last ${WEEKS} weeks</h2><p class="note">${String(well)} of ${items(withRun.length, 'day')} with a run ended well</p></div>
<div class="calendar" id="calendar"><svg role="img" aria-labelledby="nights" viewBox="0 0 ${WEEKS * STEP - 4} ${TOP + 7 * STEP - 4}" preserveAspectRatio="xMaxYMin slice">
${monthNames(nights)}${nights.map((night, index) => square(night, index))}</svg></div>
<p class="calendar-says note" id="calendar-says" aria-live="polite"></p>
<ul class="legend" aria-label="Legend">
<li>${swatch('same')} No change</li><li>${swatch('few')}${swatch('some')}${swatch('many')} New files: 1, 10, 100 and more</li><li>${swatch('problems')} Ended with problems</li><li>${swatch('failed')} Failed</li><li>${swatch('none')} No run</li>
</ul>
`;
}

function nightsOf(runs: readonly RunRow[], nowMs: number): Night[] {
  const byDay = Map.groupBy(runs, ({ startedAtMs }) => dayKey(new Date(startedAtMs)));
  const today = new Date(nowMs);
  const sinceMonday = (today.getDay() + 6) % 7;
  const days = (WEEKS - 1) * 7 + sinceMonday + 1;
  return Array.from({ length: days }, (_, index) => {
    // Built from year, month and day, because a day with a change of summer time is not 24 hours long.
    const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() - (days - 1 - index));
    return night(date, byDay.get(dayKey(date)) ?? [], nowMs);
  });
}

function night(date: Date, runs: readonly RunRow[], nowMs: number): Night {
  const day = formatDay(date.getTime(), nowMs);
  const title = `${day.charAt(0).toUpperCase()}${day.slice(1)}`;
  if (runs.length === 0) return { date, kind: 'none', says: `${title}: no run` };
  const outcomes = runs.map(({ outcome }) => outcome);
  const fetched = runs.reduce((sum, { counts }) => sum + (counts?.downloaded ?? 0), 0);
  const news = fetched === 0 ? 'no change' : items(fetched, 'new file');
  // The last run of a day tells how the day ended.
  const end = outcomes.at(-1);
  if (end === 'failed' || end === 'needs-person') return { date, kind: 'failed', says: `${title}: the run did not finish` };
  if (end === 'incomplete' || end === 'interrupted') return { date, kind: 'problems', says: `${title}: ${news}, some items are missing` };
  const kind = fetched === 0 ? 'same' : fetched < 10 ? 'few' : fetched < 100 ? 'some' : 'many';
  return { date, kind, says: `${title}: ${news}` };
}

const dayKey = (date: Date): string => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
const columnOf = (index: number): number => Math.floor(index / 7);

function square({ kind, says }: Night, index: number): Html {
  const [x, y] = [columnOf(index) * STEP, TOP + (index % 7) * STEP];
  const inset = kind === 'problems' || kind === 'none' ? 1 : 0;
  const rect = html`<rect x="${x + inset}" y="${y + inset}" width="${SIDE - 2 * inset}" height="${SIDE - 2 * inset}" rx="3"/>`;
  const bar = kind === 'failed' ? html`<path d="M${x + 4} ${y + 7}h6"/>` : undefined;
  return html`<g class="night night-${kind}"><title>${says}</title>${rect}${bar}</g>\n`;
}

function monthNames(nights: readonly Night[]): Html[] {
  const names: Html[] = [];
  let last = -3;
  for (const [index, { date }] of nights.entries()) {
    const column = columnOf(index);
    const isFirstWeek = date.getDate() <= 7 && date.getDay() === 1;
    if ((!isFirstWeek && index !== 0) || column - last < 3) continue;
    names.push(html`<text x="${column * STEP}" y="10">${MONTHS[date.getMonth()]}</text>`);
    last = column;
  }
  return names;
}

function swatch(kind: Kind): Html {
  const inset = kind === 'problems' || kind === 'none' ? 1 : 0;
  const side = SIDE - 2 * inset;
  return html`<svg class="swatch" viewBox="0 0 14 14" width="12" height="12" aria-hidden="true"><g class="night night-${kind}"><rect x="${inset}" y="${inset}" width="${side}" height="${side}" rx="3"/>${kind === 'failed' ? html`<path d="M4 7h6"/>` : undefined}</g></svg>`;
}
