import { formatBytes, formatCount } from '../../domain/format.ts';

const NBSP = '\u00a0';
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `39.6 GB`, with a blank that does not break; two decimals for TB. */
export function size(bytes: number): string {
  if (bytes >= 999.5e9) return `${(bytes / 1e12).toFixed(2)}${NBSP}TB`;
  return formatBytes(bytes).replace(' ', NBSP);
}

/** `1 item`, `84,312 items`. */
export function items(count: number, one = 'item', many = `${one}s`): string {
  return `${formatCount(count)}${NBSP}${count === 1 ? one : many}`;
}

/** Two units at most: `1 min 48 s`, `5 h 38 min`, `3 days`. */
export function duration(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))}${NBSP}s`;
  if (ms < HOUR_MS) return two(ms, MINUTE_MS, 'min', SECOND_MS, 's');
  if (ms < 2 * DAY_MS) return two(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return `${Math.round(ms / DAY_MS)}${NBSP}days`;
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.round((ms % large) / small);
  const whole = Math.floor(ms / large) + (rest === large / small ? 1 : 0);
  return rest === 0 || rest === large / small ? `${whole}${NBSP}${largeName}` : `${whole}${NBSP}${largeName} ${rest}${NBSP}${smallName}`;
}

/** `5 hours ago`; rough, because it is read hours later. */
export function ago(ms: number): string {
  const [value, unit] = ms < HOUR_MS ? [ms / MINUTE_MS, 'minute'] : ms < 2 * DAY_MS ? [ms / HOUR_MS, 'hour'] : [ms / DAY_MS, 'day'];
  const whole = Math.max(1, Math.round(value));
  return `${whole}${NBSP}${unit}${whole === 1 ? '' : 's'} ago`;
}
