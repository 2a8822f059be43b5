import { Problem } from '../domain/problem.ts';
import type { ProblemTally } from '../domain/run-report.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { LibraryStore } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';

export interface MoveParts {
  readonly catalog: Catalog;
  readonly store: LibraryStore;
  readonly log: Log;
  readonly tally: ProblemTally;
}

const BATCH = 100;

/**
 * Gives files the path that the catalog wants for them: hidden and unhidden items, and items that went from one library to
 * another, whose twin there takes the files over instead of fetching them. The catalog follows each rename, so a crash in
 * between leaves a file at its new path under its old name: the next run recognises it by its bytes.
 */
export async function moveFiles(parts: MoveParts, signal: AbortSignal): Promise<number> {
  const { catalog } = parts;
  let moved = 0;
  const tried = new Set<string>();
  const fresh = <T>(items: readonly T[], keyOf: (item: T) => string) => items.filter((item) => !tried.has(keyOf(item)));
  for (;;) {
    // What could not be moved stays on both lists: each is tried once, with room for them in the batch.
    const transfers = fresh(catalog.transfers(BATCH + tried.size), ({ from }) => from.path);
    const moves = fresh(catalog.pendingMoves(BATCH + tried.size), ({ from }) => from);
    if (transfers.length + moves.length === 0) return moved;
    for (const transfer of transfers) {
      tried.add(transfer.from.path);
      if (await moveFile(parts, transfer.from.path, transfer.to.path, transfer.from.sha256, signal)) {
        catalog.transferred(transfer);
        moved += 1;
      }
    }
    for (const { assetRow, kind, from, to, sha256 } of moves) {
      tried.add(from);
      if (await moveFile(parts, from, to, sha256, signal)) {
        catalog.moved(assetRow, kind, to);
        moved += 1;
      }
    }
  }
}

/** False when it stays where it is: something of the owner lies at the new path, or the file is not there at all. */
async function moveFile({ store, tally, log }: MoveParts, from: string, to: string, sha256: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  try {
    if (await store.move(from, to)) return true;
    // A crash between the rename and the catalog.
    if (typeof (await store.sizeOf(to)) === 'number' && (await store.inspect(to, signal)).sha256 === sha256) return true;
    log.debug('A file to be moved is not there.', { path: from });
    return false;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'path-occupied') throw error;
    tally.add('path-occupied', `${from} belongs at ${to} now, but a file of your own lies there.`);
    return false;
  }
}
