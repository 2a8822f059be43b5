import { describe, expect, it } from 'vitest';
import { handling, PROBLEM_CODES } from '../../../src/domain/problem.ts';
import { exitCodeOf, outcomeOf, ProblemTally } from '../../../src/domain/run-report.ts';

const with_ = (...codes: Parameters<ProblemTally['add']>[0][]) => {
  const tally = new ProblemTally();
  for (const code of codes) tally.add(code, code);
  return tally.list();
};

describe('the exit code of a run', () => {
  it.each([
    ['everything is backed up', with_(), undefined, 0],
    ['some items are not backed up', with_('content-mismatch'), undefined, 4],
    ['the listing was incomplete', with_('listing-incomplete'), undefined, 4],
    ['a full disk ended it', with_('disk-full'), 'disk-full', 1],
    ['it was interrupted', with_('content-mismatch'), 'interrupted', 2],
    ['it needs a person', with_('terms-pending'), 'terms-pending', 5],
    ['it needs a person and items are missing: 5 beats 4', with_('content-mismatch', 'web-access-off'), undefined, 5],
  ] as const)('when %s', (_what, problems, ended, code) => {
    expect(exitCodeOf(outcomeOf(problems, ended))).toBe(code);
  });
});

it('keeps the count of a problem and only some examples, so that memory stays flat', () => {
  const tally = new ProblemTally();
  for (let index = 0; index < 10_000; index++) tally.add('transfer-failed', `IMG_${index}.JPG`);
  const [problem] = tally.list();
  expect(problem).toMatchObject({ count: 10_000 });
  expect(problem?.examples).toHaveLength(5);
});

it.each(PROBLEM_CODES)('%s tells the owner what to do in whole sentences', (code) => {
  expect(handling(code).advice).toMatch(/^(iCloud|[A-Z]).*\.$/);
});
