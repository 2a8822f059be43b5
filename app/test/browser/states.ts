import type { ServiceState } from '../../src/domain/service-state.ts';
import { CODE_AWAITED, CODE_NEED, DAY_MS, GOOD_RUN, LAST_NIGHT, NOW, progressWith } from '../contract/web/fake-service.ts';

const TARGET = {
  name: 'backup-nas',
  engine: 'restic',
  repository: 'sftp:backup-nas:/photos',
  lastSnapshotMs: LAST_NIGHT + 6 * 60_000,
  ageMs: 5 * 3_600_000,
  seenMs: LAST_NIGHT,
  files: 130_992,
  bytes: 1_270_000_000_000,
  storedBytes: 1_190_000_000_000,
  snapshots: 212,
  lastCheck: { atMs: LAST_NIGHT, ok: true, message: 'Structure and one twelfth of the data: no error.' },
  lastDrill: { atMs: LAST_NIGHT - 5 * DAY_MS, ok: true, message: '50 of 50 files came back identical.' },
  lastPrune: undefined,
  problem: undefined,
} as const;

/** What a service can be in the middle of, as pages show it. */
export const STATES: Readonly<Record<string, Partial<ServiceState>>> = {
  good: { trustDaysLeft: 24, trustEndsMs: NOW + 24 * DAY_MS, offsite: { targets: [TARGET], doing: undefined } },
  'code fresh': CODE_AWAITED,
  'code old': { phase: 'waiting-for-code', need: CODE_NEED },
  approval: {
    phase: 'waiting-for-approval',
    need: {
      code: 'approval-needed',
      message: 'A device has to let the service read the photos.',
      advice: 'Tap Allow on your iPhone.',
      sinceMs: NOW,
    },
  },
  hold: {
    phase: 'idle',
    need: { code: 'removals-held', message: '1,204 of 84,312 items have gone from iCloud at once.', advice: 'Look at them.', sinceMs: NOW },
  },
  syncing: {
    phase: 'syncing',
    sinceMs: NOW - 600_000,
    inFlight: [486e6, 2.4e6, 2.1e6, 74e6, 2.2e6].map((bytes, index) => ({
      path: `_All-Photos/2019/2019-08/IMG_${4471 + index}.${index === 0 ? 'MOV' : 'HEIC'}`,
      bytes,
      sinceMs: NOW - 9000 + index * 1000,
    })),
    progress: progressWith(
      { listed: 84_312, downloaded: 49_452, downloadedBytes: 745e9 },
      { missingFiles: 34_860, missingBytes: 525e9, bytesPerSecond: 38e6, remainingMs: 13_800_000 },
    ),
  },
  stale: { lastSuccessMs: NOW - 4 * DAY_MS },
  incomplete: { lastRun: { ...GOOD_RUN, outcome: 'incomplete' } },
  first: { lastRun: undefined, lastSuccessMs: undefined, startedAtMs: NOW },
  paused: { paused: true },
  'folder missing': { phase: 'volume-missing' },
};

/** What the commands of the service answer in JSON. */
export function answersFor(paths: readonly string[]) {
  const json = (value: object) => ({ exitCode: 0, out: JSON.stringify({ schema: 1, ...value }), err: '' });
  const day = (days: number) => new Date(NOW - days * DAY_MS).toISOString();
  return async (name: string) => {
    if (name === 'hold show')
      return json({
        items: 1204,
        files: 1300,
        bytes: 9e9,
        library: 84_312,
        shown: paths.map((path) => ({ path, because: 'deleted for good', since: day(0) })),
      });
    if (name === 'trash list')
      return json({
        files: 5,
        bytes: 312e6,
        shown: [0, 8, 8, 8, 23].map((days, index) => ({
          path: `_Trash/${day(days).slice(0, 10)}/_All-Photos/2026/2026-11/IMG_80${14 + index}.HEIC`,
          from: `_All-Photos/2026/2026-11/IMG_80${14 + index}.HEIC`,
          at: day(days),
          because: index === 3 ? 'superseded' : 'gone-from-icloud',
          checksum: `AdeU8pTqYhGzNw${index}`.padEnd(20 + index, '='),
          size: 2.2e6 + index * 1e5,
        })),
      });
    if (name === 'archive list')
      return json({
        archives: [
          {
            id: 2,
            name: 'Alps 2024',
            path: 'Trips/Alps 2024',
            files: 806,
            bytes: 6.9e9,
            archivedAtMs: NOW - 3 * DAY_MS,
            completeAtMs: NOW,
            deleted: [{ recoverableUntilMs: NOW + 27 * DAY_MS }],
          },
          { id: 1, name: 'School', path: 'School', files: 112, bytes: 4e8, archivedAtMs: NOW - 90 * DAY_MS, deleted: [] },
        ],
      });
    return json({});
  };
}
