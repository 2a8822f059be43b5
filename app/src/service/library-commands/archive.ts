import { z } from 'zod';
import { type ArchiveReport, archiveJson, renderArchive } from '../../domain/archive-report.ts';
import { formatBytes, plural } from '../../domain/format.ts';
import { Problem } from '../../domain/problem.ts';
import { exitCodeOf, outcomeOf } from '../../domain/run-report.ts';
import { type ArchiveParts, archive, refresh } from '../../engine/archive.ts';
import { findArchive } from '../../engine/archive-find.ts';
import { releaseArchive, renderReleased } from '../../engine/archive-release.ts';
import { renderUndo, undoArchive } from '../../engine/archive-undo.ts';
import type { ArchiveRow } from '../../ports/archive-catalog.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';

export interface ArchiveCommandParts extends ArchiveParts {
  readonly signIn: (signal: AbortSignal) => Promise<void>;
  /** REMOTE_DELETE of the process that does the work. */
  readonly remoteDelete: boolean;
}

const Args = z.object({
  album: z.string().min(1).optional(),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  recursive: z.boolean().default(false),
  evenIfInOtherAlbums: z.boolean().default(false),
  remoteDelete: z.boolean().optional(),
  list: z.boolean().default(false),
  undo: z.union([z.string(), z.number()]).transform(String).optional(),
});
const AlbumArg = z.object({ album: z.string().min(1) });
const UndoArg = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
const USAGE = 3;

/** `archive`, `archive list`, `archive undo`, `unarchive`. */
export function archiveCommands(parts: ArchiveCommandParts): readonly LibraryCommand[] {
  return [
    { name: 'archive', runs: 'alone', run: (args, io) => runArchive(parts, args, io) },
    { name: 'archive list', runs: 'beside', run: async (_args, io) => listArchives(parts, io) },
    { name: 'archive undo', runs: 'alone', run: (args, io) => undo(parts, UndoArg.parse(args).id, io) },
    {
      name: 'unarchive',
      runs: 'alone',
      async run(args, io) {
        const found = findArchive(parts.catalog, parts.root, AlbumArg.parse(args).album);
        await parts.signIn(io.signal);
        const released = await releaseArchive({ ...parts, refresh: (signal) => refresh(parts, signal) }, found, io.signal);
        io.out(`${io.json ? JSON.stringify({ schema: 1, ...released }, null, 2) : renderReleased(released)}\n`);
        return 0;
      },
    },
  ];
}

async function runArchive(parts: ArchiveCommandParts, args: Readonly<Record<string, unknown>>, io: CommandIo): Promise<number> {
  const { album, list, undo: undone, dryRun, yes, recursive, evenIfInOtherAlbums, remoteDelete = parts.remoteDelete } = Args.parse(args);
  if (list) return listArchives(parts, io);
  if (undone !== undefined) return undo(parts, undone, io);
  if (album === undefined) throw new Problem('archive-not-found', 'archive needs an album.');
  await parts.signIn(io.signal);
  // Nothing is deleted in iCloud on a guess: without a clear yes this is a plan (decisions.md 21).
  const unsure = remoteDelete && !yes && !dryRun;
  const reports = await archive(
    parts,
    { album, recursive, remoteDelete, evenIfInOtherAlbums, planOnly: dryRun || unsure, onProgress: (text) => io.err(`${text}\n`) },
    io.signal,
  );
  io.out(io.json ? `${JSON.stringify(archiveJson(reports), null, 2)}\n` : `${reports.map(renderArchive).join('\n\n')}\n`);
  if (unsure) {
    io.err('Nothing was done. Add --yes to archive and then delete these items in iCloud, or leave --remote-delete out to archive only.\n');
    return USAGE;
  }
  return exitCodeOf(outcome(reports));
}

function outcome(reports: readonly ArchiveReport[]) {
  const worst = outcomeOf(
    reports.flatMap(({ problems }) => problems),
    undefined,
  );
  const isOpen = reports.some(({ plan, complete, remote }) => (!plan && !complete) || remote?.stopped !== undefined);
  return worst === 'complete' && isOpen ? 'incomplete' : worst;
}

async function undo(parts: ArchiveCommandParts, id: string, io: CommandIo): Promise<number> {
  const archived = findArchive(parts.catalog, parts.root, id);
  await parts.signIn(io.signal);
  const report = await undoArchive(parts, archived.id, io.signal);
  io.out(`${io.json ? JSON.stringify({ schema: 1, ...report }, null, 2) : renderUndo(report)}\n`);
  return exitCodeOf(report.failed.length > 0 ? 'incomplete' : 'complete');
}

function listArchives({ catalog }: ArchiveCommandParts, io: CommandIo): number {
  const archives = catalog.archive.archives();
  const deleted = (row: ArchiveRow) => catalog.archive.deletedOf(row.id);
  if (io.json) {
    io.out(`${JSON.stringify({ schema: 1, archives: archives.map((row) => ({ ...row, deleted: deleted(row) })) }, null, 2)}\n`);
    return 0;
  }
  const lines = archives.map((row) => {
    const gone = deleted(row).length;
    const notes = [
      row.completeAtMs === undefined && 'unfinished: run `archive` again',
      gone > 0 && `${plural(gone, 'item')} deleted in iCloud`,
    ];
    return `${row.id}  ${row.path}  ${plural(row.files, 'file')}, ${formatBytes(row.bytes)}, ${new Date(row.archivedAtMs).toISOString().slice(0, 10)}${notes
      .filter(Boolean)
      .map((note) => `; ${note}`)
      .join('')}`;
  });
  io.out(`${lines.length > 0 ? lines.join('\n') : 'No album is archived.'}\n`);
  return 0;
}
