/**
 * Seconds east of UTC in a time zone (`Asia/Taipei`) at a moment: for items that say where but not how far from UTC.
 * Undefined for a zone this runtime does not know.
 */
export function zoneOffsetS(timeZone: string, atMs: number): number | undefined {
  const text = offsetText(timeZone, atMs);
  if (text === 'GMT') return 0;
  const found = text === undefined ? null : /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!found) return undefined;
  const [, sign, hours, minutes, seconds = '0'] = found;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

function offsetText(timeZone: string, atMs: number): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(atMs);
    return parts.find(({ type }) => type === 'timeZoneName')?.value;
  } catch {
    return undefined;
  }
}
