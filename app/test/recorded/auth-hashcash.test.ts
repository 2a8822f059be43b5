import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { puzzleIn, solve } from '../../src/adapters/icloud/hashcash.ts';
import { withShared } from './shared-fixtures.ts';

interface Vector {
  readonly bits: number;
  /** yyyyMMddHHmmss, UTC. */
  readonly date: string;
  readonly challenge: string;
  readonly expected: string;
}

withShared(join('protocol', 'srp-vectors.json'), 'the proof of work', (path) => {
  const { hashcash } = JSON.parse(readFileSync(path, 'utf8')) as { hashcash: { vectors: Vector[] } };

  it.each(hashcash.vectors)('$bits bits, $date', ({ bits, date, challenge, expected }) => {
    const iso = date.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z');
    const puzzle = puzzleIn({ 'x-apple-hc-bits': String(bits), 'x-apple-hc-challenge': challenge });
    expect(puzzle && solve(puzzle, Date.parse(iso))).toBe(expected);
  });
});

it('is left out when nothing, or nothing sensible, was asked for', () => {
  expect(puzzleIn({})).toBeUndefined();
  expect(puzzleIn({ 'x-apple-hc-bits': '64', 'x-apple-hc-challenge': 'a' })).toBeUndefined();
  expect(puzzleIn({ 'x-apple-hc-bits': '10' })).toBeUndefined();
});
