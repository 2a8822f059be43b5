import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../../src/domain/coverage.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import { messagesFor, NOTHING_TOLD, type Told } from '../../../src/domain/messages-for.ts';
import type { ProblemCode } from '../../../src/domain/problem.ts';
import type { RunSummary, ServiceState } from '../../../src/domain/service-state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Friday, by the local clock, which is what messages speak in. */
const NOW = new Date(2026, 10, 20, 9).getTime();

const RUN: RunSummary = {
  trigger: 'schedule',
  startedAtMs: NOW - HOUR_MS,
  endedAtMs: NOW - HOUR_MS,
  outcome: 'complete',
  message: undefined,
  code: undefined,
};
const failedWith = (code: ProblemCode, message: string): RunSummary => ({ ...RUN, outcome: 'failed', code, message });

const COVERAGE: Coverage = {
  complete: true,
  intact: true,
  listedAtMs: NOW,
  assets: 48_211,
  albums: 3,
  storedFiles: 50_000,
  storedBytes: 39.6e9,
  kinds: [],
  missing: [],
  leftOut: [],
  noLongerListed: 0,
  findings: [],
  read: { days: 90, files: 50_000, allFiles: 50_000, oldestMs: NOW },
  archived: { files: 0, bytes: 0, findings: 0 },
  held: 0,
};

function factsWith(state: Partial<ServiceState>, more: Partial<Facts> = {}): Facts {
  const nowMs = more.nowMs ?? NOW;
  return {
    nowMs,
    coverage: () => COVERAGE,
    lastVerify: undefined,
    pageUrl: 'https://nas.example.com/',
    codeWarningDays: 3,
    weeklySummary: false,
    ...more,
    state: {
      phase: 'idle',
      sinceMs: NOW,
      paused: false,
      codeAwaited: false,
      phones: [],
      trigger: undefined,
      progress: undefined,
      nextRunMs: nowMs + HOUR_MS,
      periodMs: DAY_MS,
      startedAtMs: NOW - 90 * DAY_MS,
      lastAttemptMs: NOW - HOUR_MS,
      lastSuccessMs: NOW - HOUR_MS,
      lastRun: RUN,
      need: undefined,
      ...state,
    } as ServiceState,
  };
}

/** Looks at one state after the other, as the service does; every title that was said, with what kind of message it was. */
function story(...all: readonly Facts[]): readonly string[] {
  let told: Told = NOTHING_TOLD;
  return all.flatMap((facts) => {
    const said = messagesFor(told, facts);
    told = JSON.parse(JSON.stringify(said.told)); // it has to survive a restart
    return said.messages.map(({ kind, title }) => `${kind}: ${title}`);
  });
}
const later = (ms: number, state: Partial<ServiceState>, more: Partial<Facts> = {}) => factsWith(state, { ...more, nowMs: NOW + ms });
const need = (code: ProblemCode, sinceMs = NOW) => ({ need: { code, message: 'What happened', advice: 'What to do.', sinceMs } });

describe('nothing is said', () => {
  it('while all is well, night after night', () => {
    expect(story(...Array.from({ length: 60 }, (_, day) => later(day * DAY_MS, { lastSuccessMs: NOW + day * DAY_MS })))).toEqual([]);
  });

  it('of a night on which Apple could not be reached', () => {
    const failed = { lastRun: failedWith('no-network', 'No connection.') };
    expect(
      story(later(DAY_MS, failed), later(2 * DAY_MS - 2 * HOUR_MS, failed), later(2 * DAY_MS, { lastSuccessMs: NOW + 2 * DAY_MS })),
    ).toEqual([]);
  });

  it('of items that were missing for two nights', () => {
    const some = { lastRun: { ...RUN, outcome: 'incomplete' as const }, lastSuccessMs: NOW };
    expect(story(later(0, some), later(DAY_MS, some), later(2 * DAY_MS, { lastSuccessMs: NOW + 2 * DAY_MS }))).toEqual([]);
  });

  it('of a volume that is away for the minutes of a restart', () => {
    expect(
      story(later(0, { phase: 'volume-missing' }), later(9 * MINUTE_MS, { phase: 'volume-missing' }), later(10 * MINUTE_MS, {})),
    ).toEqual([]);
  });

  it('while paused, however long', () => {
    expect(story(later(0, { paused: true }), later(90 * DAY_MS, { paused: true }))).toEqual([]);
  });

  it('of age while a long first sync runs', () => {
    expect(story(later(9 * DAY_MS, { phase: 'syncing', lastSuccessMs: undefined }))).toEqual([]);
  });
});

describe('a need', () => {
  it('is told once, however often it is looked at, and once when a sync has got past it', () => {
    const waits = { ...need('code-needed'), phase: 'waiting-for-code' as const, lastRun: { ...RUN, outcome: 'needs-person' as const } };
    expect(
      story(
        later(0, waits),
        later(MINUTE_MS, waits),
        later(HOUR_MS, { phase: 'signing-in' }),
        later(HOUR_MS, { phase: 'syncing' }),
        later(2 * HOUR_MS, {}),
        later(3 * HOUR_MS, {}),
      ),
    ).toEqual(['problem: Apple wants a code', 'recovered: Signed in again']);
  });

  it('is not over because somebody has signed in: only when a sync has gone well', () => {
    const before = { lastRun: { ...RUN, outcome: 'needs-person' as const }, lastSuccessMs: NOW - DAY_MS };
    expect(
      story(later(0, need('code-needed')), later(HOUR_MS, before), later(2 * HOUR_MS, { lastRun: failedWith('no-network', 'No.') })),
    ).toEqual(['problem: Apple wants a code']);
  });

  it('of a second month is a need of its own', () => {
    expect(
      story(
        later(0, need('code-needed')),
        later(DAY_MS, {}),
        later(30 * DAY_MS, { ...need('code-needed', NOW + 30 * DAY_MS), lastSuccessMs: NOW + 30 * DAY_MS }),
      ),
    ).toEqual(['problem: Apple wants a code', 'recovered: Signed in again', 'problem: Apple wants a code']);
  });

  it('that becomes another one is told anew, and ends once', () => {
    expect(story(later(0, need('code-needed')), later(HOUR_MS, need('too-many-codes', NOW + HOUR_MS)), later(2 * HOUR_MS, {}))).toEqual([
      'problem: Apple wants a code',
      'problem: Apple sends no more codes for now',
      'recovered: Signed in again',
    ]);
  });

  it('says what is safe and what to do, and links to the page without a token', () => {
    const [first] = messagesFor(NOTHING_TOLD, factsWith({ ...need('code-needed'), codeAwaited: true })).messages;
    expect(first).toMatchObject({ urgency: 'high', topic: 'need', link: 'https://nas.example.com/' });
    expect(first?.text).toContain('docker exec photos-sync enter_mfa <the 6 digits>');
    expect(first?.text).toContain('Everything stored so far is safe.');
    const [other] = messagesFor(NOTHING_TOLD, factsWith(need('terms-pending'))).messages;
    expect(other?.text).toBe('What happened. Everything stored so far is safe. What to do.');
  });
});

describe('an outage', () => {
  it('is told when the backup grows old, with its reason, and once when it is over', () => {
    const away = { lastRun: failedWith('no-network', 'No connection to gateway.icloud.com.'), lastSuccessMs: NOW };
    const seen = [2.05, 2.2, 2.9].map((days) => later(days * DAY_MS, away));
    expect(story(...seen, later(3.5 * DAY_MS, { lastSuccessMs: NOW + 3.5 * DAY_MS }))).toEqual([
      'problem: No good sync for 2 days',
      'recovered: Backing up again',
    ]);
    const { messages } = messagesFor(
      { concerns: { stale: { id: 'stale', sinceMs: NOW, title: '', overTitle: '' } } },
      later(3 * DAY_MS, away),
    );
    expect(messages[0]?.text).toBe(
      'The last complete one was on Fri 20 Nov. Apple could not be reached from here. What is stored is safe. We try again at every slot of the schedule.',
    );
  });

  it('whose cause is a person who was asked already is not told a second time', () => {
    const waits = { ...need('code-needed'), lastRun: { ...RUN, outcome: 'needs-person' as const }, lastSuccessMs: NOW };
    expect(story(later(0, waits), later(9 * DAY_MS, waits), later(9.5 * DAY_MS, waits))).toEqual(['problem: Apple wants a code']);
  });
});

describe('what only the owner can mend', () => {
  it('is told at once, with what to do', () => {
    const full = { lastRun: failedWith('disk-full', 'IMG_0412.HEIC does not fit') };
    expect(story(later(0, full), later(HOUR_MS, full), later(DAY_MS, { lastSuccessMs: NOW + DAY_MS }))).toEqual([
      'problem: The disk is full',
      'recovered: The disk has room again',
    ]);
    expect(messagesFor(NOTHING_TOLD, factsWith(full)).messages[0]?.text).toBe(
      'IMG_0412.HEIC does not fit. What is stored is safe. Free some space on the library volume and run again. Nothing was removed.',
    );
  });

  it('is not over when the next run was interrupted', () => {
    const full = { lastRun: failedWith('disk-full', 'No room') };
    expect(story(later(0, full), later(HOUR_MS, { lastRun: { ...RUN, outcome: 'interrupted' } }))).toEqual(['problem: The disk is full']);
  });

  it('a volume that stays away, which may come back by itself', () => {
    const away = { phase: 'volume-missing' as const };
    expect(story(later(0, away), later(11 * MINUTE_MS, away), later(HOUR_MS, away), later(2 * HOUR_MS, {}))).toEqual([
      'problem: The library folder is not there',
      'recovered: The library folder is back',
    ]);
  });

  it('items that stay incomplete for three nights', () => {
    const some = (day: number) =>
      later(day * DAY_MS, { lastRun: { ...RUN, outcome: 'incomplete' }, lastSuccessMs: NOW + day * DAY_MS }, { coverage: () => MISSING });
    const MISSING: Coverage = {
      ...COVERAGE,
      complete: false,
      missing: [
        {
          code: 'content-mismatch',
          count: 2,
          examples: ['IMG_1.MOV does not match'],
          advice: 'It was not kept.',
          nextTryMs: undefined,
          setAside: 0,
        },
      ],
    };
    expect(story(some(0), some(1), some(3), some(4), later(5 * DAY_MS, { lastSuccessMs: NOW + 5 * DAY_MS }))).toEqual([
      'problem: Safe, but some items are incomplete',
      'recovered: Nothing is incomplete any more',
    ]);
    const told = messagesFor(NOTHING_TOLD, some(0)).told;
    expect(messagesFor(told, some(3)).messages[0]?.text).toBe(
      '2 items are not whole on this disk yet; everything else is. We try again every night. IMG_1.MOV does not match. It was not kept.',
    );
  });
});

describe('files that are no longer as they were', () => {
  const rotten = (count: number): Partial<Facts> => ({
    coverage: () => ({
      ...COVERAGE,
      findings:
        count === 0
          ? []
          : [{ code: 'file-damaged', count, examples: ['_All-Photos/2024/IMG_1.HEIC'], advice: 'A good one is fetched again.' }],
    }),
  });

  it('are told by name, and once when they are whole again', () => {
    const nights = [0, 1, 1, 1, 0].map((count, day) => later(day * DAY_MS, { lastSuccessMs: NOW + day * DAY_MS }, rotten(count)));
    expect(story(...nights)).toEqual(['problem: A file on this disk is damaged', 'recovered: The damaged files are whole again']);
    expect(messagesFor(NOTHING_TOLD, later(0, {}, rotten(1))).messages[0]?.text).toBe(
      '_All-Photos/2024/IMG_1.HEIC. Everything else was not touched. A good one is fetched again.',
    );
  });
});

describe('the off-site copy', () => {
  const broken = (code: ProblemCode): Partial<ServiceState> => ({
    offsite: {
      doing: undefined,
      targets: [{ name: 'nas', problem: { code, message: 'The disk there is full', advice: 'Make room.', sinceMs: NOW } } as never],
    },
  });
  const fine: Partial<ServiceState> = { offsite: { doing: undefined, targets: [{ name: 'nas', problem: undefined } as never] } };

  it('is told at once when a person has to act there', () => {
    expect(
      story(
        later(0, broken('offsite-target-full')),
        later(HOUR_MS, broken('offsite-target-full')),
        later(DAY_MS, { ...fine, lastSuccessMs: NOW + DAY_MS }),
      ),
    ).toEqual(['problem: The off-site copy "nas" has stopped', 'recovered: The off-site copy "nas" goes on']);
  });

  it('gets some nights when the other side was merely out of reach', () => {
    const nights = (count: number) =>
      Array.from({ length: count }, (_, day) =>
        later(day * DAY_MS, { ...broken('offsite-unreachable'), lastSuccessMs: NOW + day * DAY_MS }),
      );
    expect(story(...nights(3), later(3 * DAY_MS, { ...fine, lastSuccessMs: NOW + 3 * DAY_MS }))).toEqual([]);
    expect(story(...nights(4))).toEqual(['problem: The off-site copy "nas" has stopped']);
  });
});

describe('removals on hold', () => {
  it('are told with their number, and are over with the answer', () => {
    const held = {
      ...need('removals-held'),
      lastRun: { ...RUN, outcome: 'needs-person' as const, code: 'removals-held' as const },
      lastSuccessMs: RUN.endedAtMs,
    };
    const answered = { ...held, need: undefined };
    expect(story(later(0, held, { coverage: () => ({ ...COVERAGE, held: 438 }) }), later(HOUR_MS, answered))).toEqual([
      'problem: 438 removals are on hold',
      'recovered: The held removals are settled',
    ]);
  });
});

describe('good news', () => {
  it('says how the backup stands', () => {
    const { told } = messagesFor(NOTHING_TOLD, factsWith(need('code-needed')));
    const { messages } = messagesFor(told, later(HOUR_MS, {}));
    expect(messages).toMatchObject([
      {
        kind: 'recovered',
        urgency: 'low',
        text: 'All 48,211 items in iCloud are on this disk (39.6 GB). The last sync ended Fri 20 Nov, 08:00.',
      },
    ]);
  });

  it('of two problems that ended with one sync is one message', () => {
    const full = { ...need('code-needed'), lastRun: failedWith('disk-full', 'No room') };
    expect(story(later(0, full), later(HOUR_MS, {}))).toEqual([
      'problem: Apple wants a code',
      'problem: The disk is full',
      'recovered: Signed in again. The disk has room again',
    ]);
  });
});

describe('the next code', () => {
  it('is announced once, some days before', () => {
    const trust = (daysLeft: number, endsMs = NOW + 30 * DAY_MS) => ({ trustDaysLeft: daysLeft, trustEndsMs: endsMs });
    expect(
      story(
        factsWith(trust(7)),
        factsWith(trust(3)),
        factsWith(trust(1)),
        factsWith(trust(30, NOW + 60 * DAY_MS)),
        factsWith(trust(0, NOW + 60 * DAY_MS)),
      ),
    ).toEqual(['notice: Apple will ask for a code in about 3 days', 'notice: Apple will ask for a code any time now']);
    expect(story(factsWith(trust(1), { codeWarningDays: 0 }))).toEqual([]);
  });
});

describe('the weekly summary', () => {
  it('comes on Mondays at eight, with what is new and what is still open', () => {
    const weekly = (day: number, hour: number, assets: number, state: Partial<ServiceState> = {}): Facts => {
      const nowMs = new Date(2026, 10, 20 + day, hour).getTime();
      return factsWith(
        { lastSuccessMs: nowMs, ...state },
        { nowMs, weeklySummary: true, coverage: () => ({ ...COVERAGE, assets, storedBytes: assets * 1e6 }) },
      );
    };
    expect(
      story(
        weekly(0, 9, 100),
        weekly(2, 23, 120), // Sunday
        weekly(3, 7, 130), // Monday, too early
        weekly(3, 9, 130),
        weekly(4, 9, 140),
        weekly(10, 8, 140),
        weekly(17, 9, 140),
      ),
    ).toEqual(['summary: Last week: 30 new items', 'summary: Last week: 10 new items', 'summary: Last week: nothing new']);
  });
});
