import { createImportJournal } from '../adapters/disk/import-journal.ts';
import type { RunReport } from '../domain/run-report.ts';
import type { ImportCommandParts } from '../service/library-commands/import.ts';
import type { AccountContext } from './open-account.ts';
import type { LibraryApp } from './open-library-app.ts';

export interface ImportContext extends AccountContext {
  readonly app: LibraryApp;
  /** Lists iCloud into the catalog without fetching anything. */
  readonly list: (signal: AbortSignal) => Promise<RunReport>;
}

/** What import and rebuild need. */
export function importParts({ app, clock, log, list, settings }: ImportContext, name: 'import' | 'rebuild'): ImportCommandParts {
  return {
    ...app,
    clock,
    log,
    list,
    keepFree: settings.minFreeSpace,
    openJournal: () => createImportJournal({ folder: settings.configDir, name, nowMs: clock.now() }),
  };
}
