import { asProblem } from '../domain/problem.ts';
import type { OffsiteParts } from './off-site-parts.ts';
import { openRepository } from './off-site-parts.ts';

export interface FetchWish {
  /** Relative to the library. */
  readonly path: string;
  readonly sha256: string;
}

/** From where a file came back. */
export interface Fetched {
  readonly target: string;
  /** Epoch ms of the snapshot. */
  readonly snapshotAtMs: number;
}

/** Snapshots that are tried per target: the newest, then older ones ever further apart. */
const MOST_TRIES = 8;

/**
 * Brings one file back from the newest snapshot that still has exactly these bytes, to `toFile` (absolute). For bit rot:
 * younger snapshots may hold the damaged version. Undefined when no target has it; what goes wrong with a target is logged
 * and the next one is tried.
 */
export async function fetchFromOffsite(
  parts: Pick<OffsiteParts, 'targets' | 'files' | 'catalog' | 'log'>,
  { path, sha256 }: FetchWish,
  toFile: string,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  for (const target of parts.targets) {
    const work = await parts.files.workFolder();
    try {
      await openRepository(parts, target, signal);
      for (const { id, atMs } of spread((await target.repository.snapshots(signal)).toReversed())) {
        await target.repository
          .restore(id, [path], work.path, () => undefined, signal)
          .catch((error: unknown) => {
            if (asProblem(error).code !== 'offsite-damaged') throw error;
          });
        const found = await parts.files.inspect(work.path, path, signal);
        if (found?.sha256 !== sha256) continue;
        await parts.files.moveTo(`${work.path}/${path}`, toFile);
        return { target: target.name, snapshotAtMs: atMs };
      }
    } catch (error) {
      signal.throwIfAborted();
      parts.log.warn(`Off-site ${target.name} could not be asked for ${path}: ${asProblem(error).message}`);
    } finally {
      await work.remove();
    }
  }
  return undefined;
}

/** 1st, 2nd, 4th, 8th … and the last one. */
function spread<T>(all: readonly T[]): readonly T[] {
  const places = new Set<number>();
  for (let place = 1; place <= all.length && places.size < MOST_TRIES - 1; place *= 2) places.add(place - 1);
  if (all.length > 0) places.add(all.length - 1);
  return [...places].map((place) => all[place]).filter((one) => one !== undefined);
}
