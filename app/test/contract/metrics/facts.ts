import type { Coverage } from '../../../src/domain/coverage.ts';
import type { MetricFacts } from '../../../src/domain/metric-facts.ts';
import { NO_COUNTS, type RunReport } from '../../../src/domain/run-report.ts';
import type { ServiceState } from '../../../src/domain/service-state.ts';

export const NOW = Date.UTC(2026, 10, 20, 2, 4);
const HOUR_MS = 3_600_000;

export const STATE: ServiceState = {
  phase: 'syncing',
  sinceMs: NOW,
  paused: false,
  codeAwaited: false,
  phones: [],
  trigger: 'schedule',
  progress: {
    counts: NO_COUNTS,
    expectedItems: 10,
    missingFiles: 3,
    missingBytes: 4_000_000,
    bytesPerSecond: 1_250_000.5,
    remainingMs: 3200,
  },
  nextRunMs: NOW + 24 * HOUR_MS,
  periodMs: 24 * HOUR_MS,
  startedAtMs: NOW - 100 * HOUR_MS,
  lastAttemptMs: NOW - 1000,
  lastSuccessMs: NOW - 24 * HOUR_MS,
  lastRun: {
    trigger: 'schedule',
    startedAtMs: NOW - 24 * HOUR_MS,
    endedAtMs: NOW - 24 * HOUR_MS + 90_500,
    outcome: 'incomplete',
    message: 'One is missing',
    code: 'content-mismatch',
  },
  need: { code: 'code-needed', message: 'Apple wants a code.', advice: 'Bring it.', sinceMs: NOW - 1000 },
  trustDaysLeft: 12,
  trustEndsMs: NOW + 12.5 * 24 * HOUR_MS,
  offsite: {
    doing: undefined,
    targets: [
      {
        name: 'nas "upstairs"',
        engine: 'restic',
        repository: 'sftp:nas:/photos',
        lastSnapshotMs: NOW - 20 * HOUR_MS,
        ageMs: 20 * HOUR_MS,
        seenMs: NOW - 2 * HOUR_MS,
        files: 50,
        bytes: 1e9,
        storedBytes: 9e8,
        snapshots: 7,
        lastCheck: { atMs: NOW - 40 * HOUR_MS, ok: true, message: 'All read.' },
        lastDrill: { atMs: NOW - 50 * HOUR_MS, ok: false, message: 'One file differs.' },
        lastPrune: undefined,
        problem: { code: 'offsite-target-full', message: 'Full.', advice: 'Make room.', sinceMs: NOW },
      },
    ],
  },
};

export const COVERAGE: Coverage = {
  complete: false,
  intact: true,
  listedAtMs: NOW - 24 * HOUR_MS,
  assets: 84_312,
  albums: 12,
  storedFiles: 90_000,
  storedBytes: 412e9,
  kinds: [{ kind: 'original', listed: 84_312, listedBytes: 4e11, stored: 84_310, verified: 84_300, unconfirmed: 7, unverifiable: 3 }],
  missing: [{ code: 'content-mismatch', count: 2, examples: [], advice: '', nextTryMs: undefined, setAside: 0 }],
  findings: [{ code: 'file-damaged', count: 1, examples: [], advice: '' }],
  read: { days: 90, files: 80_000, allFiles: 90_100, oldestMs: NOW - 60 * 24 * HOUR_MS },
  archived: { files: 100, bytes: 1e9, findings: 0 },
  leftOut: [],
  noLongerListed: 5,
  held: 438,
};

export function factsWith(change: Partial<MetricFacts> = {}): MetricFacts {
  return {
    nowMs: NOW,
    version: '1.2.3',
    state: STATE,
    coverage: COVERAGE,
    channels: [{ channel: 'ntfy', sent: 3, failed: 1, waiting: 2 }],
    process: { startedAtMs: NOW - 100 * HOUR_MS, cpuSeconds: 12.25, residentBytes: 123_456_789 },
    ...change,
  };
}

export const REPORT: RunReport = {
  command: 'sync',
  startedAtMs: NOW,
  endedAtMs: NOW + 60_000,
  outcome: 'incomplete',
  counts: { ...NO_COUNTS, listed: 20, downloaded: 4, downloadedBytes: 5_000_000, albums: 2, missing: 1, replaced: 1 },
  problems: [{ code: 'content-mismatch', count: 1, examples: ['IMG_1 "x"'], advice: '' }],
  notices: [],
};
