import type { PushDesk } from './push-desk.ts';

/** All metrics at this moment, in the text form of Prometheus. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** One line of the log as dashboards of the older tool read it. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Epoch ms. */
  readonly time: number;
  readonly source: string;
  readonly message: string;
}

/** What the web port hands on to programs that watch the service. */
export interface MonitoringDoors {
  readonly metrics: MetricsPage;
  /** Undefined until the library has been opened for the first time. */
  readonly push: () => PushDesk | undefined;
  /** What was logged since the last run began, oldest first. */
  readonly entries: () => readonly LogEntry[];
}
