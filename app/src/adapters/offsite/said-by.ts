const LONGEST = 400;

/**
 * The sentences of a program whose streams mix JSON and text: the message of each line that is JSON, the line itself where it
 * is not. Escape sequences go.
 */
export function saidBy(lines: readonly string[]): string[] {
  return lines
    .map((line) => messageOf(line) ?? line)
    .map((text) =>
      text
        .replace(/\u001b\[[\d;]*[A-Za-z]/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((text) => text !== '')
    .map((text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
}

/** Undefined: no JSON. Empty: JSON without a message, such as progress. */
function messageOf(line: string): string | undefined {
  const value = jsonLine(line);
  if (value === undefined) return undefined;
  const { message, error, msg, item } = value;
  const inner = typeof error === 'object' && error !== null ? (error as Record<string, unknown>).message : error;
  const text = [message, msg, inner].find((one) => typeof one === 'string' && one !== '');
  return text === undefined ? '' : typeof item === 'string' && item !== '' ? `${item}: ${text}` : String(text);
}

/** A line that is one JSON object; everything else is text. */
export function jsonLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
