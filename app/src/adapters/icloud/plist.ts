import { parse, parseBinary } from 'plist';
import type { Field } from './wire.ts';

/** A location is some 200 bytes, keywords seldom more than a few kB: what is much larger is none of these. */
const MOST_BYTES = 1_000_000;

/**
 * A property list in a field: base64 of the binary form, on old items perhaps of the XML form (photos.md §9.3). Undefined
 * when it is missing or cannot be read: these fields describe a photo, they never decide whether it is kept.
 */
export function plistValue(field: Field | null | undefined): unknown {
  if (typeof field?.value !== 'string' || field.value === '' || field.value.length > MOST_BYTES) return undefined;
  const bytes = Buffer.from(field.value, 'base64');
  try {
    if (bytes.toString('latin1', 0, 8) === 'bplist00') return parseBinary(bytes);
    const text = bytes.toString('utf8');
    return text.trimStart().startsWith('<') ? parse(text) : undefined;
  } catch {
    return undefined;
  }
}
