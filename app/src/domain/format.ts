/** Figures as people read them. Used by messages, reports and the page alike. */

/** 48,211 */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 photo`, `2 photos`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 4.1 KB, 12 MB: powers of 1000, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 4 min, 2 h 5 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 10) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Said in the report and in the status alike. */
export function noLongerListedNotice(count: number): string {
  return count === 1
    ? '1 item is only here: it is no longer in iCloud, and stays.'
    : `${formatCount(count)} items are only here: they are no longer in iCloud, and stay.`;
}
