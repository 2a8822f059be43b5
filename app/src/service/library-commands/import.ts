import { z } from 'zod';
import { formatBytes, formatCount } from '../../domain/format.ts';
import { recogniseTree, TREE_KINDS } from '../../domain/import.ts';
import { type ImportReport, importJson, renderImport } from '../../domain/import-report.ts';
import { Problem } from '../../domain/problem.ts';
import { exitCodeOf, outcomeOf } from '../../domain/run-report.ts';
import { type ImportParts, importFolder } from '../../engine/import.ts';
import type { ReadSoFar } from '../../engine/rebuild-read.ts';
import type { TakeHow } from '../../ports/found-files.ts';
import type { ImportJournal } from '../../ports/import-journal.ts';
import type { LibraryCommand } from '../library-command.ts';

const Args = z.object({
  folder: z.string().min(1),
  from: z.enum(TREE_KINDS).optional(),
  dryRun: z.boolean().default(false),
  move: z.boolean().default(false),
  link: z.boolean().default(false),
  copy: z.boolean().default(false),
});

const SAY_MS = 10_000;

export interface ImportCommandParts extends Omit<ImportParts, 'onProgress' | 'journal'> {
  readonly openJournal: () => ImportJournal;
}

/** `import`: photos that another program has fetched become part of the library. */
export function importCommand(parts: ImportCommandParts): LibraryCommand {
  return {
    name: 'import',
    runs: 'alone',
    async run(args, io) {
      const parsed = Args.safeParse(args);
      if (!parsed.success)
        throw new Problem('settings-invalid', `import takes a folder, and --from with one of: ${TREE_KINDS.join(', ')}.`);
      const { folder, from, dryRun } = parsed.data;
      const source = await parts.foundStore.openSource(folder);
      const report = await importFolder(
        {
          ...parts,
          journal: parts.openJournal(),
          onProgress: sayProgress(
            () => parts.clock.now(),
            (text) => io.err(text),
          ),
        },
        { folder: source.root, madeBy: from ?? recogniseTree(source.names), how: howOf(parsed.data), dryRun },
        io.signal,
      );
      io.out(`${io.json ? JSON.stringify(importJson(report), null, 2) : renderImport(report)}\n`);
      return exitCodeOf(
        outcomeOf(report.problems, undefined) === 'complete' && isUnreadable(report) ? 'incomplete' : outcomeOf(report.problems, undefined),
      );
    },
  };
}

const isUnreadable = ({ left }: ImportReport) => left.some(({ label }) => label === 'unreadable');

function howOf({ move, link, copy }: z.infer<typeof Args>): TakeHow {
  if ([move, link, copy].filter(Boolean).length > 1)
    throw new Problem('settings-invalid', 'Only one of --copy, --link and --move can be used.');
  if (move) return 'move';
  return link ? 'link' : 'copy';
}

/** A line every ten seconds for whoever watches. */
export function sayProgress(now: () => number, say: (text: string) => void): (read: ReadSoFar) => void {
  let saidMs = now();
  return ({ files, ofFiles, bytes, ofBytes }) => {
    if (now() - saidMs < SAY_MS) return;
    saidMs = now();
    say(`Reading: ${formatCount(files)} of ${formatCount(ofFiles)} files, ${formatBytes(bytes)} of ${formatBytes(ofBytes)}.\n`);
  };
}
