/** The line between client and servers; can be changed while running. */
export interface Line {
  /** Added to every answer. */
  latencyMs: number;
  /** Bytes a second of all downloads together; Infinity = as fast as it goes. */
  bytesPerSecond: number;
}

/** Gives out the line's bytes in turn. */
export class Pacer {
  readonly #line: Line;
  #freeAtMs = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  get isLimited(): boolean {
    return Number.isFinite(this.#line.bytesPerSecond);
  }

  /** How long these bytes have to wait for their turn, ms. */
  turnOf(bytes: number): number {
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes / this.#line.bytesPerSecond) * 1000;
    return this.#freeAtMs - nowMs;
  }
}
