import { modifiedAtMs } from '../domain/library-path.ts';
import { asProblem, Problem } from '../domain/problem.ts';
import { ProblemTally } from '../domain/run-report.ts';
import {
  type Finding,
  findingOf,
  mayKeepAside,
  measureFor,
  problemOf,
  type ReadFile,
  reasonOf,
  type SeenFile,
  sentenceOf,
} from '../domain/verify-verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { LibraryLook } from '../ports/library-look.ts';
import type { LibraryStore } from '../ports/library-store.ts';
import type { Log } from '../ports/log.ts';
import type { LedgerFile, VerifyLedger } from '../ports/verify-ledger.ts';

/**
 * Brings a file that iCloud no longer holds back from another copy: the right bytes lie at its path afterwards, and what lay
 * there has been kept aside. False when that copy does not have it. Throws Problem.
 */
export type OtherCopy = (file: LedgerFile, signal: AbortSignal) => Promise<boolean>;

export interface VerifyFileParts {
  readonly catalog: VerifyLedger;
  readonly store: Pick<LibraryStore, 'inspect' | 'trash'>;
  readonly look: LibraryLook;
  /** Throws Problem `volume-missing` when the library's volume has gone away. */
  readonly stillThere: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Also keeps aside what somebody changed, and asks the other copy for what iCloud no longer holds. */
  readonly repair: boolean;
  readonly otherCopy: OtherCopy | undefined;
}

/** What a run has found so far. */
export interface Found {
  readonly tally: ProblemTally;
  files: number;
  bytes: number;
  fetchAgain: number;
  keptAside: number;
  repaired: number;
  /** Files in a row that the disk could not read. */
  unreadableInARow: number;
}

export const nothingFound = (): Found => ({
  tally: new ProblemTally(),
  files: 0,
  bytes: 0,
  fetchAgain: 0,
  keptAside: 0,
  repaired: 0,
  unreadableInARow: 0,
});

/** So many in a row are no bad spots any more: the disk, or its cable, is failing. */
const DISK_FAILS = 3;

/** Reads one file whole, compares it with the catalog, and does what its finding asks for. */
export async function verifyFile(parts: VerifyFileParts, file: LedgerFile, found: Found, signal: AbortSignal): Promise<void> {
  const seen = await parts.look.at(file.path);
  const read = seen?.is === 'file' ? await readWhole(parts, file.path, signal) : undefined;
  if (read?.is === 'read') {
    found.files += 1;
    found.bytes += read.size;
  }
  const finding = findingOf(expectedOf(file), seen, read);
  if (finding === undefined) {
    found.unreadableInARow = 0;
    return parts.catalog.noteRead(file, read?.is === 'read' ? read.sha256 : file.sha256, parts.clock.now());
  }
  found.unreadableInARow = read?.is === 'unreadable' ? found.unreadableInARow + 1 : 0;
  if (found.unreadableInARow >= DISK_FAILS)
    throw new Problem('disk-error', `The disk cannot read ${file.path}, nor the ${DISK_FAILS - 1} files before it.`);
  if (finding === 'damaged' && read?.is === 'read') await readsSteadily(parts, file.path, read.sha256, signal);
  await settleFinding(parts, file, finding, seen, found, signal);
}

function expectedOf(file: LedgerFile) {
  return { ...file, modifiedAtMs: modifiedAtMs({ captureMs: file.captureMs, addedMs: file.addedMs }) };
}

async function readWhole({ store }: VerifyFileParts, path: string, signal: AbortSignal): Promise<ReadFile | undefined> {
  try {
    return { is: 'read', ...(await store.inspect(path, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    const problem = asProblem(error);
    if (problem.context.errno === 'ENOENT') return undefined; // taken away this very moment: the next look tells
    if (problem.code === 'disk-error') return { is: 'unreadable' };
    if (problem.code === 'library-not-writable') return { is: 'forbidden' };
    throw problem;
  }
}

/** A file is only called damaged when reading it twice gives the same: memory or a cable that fails damages what is read, not what is stored. */
async function readsSteadily({ store }: VerifyFileParts, path: string, sha256: string, signal: AbortSignal): Promise<void> {
  const again = await store.inspect(path, signal);
  if (again.sha256 !== sha256)
    throw new Problem('disk-error', `${path} reads differently each time. Look at the memory, the cable and the disk of this machine.`);
}

/** Does what a finding asks for and writes it down. Nothing is moved that iCloud cannot replace. */
export async function settleFinding(
  parts: VerifyFileParts,
  file: LedgerFile,
  finding: Finding,
  seen: SeenFile | undefined,
  found: Found,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, clock, log, repair, otherCopy } = parts;
  // An unmounted volume looks like a library whose files are all missing.
  if (finding === 'missing') await parts.stillThere();
  log.debug('not as stored', { path: file.path, finding, from: file.from });
  const measure = measureFor(finding, file.from, { repair, isFile: seen?.is === 'file' });
  if (measure !== 'report') {
    if (measure === 'keep-aside') {
      if (!repair && !mayKeepAside(found.keptAside, found.files)) return report(parts, file, finding, found);
      await parts.store.trash({ ...file, because: 'damaged' });
      found.keptAside += 1;
    }
    const why = finding === 'missing' ? 'missing' : 'damaged';
    catalog.fetchAgain(file, why, clock.now());
    found.fetchAgain += 1;
    return found.tally.add(reasonOf(why), sentenceOf(finding, file.path));
  }
  if (repair && otherCopy && file.from === 'nowhere' && seen?.is !== 'other' && (await otherCopy(file, signal))) {
    found.repaired += 1;
    return catalog.noteRead(file, file.sha256, clock.now());
  }
  report(parts, file, finding, found);
}

function report({ catalog, clock }: VerifyFileParts, file: LedgerFile, finding: Finding, found: Found): void {
  catalog.noteFinding(file, finding, clock.now());
  found.tally.add(problemOf(finding, file.from), sentenceOf(finding, file.path));
}
