import type { Coverage } from './coverage.ts';
import type { ServiceState } from './service-state.ts';

/** What metrics are made from. */
export interface MetricFacts {
  readonly nowMs: number;
  readonly version: string;
  readonly state: ServiceState;
  /** Undefined while the library is away. */
  readonly coverage: Coverage | undefined;
  readonly channels: readonly { readonly channel: string; readonly sent: number; readonly failed: number; readonly waiting: number }[];
  readonly process: { readonly startedAtMs: number; readonly cpuSeconds: number; readonly residentBytes: number };
}
