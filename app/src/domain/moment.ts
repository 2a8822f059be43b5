const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * `Thu 19 Nov, 02:04`, in the time zone of the container (TZ). Messages lie unread for days, so unlike the page they never
 * say "today".
 */
export function formatMoment(ms: number): string {
  const when = new Date(ms);
  return `${formatDate(ms)}, ${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** `Thu 19 Nov` */
export function formatDate(ms: number): string {
  const when = new Date(ms);
  return `${DAYS[when.getDay()]} ${when.getDate()} ${MONTHS[when.getMonth()]}`;
}

/** The last Monday, 08:00 local time, that is not after `nowMs`. Epoch ms. */
export function lastMondayMorning(nowMs: number): number {
  const when = new Date(nowMs);
  const sinceMonday = (when.getDay() + 6) % 7;
  const monday = (weeks: number) => new Date(when.getFullYear(), when.getMonth(), when.getDate() - sinceMonday - 7 * weeks, 8).getTime();
  return monday(0) <= nowMs ? monday(0) : monday(1);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
