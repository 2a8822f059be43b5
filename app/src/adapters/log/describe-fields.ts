import type { LogFields } from '../../ports/log.ts';

const DEEPEST = 6;

/** Fields as JSON, empty when there are none. The port allows plain values only, but an error may slip in through a cast. */
export function describeFields(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  const text = JSON.stringify(plainValue(fields, 0, new Set()));
  return text === undefined || text === '{}' ? '' : text;
}

function plainValue(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value); // JSON would say null
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST || above.has(value)) return '…';
  const inside = (one: unknown): unknown => plainValue(one, depth + 1, new Set([...above, value]));
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack, cause: inside(value.cause) };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (Array.isArray(value)) return value.map(inside);
  if (value instanceof Map) return [...value].map(inside);
  if (value instanceof Set) return [...value].map(inside);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside(one)]));
}
