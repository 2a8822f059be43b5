import type { Browse } from './browse.ts';
import type { MediaStore } from './media.ts';
import type { Overview } from './overview.ts';
import type { Previews } from './previews.ts';

/** An open library as the page sees it: to look at, never to change. */
export interface LibraryDoor {
  readonly browse: Browse;
  readonly overview: Overview;
  readonly media: MediaStore;
  readonly previews: Previews;
  /** Names of the commands that this library takes. */
  readonly commands: ReadonlySet<string>;
}
