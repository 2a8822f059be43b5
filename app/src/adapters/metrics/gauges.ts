import { HEALTHS, healthOf, PHASES } from '../../domain/service-state.ts';
import { LIBRARY_METRICS } from './library-gauges.ts';
import { flag, type MetricRow, type MetricSpec, one, oneOf, type Sample, seconds } from './metric-row.ts';

const OUTCOMES = ['complete', 'incomplete', 'failed', 'interrupted', 'needs-person'] as const;

const STATE: readonly MetricRow[] = [
  ['build_info', 'Version of the program; always 1.', ({ version }) => [[{ version }, 1]], ['version']],
  [
    'health',
    'Health of the service: 1 for the word that holds.',
    ({ state, nowMs }) => oneOf('status', HEALTHS, healthOf(state, nowMs)),
    ['status'],
  ],
  ['phase', 'What the service is doing: 1 for the word that holds.', ({ state }) => oneOf('phase', PHASES, state.phase), ['phase']],
  ['paused', '1 while scheduled syncs are skipped.', ({ state }) => flag(state.paused)],
  ['code_awaited', '1 while a sign-in waits for the six digits.', ({ state }) => flag(state.codeAwaited)],
  [
    'need',
    '1 for what a person has to do, by its code; nothing when nobody is needed.',
    ({ state }) => (state.need ? [[{ code: state.need.code }, 1]] : []),
    ['code'],
  ],
  ['need_since_timestamp_seconds', 'Since when a person is needed.', ({ state }) => seconds(state.need?.sinceMs)],
  ['last_success_timestamp_seconds', 'End of the last sync that went well.', ({ state }) => seconds(state.lastSuccessMs)],
  ['last_attempt_timestamp_seconds', 'Start of the last sync.', ({ state }) => seconds(state.lastAttemptMs)],
  ['next_sync_timestamp_seconds', 'Next slot of the schedule; absent while paused.', ({ state }) => seconds(state.nextRunMs)],
  ['schedule_period_seconds', 'Longest gap between two slots of the schedule.', ({ state }) => seconds(state.periodMs)],
  [
    'last_run_outcome',
    'How the last run ended: 1 for the word that holds.',
    ({ state }) => (state.lastRun ? oneOf('outcome', OUTCOMES, state.lastRun.outcome) : []),
    ['outcome'],
  ],
  [
    'last_run_duration_seconds',
    'How long the last run took.',
    ({ state: { lastRun } }) => (lastRun ? seconds(lastRun.endedAtMs - lastRun.startedAtMs) : []),
  ],
  ['trust_expiry_timestamp_seconds', 'When Apple is expected to ask for the next code.', ({ state }) => seconds(state.trustEndsMs)],
  ['sync_missing_files', 'While a sync runs: files still to fetch.', ({ state }) => one(state.progress?.missingFiles)],
  ['sync_missing_bytes', 'While a sync runs: bytes still to fetch.', ({ state }) => one(state.progress?.missingBytes)],
  [
    'sync_rate_bytes_per_second',
    'While a sync runs: bytes fetched each second, over the last seconds.',
    ({ state }) => one(state.progress?.bytesPerSecond),
  ],
];

const CHANNELS: readonly MetricRow[] = [
  [
    'notifications_waiting',
    'Messages that a channel has not taken yet.',
    ({ channels }) => channels.map(({ channel, waiting }): Sample => [{ channel }, waiting]),
    ['channel'],
  ],
];

const COUNTERS: readonly MetricRow[] = [
  [
    'notifications_sent_total',
    'Messages that a channel has taken.',
    ({ channels }) => channels.map(({ channel, sent }): Sample => [{ channel }, sent]),
    ['channel'],
  ],
  [
    'notification_failures_total',
    'Tries that a channel refused or did not answer.',
    ({ channels }) => channels.map(({ channel, failed }): Sample => [{ channel }, failed]),
    ['channel'],
  ],
];

const spec =
  (prefix: string, type: MetricSpec['type']) =>
  ([name, help, read, labels = []]: MetricRow): MetricSpec => ({ name: `${prefix}${name}`, help, read, labels, type });

/** Every metric that is read off the facts. docs/metrics.md lists the same names; a test compares them. */
export const METRICS_FROM_FACTS: readonly MetricSpec[] = [
  ...[...STATE, ...LIBRARY_METRICS, ...CHANNELS].map(spec('photos_sync_', 'gauge')),
  ...COUNTERS.map(spec('photos_sync_', 'counter')),
  // Names that every Prometheus client gives these.
  spec('process_', 'gauge')(['start_time_seconds', 'Start of the process.', ({ process }) => seconds(process.startedAtMs)]),
  spec('process_', 'gauge')(['resident_memory_bytes', 'Memory in use.', ({ process }) => one(process.residentBytes)]),
  spec('process_', 'counter')(['cpu_seconds_total', 'Processor time used.', ({ process }) => one(process.cpuSeconds)]),
];
