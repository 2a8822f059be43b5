/** A file that a drill may bring back. */
export interface Sampled {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** How much a drill fetches at most: enough to mean something, little enough for a slow line. */
export interface SampleLimits {
  readonly files: number;
  readonly bytes: number;
}

/**
 * A fair random sample of a stream of unknown length (reservoir), then as many of them as the byte limit allows, at
 * least one. `random` answers numbers in [0, 1).
 */
export async function drawSample<T extends Sampled>(
  files: AsyncIterable<T> | Iterable<T>,
  limits: SampleLimits,
  random: () => number,
): Promise<readonly T[]> {
  const drawn: T[] = [];
  let seen = 0;
  for await (const file of files) {
    seen += 1;
    if (drawn.length < limits.files) drawn.push(file);
    else {
      const place = Math.floor(random() * seen);
      if (place < limits.files) drawn[place] = file;
    }
  }
  let bytes = 0;
  return drawn.filter(({ size }, index) => {
    bytes += size;
    return index === 0 || bytes <= limits.bytes;
  });
}
