import { join } from 'node:path';
import { createInfluxFile, type InfluxFile } from '../adapters/metrics/influx-file.ts';
import { createPrometheus } from '../adapters/metrics/prometheus.ts';
import { openPushBook } from '../adapters/notify/push/push-book.ts';
import { createWebPush, type WebPush } from '../adapters/notify/push/web-push.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { Facts } from '../domain/facts.ts';
import type { MetricFacts } from '../domain/metric-facts.ts';
import type { Phase } from '../domain/service-state.ts';
import { readLastVerify } from '../engine/last-verify.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Log } from '../ports/log.ts';
import type { MonitoringDoors } from '../ports/monitoring.ts';
import type { Audience } from '../service/audience.ts';
import type { RunningService } from '../service/home.ts';
import type { LibraryCommand } from '../service/library-command.ts';
import { notifyTestCommand } from '../service/library-commands/notify-test.ts';
import type { LogBook } from '../service/log-book.ts';
import { createNotifications } from '../service/notifications.ts';
import { channelParts, channelsOf, pageUrlOf } from './channels.ts';
import type { CommandContext } from './context.ts';
import { keepCoverage } from './kept-coverage.ts';
import { readVersion } from './version.ts';

/** Everything that tells others how the service does. */
export interface Monitoring extends MonitoringDoors {
  readonly commands: readonly LibraryCommand[];
  /** The library has been opened: the state folder may be used. */
  opened(): Promise<void>;
  /** It is about to be closed, or is away. */
  closing(): void;
  start(): void;
  stop(reason: unknown): Promise<void>;
}

/** Counting a million items takes a second, so a monitor that looks every few seconds does not get it counted each time. */
const SCRAPED_MS = 5 * 60_000;
/** What messages speak of changes with runs and commands only, and those make it be counted anew. */
const TOLD_MS = 24 * 3_600_000;

/** Wires notifications, metrics and web push around a service that exists already. */
export function createMonitoring(
  context: CommandContext,
  book: LogBook,
  log: Log,
  service: () => RunningService,
  audience: Audience,
): Monitoring {
  const { settings, clock } = context;
  const parts = channelParts(log, clock);
  const fixed = channelsOf(settings, parts);
  const pageUrl = pageUrlOf(settings);
  let push: WebPush | undefined;
  const channels = () => [...fixed, ...(push?.channels() ?? [])];
  const catalog = () => catalogOf(service());
  const coverage = keepCoverage(
    () => catalog()?.overview,
    () => clock.now(),
  );

  const notifications = createNotifications({
    channels,
    catalog,
    clock,
    log,
    facts() {
      const counted = coverage.ask(TOLD_MS);
      if (!(counted instanceof Promise)) return factsWith(counted);
      counted.then(notifications.notice, () => undefined);
      return undefined;
    },
  });
  const factsWith = (counted: Coverage | undefined): Facts => ({
    nowMs: clock.now(),
    state: service().state(),
    coverage: () => counted,
    lastVerify: lastVerifyOf(catalog()),
    pageUrl,
    codeWarningDays: settings.notifyCodeDays,
    weeklySummary: settings.notifySummary === 'weekly',
  });
  const version = readVersion();
  const metricFacts = async (): Promise<MetricFacts> => metricsWith(await coverage.ask(SCRAPED_MS));
  const metricsWith = (counted: Coverage | undefined): MetricFacts => ({
    nowMs: clock.now(),
    version,
    state: service().state(),
    coverage: counted,
    channels: notifications.figures(),
    process: {
      startedAtMs: Date.now() - process.uptime() * 1000,
      cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
    },
  });
  const prometheus = createPrometheus({ facts: metricFacts });
  const influx = settings.exportMetrics ? influxFile(context, log, service, catalog) : undefined;
  const first = {
    entered(phase: Phase) {
      if (phase === 'signing-in') book.turnPage();
      else coverage.forget();
    },
    ended: coverage.forget,
  };
  const notice = { entered: notifications.notice, ended: notifications.notice };
  for (const listener of [first, prometheus.events, notice]) audience.join(listener);
  if (influx) audience.join(influx.events);

  return {
    metrics: prometheus.page,
    push: () => push?.desk,
    entries: book.entries,
    commands: [notifyTestCommand({ channels, pageUrl, clock })],
    async opened() {
      influx?.open();
      push ??= createWebPush({ ...parts, book: await openPushBook(join(settings.configDir, 'push.json')), contact: contactOf(context) });
    },
    closing: () => influx?.close(),
    start: notifications.start,
    async stop(reason) {
      await notifications.stop(reason);
      parts.http.reset();
    },
  };
}

function influxFile(
  { settings, clock }: CommandContext,
  log: Log,
  service: () => RunningService,
  catalog: () => Catalog | undefined,
): InfluxFile {
  const { dataDir } = settings;
  return createInfluxFile({ dataDir, clock, log, outlook: () => service().state(), coverage: () => catalog()?.coverage() });
}

/** RFC 8292 wants some contact; our own address would be wrong, so without one it is a name that reaches nobody. */
function contactOf({ settings: { pushContact, webUrl } }: CommandContext): string {
  if (pushContact !== undefined) return /^(https:|mailto:)/.test(pushContact) ? pushContact : `mailto:${pushContact}`;
  return webUrl?.startsWith('https://') ? webUrl : 'mailto:owner@localhost.invalid';
}

const lastVerifyOf = (catalog: Catalog | undefined) => catalog && readLastVerify(catalog);

function catalogOf(service: RunningService): Catalog | undefined {
  try {
    return service.home().catalog;
  } catch {
    return undefined; // the library is away
  }
}
