import { z } from 'zod';
import { formatBytes, plural } from '../../domain/format.ts';
import { asProblem, Problem } from '../../domain/problem.ts';
import { oldestKeptDay, restoreFile } from '../../engine/trash.ts';
import type { TrashedFile } from '../../ports/library-store.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';
import type { HoldParts } from './hold.ts';

const ListArgs = z.object({ all: z.boolean().default(false) });
const RestoreArgs = z.object({ paths: z.array(z.string().min(1)).min(1) });
const EmptyArgs = z.object({ all: z.boolean().default(false), yes: z.boolean().default(false) });
const SHOWN = 500;

/** `trash list|restore|empty`: what removals and new versions left, and the way back. */
export function trashCommands(parts: HoldParts): readonly LibraryCommand[] {
  return [
    { name: 'trash list', runs: 'beside', run: (args, io) => list(parts, ListArgs.parse(args).all, io) },
    { name: 'trash restore', runs: 'alone', run: (args, io) => restore(parts, RestoreArgs.parse(args).paths, io) },
    { name: 'trash empty', runs: 'alone', run: (args, io) => empty(parts, EmptyArgs.parse(args), io) },
  ];
}

async function list({ store }: HoldParts, all: boolean, io: CommandIo): Promise<number> {
  let files = 0;
  let bytes = 0;
  const shown: TrashedFile[] = [];
  for await (const file of store.trashed()) {
    io.signal.throwIfAborted();
    files += 1;
    bytes += file.size;
    if (all || shown.length < SHOWN) shown.push(file);
  }
  if (io.json) {
    io.out(`${JSON.stringify({ schema: 1, files, bytes, shown }, null, 2)}\n`);
    return 0;
  }
  for (const { path, because, size } of shown) io.out(`${path}  (${WORDS[because]}, ${formatBytes(size)})\n`);
  if (files > shown.length) io.out(`… and ${plural(files - shown.length, 'more file')}: trash list --all\n`);
  io.out(
    files === 0 ? 'The trash is empty.\n' : `${plural(files, 'file')}, ${formatBytes(bytes)}. Back to its place: trash restore <path>\n`,
  );
  return 0;
}

const WORDS: Readonly<Record<TrashedFile['because'], string>> = {
  'gone-from-icloud': 'gone from iCloud',
  superseded: 'an older version',
  damaged: 'damaged on this disk',
};

/** A path in the trash, a path where a file lay, or a folder of either: all files below it. */
async function restore(parts: HoldParts, paths: readonly string[], io: CommandIo): Promise<number> {
  const wanted = paths.map((path) => path.replace(/\/+$/, ''));
  const isWanted = ({ path, from }: TrashedFile) =>
    wanted.some((name) => path === name || from === name || path.startsWith(`${name}/`) || from.startsWith(`${name}/`));
  const found: TrashedFile[] = [];
  for await (const file of parts.store.trashed()) if (isWanted(file)) found.push(file);
  if (found.length === 0) throw new Problem('not-in-trash', `Nothing in _Trash is called ${paths.join(' or ')}.`);
  const restored: string[] = [];
  const failed: { path: string; reason: string }[] = [];
  for (const file of found) {
    try {
      await restoreFile(parts, file, io.signal);
      restored.push(file.from);
    } catch (error) {
      io.signal.throwIfAborted();
      failed.push({ path: file.path, reason: asProblem(error).message });
    }
  }
  if (io.json) io.out(`${JSON.stringify({ schema: 1, restored, failed }, null, 2)}\n`);
  else {
    for (const path of restored) io.out(`${path} is back.\n`);
    for (const { reason } of failed) io.err(`${reason}\n`);
  }
  return failed.length === 0 ? 0 : 4;
}

async function empty({ store, clock, trashDays }: HoldParts, { all, yes }: z.infer<typeof EmptyArgs>, io: CommandIo): Promise<number> {
  if (all && !yes) {
    io.err('`trash empty --all` removes files for good that are in iCloud no more. Say --yes if you mean it.\n');
    return 3;
  }
  if (!all && !Number.isFinite(trashDays)) {
    io.err('TRASH_DAYS is Infinity, so nothing is old enough. `trash empty --all --yes` empties the trash.\n');
    return 3;
  }
  const { files, bytes } = await store.emptyTrash(all ? undefined : oldestKeptDay(clock.now(), trashDays), io.signal);
  io.out(
    io.json
      ? `${JSON.stringify({ schema: 1, files, bytes })}\n`
      : `${plural(files, 'file')} (${formatBytes(bytes)}) removed from _Trash for good.\n`,
  );
  return 0;
}
