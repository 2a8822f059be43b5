import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The puzzle that an answer of the sign-in host may carry (authentication.md §4.7). */
export interface Puzzle {
  readonly bits: number;
  readonly challenge: string;
}

/** 10 to 12 bits have been seen; more than this would take minutes and is not Apple's. */
const MOST_BITS = 20;

export function puzzleIn(headers: IncomingHttpHeaders): Puzzle | undefined {
  const bits = Number(headers['x-apple-hc-bits']);
  const challenge = headers['x-apple-hc-challenge'];
  if (typeof challenge !== 'string' || challenge === '' || !Number.isInteger(bits) || bits < 1 || bits > MOST_BITS) return undefined;
  return { bits, challenge };
}

/** The value of `X-APPLE-HC`: the smallest counter whose SHA-1 begins with so many zero bits. A few thousand hashes. */
export function solve({ bits, challenge }: Puzzle, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14);
  for (let counter = 0; ; counter++) {
    const text = `1:${bits}:${stamp}:${challenge}::${counter}`;
    if (startsWithZeroBits(createHash('sha1').update(text, 'latin1').digest(), bits)) return text;
  }
}

function startsWithZeroBits(hash: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (hash[index] !== 0) return false;
  return (hash[whole] ?? 0) >> (8 - (bits & 7)) === 0;
}
