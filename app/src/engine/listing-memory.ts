import type { ListingFacts } from '../domain/brake.ts';
import type { Catalog } from '../ports/catalog.ts';

/** How much iCloud's count of a library is usually too high; a new surplus is believed when it lasts. */
interface Surplus {
  readonly usual: number;
  readonly candidate: number | undefined;
  readonly sinceMs: number | undefined;
}

/** A count that is wrong for so long is simply wrong: the brake and the look at each absent item still stand in the way. */
const LASTS_MS = 3 * 24 * 3_600_000;
const keyOf = (zone: string) => `surplus/${zone}`;

export function usualSurplus(catalog: Pick<Catalog, 'memo'>, zone: string, nowMs: number): number | undefined {
  const surplus = read(catalog, zone);
  if (!surplus) return undefined;
  const lasts = surplus.sinceMs !== undefined && nowMs - surplus.sinceMs >= LASTS_MS;
  return lasts ? (surplus.candidate ?? surplus.usual) : surplus.usual;
}

export function rememberSurplus(catalog: Catalog, zone: string, { listed, counted }: ListingFacts, believed: boolean, nowMs: number): void {
  if (counted === undefined) return;
  const before = read(catalog, zone);
  const candidate = counted - listed;
  const next: Surplus = believed
    ? { usual: candidate, candidate: undefined, sinceMs: undefined }
    : { usual: before?.usual ?? 0, candidate, sinceMs: before?.sinceMs ?? nowMs };
  catalog.setMemo(keyOf(zone), JSON.stringify(next));
}

function read(catalog: Pick<Catalog, 'memo'>, zone: string): Surplus | undefined {
  const text = catalog.memo(keyOf(zone));
  return text === undefined ? undefined : (JSON.parse(text) as Surplus);
}
