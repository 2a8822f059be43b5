import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricFacts } from '../../domain/metric-facts.ts';
import type { RunReport } from '../../domain/run-report.ts';
import type { Trigger } from '../../domain/service-state.ts';
import type { MetricsPage } from '../../ports/monitoring.ts';
import type { RunEvents } from '../../ports/run-events.ts';
import { METRICS_FROM_FACTS } from './gauges.ts';
import type { MetricSpec } from './metric-row.ts';

export interface PrometheusMetrics {
  readonly page: MetricsPage;
  /** Counts what runs do. */
  readonly events: RunEvents;
}

/** All metrics in the text form of Prometheus (exposition format 0.0.4), read at the moment somebody asks. */
export function createPrometheus({ facts }: { readonly facts: () => MetricFacts | Promise<MetricFacts> }): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  const fromFacts = METRICS_FROM_FACTS.map((metric) => ({ metric, shown: shownAs(metric, registry) }));
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name: `photos_sync_${name}`, help, labelNames, registers });
  const runs = counter('runs_total', 'Syncs that ended, by who asked for them and how they ended.', ['trigger', 'outcome']);
  const problems = counter('run_problems_total', 'Problems of all syncs, by code.', ['code']);
  const files = counter('downloaded_files_total', 'Files fetched from iCloud.', []);
  const bytes = counter('downloaded_bytes_total', 'Bytes fetched from iCloud.', []);

  return {
    page: {
      contentType: registry.contentType,
      async text() {
        const now = await facts();
        for (const { metric, shown } of fromFacts) {
          shown.reset();
          // Without labels `reset` leaves a 0 behind, which would claim that something is known.
          if (metric.labels.length === 0) shown.remove();
          for (const [labels, value] of metric.read(now)) shown.inc(labels, value);
        }
        return registry.metrics();
      },
    },
    events: {
      entered: () => undefined,
      ended(report: RunReport, trigger: Trigger) {
        runs.inc({ trigger, outcome: report.outcome });
        files.inc(report.counts.downloaded);
        bytes.inc(report.counts.downloadedBytes);
        for (const { code, count } of report.problems) problems.inc({ code }, count);
      },
    },
  };
}

function shownAs({ name, help, labels, type }: MetricSpec, registry: Registry): Gauge | Counter {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  return type === 'counter' ? new Counter(options) : new Gauge(options);
}
