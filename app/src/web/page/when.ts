import { type Html, html } from './html.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NEAR: Readonly<Record<number, string>> = { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' };
const DAY_MS = 86_400_000;

/** `today, 02:04`, `Thu 19 Nov, 02:04`; with the year only if it is another one. In the time zone of the container (TZ). */
export function formatWhen(ms: number, nowMs: number): string {
  const when = new Date(ms);
  return `${formatDay(ms, nowMs)}, ${two(when.getHours())}:${two(when.getMinutes())}`;
}

export function formatDay(ms: number, nowMs: number): string {
  const when = new Date(ms);
  const now = new Date(nowMs);
  // Rounded, because a day with a change to or from summer time has 23 or 25 hours.
  const near = NEAR[Math.round((midnight(when) - midnight(now)) / DAY_MS)];
  if (near !== undefined) return near;
  const year = when.getFullYear() === now.getFullYear() ? '' : ` ${when.getFullYear()}`;
  return `${DAYS[when.getDay()]} ${when.getDate()} ${MONTHS[when.getMonth()]}${year}`;
}

/** 09:48 */
export function formatTime(ms: number): string {
  const when = new Date(ms);
  return `${two(when.getHours())}:${two(when.getMinutes())}`;
}

export function timeTag(ms: number, nowMs: number): Html {
  return html`<time datetime="${new Date(ms).toISOString()}">${formatWhen(ms, nowMs)}</time>`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
