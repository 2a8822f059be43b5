import type { Received } from '../../ports/library-store.ts';

/** What a file is by its first bytes, and the extension it would get if nothing else is known about it. */
export interface Sniffed {
  readonly looksLike: NonNullable<Received['looksLike']>;
  readonly extension: string;
}
