import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Recorded answers are third-party data and are read in place, next to the repository; a clone elsewhere has none. */
const SHARED = resolve(import.meta.dirname, '../../../../../shared');

// biome-ignore lint/suspicious/noExplicitAny: recordings are looked at field by field
type Json = any;

export const haveRecordings = existsSync(resolve(SHARED, 'fixtures/photos')) && existsSync(resolve(SHARED, 'protocol/srp-vectors.json'));
/** Test title that shows up as skipped when there is nothing to compare with. */
export const notRun = (checks: number) => `${checks} recorded checks NOT RUN: the folder ../shared/fixtures is missing`;

export const recorded = (path: string): Json => JSON.parse(readFileSync(resolve(SHARED, path), 'utf8'));
export const recordedBytes = (path: string): Buffer => readFileSync(resolve(SHARED, path));
/** Status, headers and body of a recorded answer. */
export const recordedAnswer = (name: string): { status: number; headers: Record<string, Json>; body: Json } =>
  recorded(`fixtures/${name}.json`).response;

const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/**
 * What the recording has and the answer has not, as paths: every key must be there with the same JSON type. Of lists, the
 * first entries are compared. `ignored` are paths (as reported) that no client relies on.
 */
export function shapeDifferences(recording: unknown, answer: unknown, ignored: readonly string[] = [], path = '$'): string[] {
  if (ignored.includes(path)) return [];
  if (typeOf(recording) !== typeOf(answer)) return [`${path}: recorded ${typeOf(recording)}, answered ${typeOf(answer)}`];
  if (Array.isArray(recording) && Array.isArray(answer)) {
    if (recording.length === 0) return [];
    return answer.length === 0 ? [`${path}: empty`] : shapeDifferences(recording[0], answer[0], ignored, `${path}[]`);
  }
  if (typeof recording !== 'object' || recording === null) return [];
  return Object.entries(recording).flatMap(([key, value]) => {
    const there = (answer as Record<string, unknown>)[key];
    return there === undefined && !ignored.includes(`${path}.${key}`)
      ? [`${path}.${key}: missing`]
      : shapeDifferences(value, there, ignored, `${path}.${key}`);
  });
}

/** Names of a cookie line's attributes and the form of its value, without the value itself. */
export function cookieForm(line: string): { name: string; quoted: boolean; attributes: string[] } {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const attributes = rest.map((part) => (part.startsWith('Expires') ? 'Expires' : part)).sort();
  return { name: pair.slice(0, at).replace(/^(X_APPLE_WEB_KB)-.*/, '$1'), quoted: pair.slice(at + 1).startsWith('"'), attributes };
}

interface WireRecord {
  readonly recordType: string;
  readonly fields: Record<string, { value?: unknown; type?: string }>;
}

/** Every field that records of a type carry, with its wrapper: `recordType.field type`. */
export function fieldForms(records: readonly WireRecord[]): Map<string, unknown> {
  const forms = new Map<string, unknown>();
  for (const { recordType, fields } of records)
    for (const [name, { type, value }] of Object.entries(fields ?? {}))
      if (type !== undefined && !forms.has(`${recordType}.${name} ${type}`)) forms.set(`${recordType}.${name} ${type}`, value);
  return forms;
}

/** Fields of the recording that no record of the answer carries in the same form, and values of another shape. */
export function fieldDifferences(recording: readonly WireRecord[], answer: readonly WireRecord[], ignored: RegExp): string[] {
  const actual = fieldForms(answer);
  return [...fieldForms(recording)].flatMap(([form, value]) => {
    if (ignored.test(form)) return [];
    return actual.has(form) ? shapeDifferences(value, actual.get(form), [], form) : [`${form}: missing`];
  });
}
