/** How often each kind of request came in: tests assert how few sign-ins, pushes and listings a run needs (authentication.md §13.10). */
export interface RequestLog {
  count(kind: string): number;
  all(): Record<string, number>;
  total(): number;
  reset(): void;
}

export interface WritableRequestLog extends RequestLog {
  add(kind: string): void;
}

export function createRequestLog(): WritableRequestLog {
  const counts = new Map<string, number>();
  return {
    add: (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1),
    count: (kind) => counts.get(kind) ?? 0,
    all: () => Object.fromEntries(counts),
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    reset: () => counts.clear(),
  };
}
