import type { Coverage } from './coverage.ts';
import type { ServiceState } from './service-state.ts';
import type { LastVerify } from './verify-report.ts';

/** Everything that decides whether the owner has to be told something. */
export interface Facts {
  readonly nowMs: number;
  readonly state: ServiceState;
  /** Counts the library when a text needs it, which costs a query; undefined while the library is away. */
  readonly coverage: () => Coverage | undefined;
  /** How the last read-back of stored files went; undefined = there was none. */
  readonly lastVerify: LastVerify | undefined;
  /** Address of the page, with a slash at its end; undefined = messages carry no link. */
  readonly pageUrl: string | undefined;
  /** So many days before Apple is expected to ask for a code it is said once; 0 = never. */
  readonly codeWarningDays: number;
  readonly weeklySummary: boolean;
}
