/** How fast bytes may come, for all threads together: they share one moment at which the next byte is due. */
export interface Pace {
  readonly bytesPerSecond: number;
  /** One 64-bit integer: nanoseconds of the system's monotonic clock, which all threads share. */
  readonly due: SharedArrayBuffer;
}

/** What was not used lately may be used up at once: smooth enough for a line, big enough for a socket's buffer. */
const BURST_NS = 250_000_000n;

export function createPace(bytesPerSecond: number): Pace {
  return { bytesPerSecond, due: new SharedArrayBuffer(8) };
}

/** Counts bytes that have come; answers how many ms to wait before more are taken. */
export function takeFrom({ bytesPerSecond, due }: Pace, bytes: number): number {
  const moment = new BigInt64Array(due);
  const costNs = BigInt(Math.round((bytes / bytesPerSecond) * 1e9));
  for (;;) {
    const nowNs = process.hrtime.bigint();
    const before = Atomics.load(moment, 0);
    const earliest = nowNs - BURST_NS;
    const after = (before > earliest ? before : earliest) + costNs;
    if (Atomics.compareExchange(moment, 0, before, after) === before) return Math.max(0, Number(after - nowNs) / 1e6);
  }
}
