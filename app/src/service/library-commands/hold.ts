import { z } from 'zod';
import { formatBytes, plural } from '../../domain/format.ts';
import { trashItems } from '../../engine/removals.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LibraryStore } from '../../ports/library-store.ts';
import type { CommandIo, LibraryCommand } from '../library-command.ts';

export interface HoldParts {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly clock: Clock;
  /** Days that `_Trash` keeps files. */
  readonly trashDays: number;
}

const SHOWN = 200;
const Args = z.object({ all: z.boolean().default(false) });

/** `hold show|keep|trash`: the deletion brake's question and its two answers (decisions.md 2). */
export function holdCommands(parts: HoldParts): readonly LibraryCommand[] {
  return [
    { name: 'hold show', runs: 'beside', run: async (args, io) => show(parts, Args.parse(args).all, io) },
    { name: 'hold keep', runs: 'alone', run: async (_args, io) => keep(parts, io) },
    { name: 'hold trash', runs: 'alone', run: (_args, io) => trash(parts, io) },
  ];
}

/** Exit code 5 while somebody has to decide. */
function show({ catalog }: HoldParts, all: boolean, io: CommandIo): number {
  const totals = catalog.goneTotals();
  const items = [...goneItems(catalog, all ? Number.POSITIVE_INFINITY : SHOWN)];
  if (io.json) {
    io.out(`${JSON.stringify({ schema: 1, ...totals, library: catalog.libraryItems(), shown: items }, null, 2)}\n`);
    return totals.items > 0 ? 5 : 0;
  }
  if (totals.items === 0) {
    io.out('Nothing is held.\n');
    return 0;
  }
  io.out(
    `${plural(totals.items, 'item')} gone from iCloud ${totals.items === 1 ? 'is' : 'are'} still in place (${plural(totals.files, 'file')}, ${formatBytes(totals.bytes)}):\n`,
  );
  for (const { path, since, because } of items) io.out(`  ${path}  (${because}, since ${since.slice(0, 10)})\n`);
  if (totals.items > items.length) io.out(`  … and ${plural(totals.items - items.length, 'more', 'more')}: hold show --all\n`);
  io.out('`hold keep`: they stay here for good. `hold trash`: they go to _Trash and can be restored.\n');
  return 5;
}

interface Shown {
  readonly path: string;
  readonly because: string;
  readonly since: string;
}

function* goneItems(catalog: Catalog, most: number): Generator<Shown> {
  let left = most;
  for (let after = 0; left > 0; ) {
    const batch = catalog.goneItems(after, Math.min(100, left));
    const last = batch.at(-1);
    if (!last) return;
    after = last.assetRow;
    left -= batch.length;
    for (const { expected, files, because, sinceMs } of batch)
      if (!expected) yield { path: files[0]?.path ?? '', because: WORDS[because], since: new Date(sinceMs).toISOString() };
  }
}

const WORDS = {
  tombstone: 'deleted for good',
  expunged: 'deleted for good',
  deleted: 'in Recently Deleted',
  absent: 'no longer listed',
} as const;

function keep({ catalog, clock }: HoldParts, io: CommandIo): number {
  const kept = catalog.keepGone(clock.now());
  return done(
    io,
    { kept },
    `${plural(kept, 'item')} ${kept === 1 ? 'stays' : 'stay'} here for good and ${kept === 1 ? 'is' : 'are'} never asked about again.`,
  );
}

async function trash(parts: HoldParts, io: CommandIo): Promise<number> {
  const trashed = await trashItems(parts, () => true, io.signal);
  const days = Number.isFinite(parts.trashDays) ? `for ${plural(parts.trashDays, 'day')}` : 'until you empty it';
  return done(io, { trashed }, `${plural(trashed, 'item')} moved to _Trash. They can be restored ${days}: trash list.`);
}

function done(io: CommandIo, json: object, text: string): number {
  io.out(io.json ? `${JSON.stringify({ schema: 1, ...json })}\n` : `${text}\n`);
  return 0;
}
