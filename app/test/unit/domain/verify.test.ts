import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesDue, dayShare, paidAfter } from '../../../src/domain/verify-share.ts';
import {
  type ExpectedFile,
  type Finding,
  findingOf,
  mayKeepAside,
  measureFor,
  type ReadFile,
  type SeenFile,
} from '../../../src/domain/verify-verdict.ts';

const DAY = 86_400_000;
const TAKEN = 1_600_000_000_000;
const stored: ExpectedFile = { size: 1000, checksum: 'right', sha256: 'right', proof: 'apple', modifiedAtMs: TAKEN };
const lies = (size: number, modifiedAtMs: number = TAKEN): SeenFile => ({ is: 'file', size, modifiedAtMs });
const holds = (size: number, checksum: string, sha256 = checksum): ReadFile => ({ is: 'read', size, checksum, sha256 });

describe('what reading a file again says', () => {
  const cases: readonly [string, Partial<ExpectedFile>, SeenFile | undefined, ReadFile | undefined, Finding | undefined][] = [
    ['the same bytes', {}, lies(1000), holds(1000, 'right'), undefined],
    ['the same bytes with another date', {}, lies(1000, 5), holds(1000, 'right'), undefined],
    ['nothing there', {}, undefined, undefined, 'missing'],
    ['a link or folder in its place', {}, { is: 'other' }, undefined, 'changed'],
    ['a flipped bit', {}, lies(1000), holds(1000, 'wrong'), 'damaged'],
    ['other bytes, as many, written later', {}, lies(1000, 5), holds(1000, 'wrong'), 'damaged'],
    ['a tail that is missing', {}, lies(400), holds(400, 'wrong'), 'damaged'],
    [
      'a tail that is missing on FAT after a change to summer time',
      {},
      lies(400, TAKEN + 3_600_000 - 1000),
      holds(400, 'wrong'),
      'damaged',
    ],
    ['nothing in it', {}, lies(0, 5), holds(0, 'wrong'), 'damaged'],
    ['bytes added by an editor', {}, lies(1186, 5), holds(1186, 'wrong'), 'changed'],
    ['bytes added by a tool that keeps the date', {}, lies(1186), holds(1186, 'wrong'), 'changed'],
    ['fewer bytes, written later', {}, lies(700, 5), holds(700, 'wrong'), 'changed'],
    ['fewer bytes in a file without a date', { modifiedAtMs: undefined }, lies(700), holds(700, 'wrong'), 'changed'],
    ['a disk that cannot read it', {}, lies(1000), { is: 'unreadable' }, 'damaged'],
    ['no permission to read it', {}, lies(1000), { is: 'forbidden' }, 'changed'],
    ["Apple's checksum, although the catalog's own SHA-256 is off", {}, lies(1000), holds(1000, 'right', 'other'), undefined],
    [
      'the bytes that were stored, of a kind whose checksum cannot be computed',
      { proof: 'unverifiable' },
      lies(1000),
      holds(1000, 'x', 'right'),
      undefined,
    ],
    ['other bytes of such a kind', { proof: 'unconfirmed' }, lies(1000), holds(1000, 'right', 'wrong'), 'damaged'],
  ];
  it.each(cases)('%s', (_name, expected, seen, read, finding) => {
    expect(findingOf({ ...stored, ...expected }, seen, read)).toBe(finding);
  });
});

describe('what is done about it', () => {
  it('never moves what iCloud cannot replace', () => {
    for (const finding of ['missing', 'damaged', 'changed'] as const)
      for (const repair of [true, false]) expect(measureFor(finding, 'nowhere', { repair, isFile: true })).toBe('report');
  });

  it('leaves what somebody changed alone unless told to repair it', () => {
    expect(measureFor('changed', 'icloud', { repair: false, isFile: true })).toBe('report');
    expect(measureFor('changed', 'icloud', { repair: true, isFile: true })).toBe('keep-aside');
    expect(measureFor('changed', 'icloud', { repair: true, isFile: false })).toBe('report');
  });

  it('keeps twenty files aside, or one in twenty, and takes more for a failing disk', () => {
    expect([mayKeepAside(19, 19), mayKeepAside(20, 20), mayKeepAside(49, 1000), mayKeepAside(50, 1000)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('the daily share', () => {
  it('is one day at first, what has gathered later, and never more than everything', () => {
    const basis = { totalBytes: 9000, verifyDays: 90, nowMs: 1000 * DAY };
    expect(dayShare(basis)).toBe(100);
    expect(bytesDue({ ...basis, paidUntilMs: undefined })).toBe(100);
    expect(bytesDue({ ...basis, paidUntilMs: 990 * DAY })).toBe(1000);
    expect(bytesDue({ ...basis, paidUntilMs: 0 })).toBe(9000);
    expect(bytesDue({ ...basis, paidUntilMs: basis.nowMs })).toBe(0);
    expect(bytesDue({ ...basis, paidUntilMs: 5000 * DAY })).toBe(100);
  });

  it('rests for at most a day after a film that is bigger than the share', () => {
    const basis = { totalBytes: 9000, verifyDays: 90, paidUntilMs: 999.99 * DAY, nowMs: 1000 * DAY };
    const paidUntilMs = paidAfter(basis, 4000);
    expect(paidUntilMs).toBe(1001 * DAY);
    expect(bytesDue({ ...basis, paidUntilMs, nowMs: 1000.5 * DAY })).toBe(0);
    expect(bytesDue({ ...basis, paidUntilMs, nowMs: 1003 * DAY })).toBe(200);
  });

  it('reads every byte within the period, however irregularly the machine runs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000_000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (totalBytes, verifyDays, gaps, diligence) => {
          let nowMs = 0;
          let paidUntilMs: number | undefined = 0;
          let read = 0;
          for (const days of gaps) {
            nowMs += days * DAY;
            const basis = { totalBytes, verifyDays, paidUntilMs, nowMs };
            const due = bytesDue(basis);
            const done = Math.floor(due * diligence); // interrupted, most of the time
            read += done;
            paidUntilMs = paidAfter(basis, done);
            expect(paidUntilMs).toBeLessThanOrEqual(nowMs + DAY);
            expect(due).toBeLessThanOrEqual(totalBytes);
          }
          const last = bytesDue({ totalBytes, verifyDays, paidUntilMs, nowMs });
          const expected = Math.min(totalBytes, (totalBytes * nowMs) / (verifyDays * DAY));
          // What was read and what is due still make up what was to be read; rounding is a byte for each run.
          expect(read + last).toBeGreaterThanOrEqual(expected - gaps.length - 1);
        },
      ),
    );
  });
});
