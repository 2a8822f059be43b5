/** Whether removals may go on, or wait for a person (decisions.md 2). */
export interface Brake {
  readonly hold: boolean;
  /** Most items that may be removed without asking. */
  readonly limit: number;
}

/**
 * `items` would be removed of a library of `libraryItems`. Beyond min(200, max(20, 5 %)) a person is asked: so much is
 * seldom deleted at once, and a short answer of iCloud looks just the same. `maxDeletions` replaces the rule.
 */
export function brake(items: number, libraryItems: number, maxDeletions: number | undefined): Brake {
  const limit = maxDeletions ?? Math.min(200, Math.max(20, Math.floor(libraryItems / 20)));
  return { hold: items > limit, limit };
}

/** What is known of one library's listings, to tell a short answer from a smaller library. Counts are of items. */
export interface ListingFacts {
  readonly listed: number;
  /** What iCloud counts; a hint that may be constantly too high (photos.md §4). */
  readonly counted: number | undefined;
  /** Items that were live before this listing. */
  readonly before: number;
  /** `counted - listed` of the last believed listing. */
  readonly usualSurplus: number | undefined;
}

/**
 * Why a listing that reads complete is not believed about absence, in words; undefined = believed. An empty answer for a
 * library that was not empty is believed only when iCloud's own count says empty too.
 */
export function doubtAbout({ listed, counted, before, usualSurplus }: ListingFacts): string | undefined {
  if (listed >= before) return undefined;
  if (listed === 0 && counted !== 0) return 'iCloud listed nothing at all, and does not count zero either';
  if (counted === undefined) return undefined;
  const surplus = counted - listed;
  const tolerance = Math.max(20, Math.floor(counted / 20));
  if (surplus > (usualSurplus ?? 0) + tolerance) return `iCloud counts ${counted} items but listed ${listed}`;
  return undefined;
}
