import { rebuildJson, renderRebuild } from '../../domain/import-report.ts';
import { exitCodeOf, outcomeOf } from '../../domain/run-report.ts';
import { type RebuildParts, rebuild } from '../../engine/import.ts';
import type { ImportJournal } from '../../ports/import-journal.ts';
import type { LibraryCommand } from '../library-command.ts';
import { sayProgress } from './import.ts';

export interface RebuildCommandParts extends Omit<RebuildParts, 'onProgress' | 'journal'> {
  readonly openJournal: () => ImportJournal;
}

/** `rebuild`: the catalog learns from the trees what is in them. Nothing is downloaded. */
export function rebuildCommand(parts: RebuildCommandParts): LibraryCommand {
  return {
    name: 'rebuild',
    runs: 'alone',
    async run(_args, io) {
      const onProgress = sayProgress(
        () => parts.clock.now(),
        (text) => io.err(text),
      );
      const report = await rebuild({ ...parts, journal: parts.openJournal(), onProgress }, io.signal);
      io.out(`${io.json ? JSON.stringify(rebuildJson(report), null, 2) : renderRebuild(report)}\n`);
      return exitCodeOf(outcomeOf(report.problems, undefined));
    },
  };
}
