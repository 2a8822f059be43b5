import { PERSONAL_ZONE, type Zone } from '../domain/asset.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import { MOST_AT_ONCE, type RemoteDeletion } from '../ports/remote-deletion.ts';

/** How long iCloud keeps what was deleted, where it does not say so itself. */
export const RECENTLY_DELETED_MS = 30 * 86_400_000;

export interface SettleParts {
  readonly catalog: Catalog;
  readonly remote: RemoteDeletion;
  readonly clock: Clock;
}

/** Deletes that a killed program had asked for: what became of them is read from iCloud before anything else is done. */
export async function settleOpenDeletes({ catalog, remote, clock }: SettleParts, zone: Zone, signal: AbortSignal): Promise<void> {
  const open = catalog.archive.openDeletes();
  for (let start = 0; start < open.length; start += MOST_AT_ONCE) {
    const chunk = open.slice(start, start + MOST_AT_ONCE);
    const fresh = await remote.look(
      zone,
      chunk.map(({ asset, master }) => ({ asset, master: master ?? asset })),
      undefined,
      signal,
    );
    for (const [index, intent] of chunk.entries()) {
      const now = fresh[index];
      const nowMs = clock.now();
      if (now?.state === 'deleted' || now?.state === 'gone')
        catalog.archive.endDelete(
          intent.id,
          'deleted',
          'found out later',
          now.recoverableUntilMs ?? intent.intendedAtMs + RECENTLY_DELETED_MS,
          nowMs,
        );
      else if (now?.state === 'live') catalog.archive.endDelete(intent.id, 'not-deleted', 'interrupted', undefined, nowMs);
    }
  }
}

/** Only the personal library is ever written to (decisions.md 6). */
export function personalZone(catalog: Catalog): Zone {
  const found = catalog.zones().find(({ zone }) => zone.name === PERSONAL_ZONE);
  if (!found) throw new Problem('photos-not-set-up', 'iCloud shows no photo library for this account.');
  return found.zone;
}
