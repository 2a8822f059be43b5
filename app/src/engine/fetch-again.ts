import { asProblem } from '../domain/problem.ts';
import { createAddresses } from './addresses.ts';
import { type DownloadParts, startDownloads } from './downloads.ts';
import { createTrashIndex } from './trash.ts';

export interface FetchAgainParts extends Omit<DownloadParts, 'addresses' | 'inTrash' | 'onDone' | 'onFailed'> {
  /** Makes the login valid without asking anybody for anything. Throws Problem. */
  readonly signIn: (signal: AbortSignal) => Promise<void>;
}

/**
 * Fetches the newest entries of the to-do list, those after `sinceSeq`. Whatever fails stays on the list: the next sync tries
 * again, so nothing is thrown but the wish to stop.
 */
export async function fetchAgain(
  parts: FetchAgainParts,
  sinceSeq: number,
  signal: AbortSignal,
): Promise<{ readonly fetched: number; readonly why: string | undefined }> {
  let fetched = 0;
  let why: string | undefined;
  try {
    await parts.signIn(signal);
    const byName = new Map(parts.catalog.zones().map(({ zone }) => [zone.name, zone]));
    const addresses = createAddresses(
      parts.photos,
      (name) => byName.get(name),
      () => parts.clock.now(),
    );
    const catalog = { ...parts.catalog, todo: (after: number, limit: number) => parts.catalog.todo(Math.max(after, sinceSeq), limit) };
    const downloads = startDownloads(
      {
        ...parts,
        catalog,
        addresses,
        inTrash: createTrashIndex(parts.store),
        onDone: () => {
          fetched += 1;
        },
        onFailed: (_item, _code, message) => {
          why = message;
        },
      },
      signal,
    );
    try {
      await downloads.finish();
    } finally {
      await downloads.stop();
    }
  } catch (error) {
    why = asProblem(signal.aborted ? signal.reason : error).message;
  }
  return { fetched, why };
}
