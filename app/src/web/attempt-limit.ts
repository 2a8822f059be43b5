/** Counts attempts per source within a window of time. */
export interface AttemptLimit {
  /** Seconds until this source may try again; undefined = right now. */
  waitS(source: string): number | undefined;
  count(source: string): void;
}

export interface AttemptLimitOptions {
  readonly most: number;
  readonly windowMs: number;
  /** So that strangers cannot fill the memory; the oldest are forgotten first. */
  readonly mostSources: number;
  readonly nowMs: () => number;
}

export function createAttemptLimit({ most, windowMs, mostSources, nowMs }: AttemptLimitOptions): AttemptLimit {
  // All windows have one length, so the order of insertion is the order in which they end.
  const windows = new Map<string, { attempts: number; readonly endsMs: number }>();
  const current = (source: string) => {
    const window = windows.get(source);
    if (window !== undefined && window.endsMs > nowMs()) return window;
    windows.delete(source);
    return undefined;
  };
  return {
    waitS(source) {
      const window = current(source);
      return window === undefined || window.attempts < most ? undefined : Math.max(1, Math.ceil((window.endsMs - nowMs()) / 1000));
    },
    count(source) {
      const window = current(source);
      if (window !== undefined) {
        window.attempts += 1;
        return;
      }
      for (const [oldest, { endsMs }] of windows) {
        if (windows.size < mostSources && endsMs > nowMs()) break;
        windows.delete(oldest);
      }
      windows.set(source, { attempts: 1, endsMs: nowMs() + windowMs });
    },
  };
}
