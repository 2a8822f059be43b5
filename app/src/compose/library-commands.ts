import type { RunReport } from '../domain/run-report.ts';
import { commandMap, type LibraryCommands } from '../service/library-command.ts';
import { archiveCommands } from '../service/library-commands/archive.ts';
import { holdCommands } from '../service/library-commands/hold.ts';
import { importCommand } from '../service/library-commands/import.ts';
import { rebuildCommand } from '../service/library-commands/rebuild.ts';
import { retryCommand } from '../service/library-commands/retry.ts';
import { trashCommands } from '../service/library-commands/trash.ts';
import { verifyCommand } from '../service/library-commands/verify.ts';
import { archiveParts } from './archive-parts.ts';
import { importParts } from './import-parts.ts';
import type { OffsiteHome } from './offsite-home.ts';
import type { AccountContext, OpenAccount } from './open-account.ts';
import type { LibraryApp } from './open-library-app.ts';
import { verifyParts } from './verify-parts.ts';

export interface LibraryCommandContext extends AccountContext {
  readonly app: LibraryApp;
  readonly account: OpenAccount;
  readonly offsite: OffsiteHome;
  /** Lists iCloud into the catalog without fetching anything. */
  readonly list: (signal: AbortSignal) => Promise<RunReport>;
  /** Larger pictures for the page, before iCloud loses the items. Never fails. */
  readonly keepPreviews: (assetRows: readonly number[], signal: AbortSignal) => Promise<void>;
}

/** Every command on an opened library, wired: one line for each. */
export function libraryCommands(context: LibraryCommandContext): LibraryCommands {
  const holding = { ...context.app, clock: context.clock, trashDays: context.settings.trashDays };
  return commandMap([
    ...holdCommands(holding),
    ...trashCommands(holding),
    retryCommand(context.app),
    ...archiveCommands(archiveParts(context)),
    importCommand(importParts(context, 'import')),
    rebuildCommand(importParts(context, 'rebuild')),
    verifyCommand(verifyParts(context, context.offsite.otherCopy)),
    ...context.offsite.commands,
  ]);
}
