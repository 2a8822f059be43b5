/**
 * Enough that system calls and promises do not matter, little enough to stay in a processor's cache while it is hashed twice
 * and written, and for 32 downloads at once on a small NAS.
 */
const BLOCK_BYTES = 256 << 10;

/** Collects pieces of memory that somebody else will use again into blocks, which are used again as well: nothing here is garbage. */
export interface Blocks {
  add(piece: Uint8Array): void;
  /** No more pieces: what has been collected counts as a block. */
  end(): void;
  /** A block is waiting. */
  readonly isFull: boolean;
  /** The oldest block; valid until the next one is taken. */
  take(): Uint8Array | undefined;
}

/** Blocks that nobody uses at the moment. */
export type Spare = Buffer[];

export function createBlocks(spare: Spare): Blocks {
  const full: Uint8Array[] = [];
  let current: Buffer | undefined;
  let length = 0;
  let lent: Uint8Array | undefined;

  function close(): void {
    if (current !== undefined && length > 0) full.push(current.subarray(0, length));
    current = undefined;
    length = 0;
  }

  return {
    add(piece) {
      for (let from = 0; from < piece.length; ) {
        current ??= spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
        const part = Math.min(BLOCK_BYTES - length, piece.length - from);
        current.set(from === 0 && part === piece.length ? piece : piece.subarray(from, from + part), length);
        length += part;
        from += part;
        if (length === BLOCK_BYTES) close();
      }
    },
    end: close,
    get isFull() {
      return full.length > 0;
    },
    take() {
      if (lent) spare.push(Buffer.from(lent.buffer));
      lent = full.shift();
      return lent;
    },
  };
}
