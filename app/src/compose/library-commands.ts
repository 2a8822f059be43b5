import { commandMap, type LibraryCommands } from '../service/library-command.ts';
import type { AccountContext, OpenAccount } from './open-account.ts';
import type { LibraryApp } from './open-library-app.ts';

export interface LibraryCommandContext extends AccountContext {
  readonly app: LibraryApp;
  readonly account: OpenAccount;
}

/** Every command on an opened library, wired: one line for each. */
export function libraryCommands(_context: LibraryCommandContext): LibraryCommands {
  return commandMap([]);
}
