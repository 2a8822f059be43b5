import { findingOf } from '../domain/verify-verdict.ts';
import type { FolderEntry, LibraryLook } from '../ports/library-look.ts';
import type { LedgerFile, VerifyLedger } from '../ports/verify-ledger.ts';
import { type Found, settleFinding, type VerifyFileParts, verifyFile } from './verify-file.ts';

/** What lies in our trees and did not come from here. */
export interface Foreign {
  readonly count: number;
  readonly examples: readonly string[];
}

export interface Presence {
  readonly lookedAt: number;
  readonly foreign: Foreign;
}

const BATCH = 500;
const EXAMPLES = 5;

/**
 * Looks at every stored file where it belongs, without reading it: what is missing is noted and put on the to-do list, and a
 * file of another size is read at once. Then lists what lies beside them and is not ours, unless it `isAwaited`: read already, and
 * its item comes in this run. What was read since `knownSinceMs` is there. Memory does not grow with the library.
 */
export async function checkPresence(
  parts: VerifyFileParts,
  found: Found,
  signal: AbortSignal,
  isAwaited: (path: string) => boolean = () => false,
  knownSinceMs = Number.POSITIVE_INFINITY,
): Promise<Presence> {
  await parts.stillThere();
  const isKnown = ({ readAtMs }: LedgerFile) => readAtMs >= knownSinceMs && readAtMs <= parts.clock.now(); // a clock may have been wrong
  let lookedAt = 0;
  for (let after = ''; ; ) {
    const files = parts.catalog.filesByPath(after, BATCH);
    if (files.length === 0) break;
    for (const file of files) {
      signal.throwIfAborted();
      if (!isKnown(file)) await lookAt(parts, file, found, signal);
      lookedAt += 1;
      after = file.path;
    }
  }
  return { lookedAt, foreign: await findForeign(parts, isAwaited, signal) };
}

async function lookAt(parts: VerifyFileParts, file: LedgerFile, found: Found, signal: AbortSignal): Promise<void> {
  const seen = await parts.look.at(file.path);
  if (seen?.is === 'file') {
    if (seen.size !== file.size && file.finding === undefined) await verifyFile(parts, file, found, signal);
    return;
  }
  const finding = findingOf({ ...file, modifiedAtMs: undefined }, seen, undefined);
  if (finding !== undefined && finding !== file.finding) await settleFinding(parts, file, finding, seen, found, signal);
}

/** Top-level folders that hold files of ours; everything else in the library belongs to its owner or is made of links. */
const TREES = ['_All-Photos', '_Shared-Photos', '_Hidden'] as const;

/** Names that a NAS, a desktop or another program leaves behind, and the sidecars beside a photo of ours. */
const FURNITURE = /^(\.|@eaDir$|#recycle$|@Recycle$|Thumbs\.db$|desktop\.ini$)/i;

async function findForeign(
  { look, catalog }: { readonly look: LibraryLook; readonly catalog: VerifyLedger },
  isAwaited: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Foreign> {
  const examples: string[] = [];
  let count = 0;
  const isKnown = (path: string) => catalog.isKnownPath(path) || isAwaited(path);
  const isOurs = (path: string) => isKnown(path) || isKnown(path.replace(/\.(?:xmp|json)$/i, ''));
  const waiting: string[] = [...TREES];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted();
    for (const entry of await look.folder(folder)) {
      if (FURNITURE.test(entry.name)) continue;
      const path = `${folder}/${entry.name}`;
      if (isFolder(entry)) waiting.push(path);
      else if (!isOurs(path)) {
        count += 1;
        if (examples.length < EXAMPLES) examples.push(path);
      }
    }
  }
  return { count, examples };
}

const isFolder = ({ is }: FolderEntry): boolean => is === 'folder';
