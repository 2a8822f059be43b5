import type { Holdings, NotBroughtHere } from '../domain/holdings.ts';

export interface HoldingsCatalog {
  /** Counted over all that iCloud lists now: some seconds for a million items, so only for who asks. */
  holdings(): Holdings;
  /** What the last full listing saw besides the items; what is not given stays as it was. */
  noteNotBrought(seen: Partial<NotBroughtHere>): void;
}
