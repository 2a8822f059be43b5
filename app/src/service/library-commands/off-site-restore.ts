import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { OffsiteTarget } from '../../engine/off-site-parts.ts';
import { type RestoreReport, renderRestore, restoreTo } from '../../engine/off-site-restore.ts';
import type { OffsiteFiles } from '../../ports/offsite-files.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';
import { chosen } from './off-site.ts';

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as YYYY-MM-DD');

const RestoreArgs = z.object({
  paths: z.array(z.string().min(1)).default([]),
  to: z.string().optional(),
  snapshot: z.string().default('latest'),
  target: z.string().optional(),
  album: z.string().optional(),
  from: Day.optional(),
  until: Day.optional(),
  all: z.boolean().default(false),
  library: z.string().optional(),
  hostKey: z.string().optional(),
});

/** Checks what was typed. Throws `settings-invalid`. */
export function readRestoreArgs(args: Readonly<Record<string, unknown>>) {
  const parsed = RestoreArgs.safeParse(args);
  if (!parsed.success)
    throw new Problem('settings-invalid', `That cannot be restored: ${parsed.error.issues[0]?.message ?? 'not understood'}.`);
  return { ...parsed.data, paths: parsed.data.paths.map((path) => path.replace(/\/+$/, '')) };
}

export interface RestoreParts {
  readonly targets: readonly OffsiteTarget[];
  readonly files: OffsiteFiles;
}

/** Some files of a snapshot into an empty folder, compared with what the catalog of that snapshot says. */
export function restoreCommand(parts: RestoreParts): LibraryCommand {
  return {
    name: 'off-site restore',
    runs: 'alone',
    async run(args, io) {
      const { paths, to, snapshot, target, album, from, until, all } = readRestoreArgs(args);
      if (all) throw new Problem('restore-in-the-way', 'There is a library here, and `--all` is for where it was lost.');
      if (to === undefined || !isAbsolute(to))
        throw new Problem('restore-in-the-way', 'Say where the files shall go, with a whole path: --to /folder.');
      const [source] = chosen(parts.targets, target);
      if (source === undefined) throw new Problem('offsite-not-set-up', 'No off-site copy is set up.');
      const wanted = { paths, album, from, until };
      return tellRestore(await restoreTo(source, { snapshot, wanted, into: to }, parts.files, () => undefined, io.signal), to, io);
    },
  };
}

/** Exit code 1 when anything did not come back as stored. */
export function tellRestore(report: RestoreReport, into: string, io: Pick<CommandIo, 'json' | 'out' | 'err'>): number {
  const { snapshot, wrong } = report;
  if (io.json)
    io.out(
      `${JSON.stringify({ schema: 1, ...report, snapshot: { id: snapshot.id, at: new Date(snapshot.atMs).toISOString() }, into }, null, 2)}\n`,
    );
  else (wrong.length === 0 ? io.out : io.err)(`${renderRestore(report, into)}\n`);
  return wrong.length === 0 ? 0 : 1;
}
