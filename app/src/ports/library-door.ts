import type { Coverage } from '../domain/coverage.ts';
import type { Browse } from './browse.ts';
import type { MediaStore } from './media.ts';
import type { Previews } from './previews.ts';

/** An open library as the page sees it: to look at, never to change. */
export interface LibraryDoor {
  readonly browse: Browse;
  coverage(): Coverage;
  readonly media: MediaStore;
  readonly previews: Previews;
  /** Names of the commands that this library takes. */
  readonly commands: ReadonlySet<string>;
}
