import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../../src/domain/coverage.ts';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import type { Facts } from '../../../src/web/facts.ts';
import { sentenceOf } from '../../../src/web/page/sentence-of.ts';
import { formatWhen } from '../../../src/web/page/when.ts';
import { CODE_AWAITED, CODE_NEED, DAY_MS, GOOD_RUN, NOW, progressWith, stateWith } from './fake-service.ts';

const need = (code: 'disk-full' | 'password-refused' | 'web-access-off' | 'account-locked') => ({
  need: { code, message: '', advice: '', sinceMs: NOW },
});
const FRESH = { lastRun: undefined, lastSuccessMs: undefined, startedAtMs: NOW } as const;
const MANY = progressWith({ downloaded: 100 }, { missingFiles: 400, missingBytes: 1e9 });

function factsWith(change: Partial<Coverage> = {}, hold: Facts['hold'] = undefined): Facts {
  const coverage: Coverage = {
    complete: true,
    intact: true,
    findings: [],
    read: { days: 90, files: 100, allFiles: 100, oldestMs: NOW - 10 * DAY_MS },
    archived: { files: 0, bytes: 0, findings: 0 },
    listedAtMs: NOW - DAY_MS / 3,
    assets: 80,
    albums: 3,
    storedFiles: 100,
    storedBytes: 1e9,
    kinds: [],
    missing: [],
    leftOut: [],
    noLongerListed: 0,
    held: 0,
    ...change,
  };
  return { atMs: NOW, coverage, nights: [], runs: [], growth: [], newRows: [], hold, space: undefined };
}

/** The wording is an interface: whoever changes it sees all of it here. */
describe('the sentence', () => {
  it.each<[string, Partial<ServiceState>, string, string]>([
    ['volume gone', { phase: 'volume-missing', paused: true }, 'bad', 'The library folder is not there'],
    ['disk full', need('disk-full'), 'bad', 'The disk is full'],
    ['code, fresh', CODE_AWAITED, 'person', 'Type the six digits'],
    ['code, needed', { phase: 'waiting-for-code', need: CODE_NEED }, 'person', 'Apple wants a code'],
    ['code, needed, after a restart', { need: CODE_NEED }, 'person', 'Apple wants a code'],
    ['data protection', need('web-access-off'), 'person', 'One more permission'],
    ['password refused', need('password-refused'), 'person', 'Apple did not accept the password'],
    ['locked', need('account-locked'), 'person', 'The backup waits for you'],
    ['a need while the next run tries', { ...need('account-locked'), phase: 'signing-in' }, 'good', 'Complete'],
    ['starting', { phase: 'starting' }, 'calm', 'Starting'],
    ['stopping', { phase: 'stopping' }, 'calm', 'Stopping'],
    ['stale', { lastSuccessMs: NOW - 5 * DAY_MS }, 'bad', 'No good sync for 5 days'],
    ['stale from the start', { ...FRESH, startedAtMs: NOW - 3 * DAY_MS }, 'bad', 'No good sync for 3 days'],
    ['first start', FRESH, 'calm', 'Nothing is backed up yet'],
    ['first sign-in', { ...FRESH, phase: 'signing-in' }, 'calm', 'Signing in to iCloud'],
    ['first listing', { ...FRESH, phase: 'syncing' }, 'calm', 'Comparing with iCloud'],
    ['first download', { ...FRESH, phase: 'syncing', progress: MANY }, 'calm', 'Backing up: 100 of 500 files'],
    ['a large sync', { phase: 'syncing', progress: MANY }, 'calm', 'Backing up: 100 of 500 files'],
    ['a small sync', { phase: 'syncing' }, 'good', 'Complete'],
    ['failed', { lastRun: { ...GOOD_RUN, outcome: 'failed' } }, 'person', 'The last sync did not finish'],
    ['interrupted', { lastRun: { ...GOOD_RUN, outcome: 'interrupted' } }, 'person', 'The last sync did not finish'],
    ['incomplete', { lastRun: { ...GOOD_RUN, outcome: 'incomplete' } }, 'person', 'Safe, but incomplete'],
    ['incomplete and paused', { lastRun: { ...GOOD_RUN, outcome: 'incomplete' }, paused: true }, 'person', 'Safe, but incomplete'],
    ['paused', { paused: true }, 'calm', 'Paused'],
    ['after a restart', { lastRun: undefined }, 'calm', 'Waiting for the next sync'],
    ['good', {}, 'good', 'Complete'],
  ])('%s', (_, change, tone, title) => {
    expect(sentenceOf(stateWith(change), NOW)).toMatchObject({ tone, title });
  });

  it.each<[string, Partial<Coverage>, string]>([
    ['all is proven', {}, 'Complete and intact'],
    ['some files were not read lately', { read: { days: 90, files: 90, allFiles: 100, oldestMs: NOW - 100 * DAY_MS } }, 'Complete'],
    ['a file differs from its checksum', { intact: false }, 'Complete'],
    ['something is missing', { complete: false }, 'Complete'],
    ['the comparison is old', { listedAtMs: NOW - 3 * DAY_MS }, 'Complete'],
  ])('claims no more than the catalog proves: %s', (_, change, title) => {
    expect(sentenceOf(stateWith(), NOW, factsWith(change)).title).toBe(title);
  });

  it('asks about removals on hold, and is content again once somebody has decided', () => {
    const hold = { items: 1204, library: 84_312, shown: [] };
    const held = stateWith({
      need: { code: 'removals-held', message: '', advice: '', sinceMs: NOW },
      lastRun: { ...GOOD_RUN, outcome: 'needs-person', code: 'removals-held' },
    });
    expect(sentenceOf(held, NOW, factsWith({ held: 1204 }, hold)).title).toBe('1,204 removals are on hold');
    expect(sentenceOf({ ...held, need: undefined }, NOW, factsWith()).title).toBe('Complete and intact');
  });

  it('is honest about a code that is too old', () => {
    const { lead } = sentenceOf(stateWith({ ...CODE_AWAITED, sinceMs: NOW - 3_600_000 }), NOW);
    expect(lead).toBe(
      'Apple sent them today, 08:40, and a code is good for ten minutes: ask for a new one below, if you have not done so. The sync goes on by itself afterwards.',
    );
  });
});

describe('times', () => {
  it.each([
    [new Date(2026, 10, 20, 2, 4), 'today, 02:04'],
    [new Date(2026, 10, 19, 23, 59), 'yesterday, 23:59'],
    [new Date(2026, 10, 21, 0, 0), 'tomorrow, 00:00'],
    [new Date(2026, 10, 12, 9, 30), 'Thu 12 Nov, 09:30'],
    [new Date(2025, 10, 20, 9, 30), 'Thu 20 Nov 2025, 09:30'],
  ])('%s', (date, words) => {
    expect(formatWhen(date.getTime(), NOW)).toBe(words);
  });
});
