/**
 * Tells a monitor that watches from outside how scheduled runs go (Healthchecks.io and its like), so that silence is
 * noticed too. Pings go out in order and are worth waiting for, half a minute at most each; none ever throws. What
 * cannot be delivered is logged, once per outage.
 */
export interface HealthPing {
  /** A run begins. Given up as soon as the run's end is to be told. */
  start(signal: AbortSignal): Promise<void>;
  /** It ended well. Carries the end of the log. */
  success(signal: AbortSignal): Promise<void>;
  /** It did not. Carries the end of the log. */
  fail(signal: AbortSignal): Promise<void>;
}
