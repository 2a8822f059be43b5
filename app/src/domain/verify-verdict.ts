import type { Proof } from './asset.ts';
import type { ProblemCode } from './problem.ts';

/**
 * What reading a stored file again can bring to light. `missing`: nothing lies at its path. `damaged`: it lost or changed bytes as
 * no program does it. `changed`: somebody wrote to it, or something else lies there.
 */
export type Finding = 'missing' | 'damaged' | 'changed';

/** What the catalog says of a file. */
export interface ExpectedFile {
  /** Bytes. */
  readonly size: number;
  /** Apple's `fileChecksum`. */
  readonly checksum: string;
  readonly sha256: string;
  readonly proof: Proof;
  /** The date it was given when it was stored, epoch ms; undefined = none, it has that of its arrival. */
  readonly modifiedAtMs: number | undefined;
}

/** What lies at its path, links not followed. */
export type SeenFile = { readonly is: 'file'; readonly size: number; readonly modifiedAtMs: number } | { readonly is: 'other' };

/** What reading it whole gave. `unreadable`: the disk reported an error. `forbidden`: this user may not read it. */
export type ReadFile =
  | { readonly is: 'read'; readonly size: number; readonly checksum: string; readonly sha256: string }
  | { readonly is: 'unreadable' | 'forbidden' };

/** Undefined: the bytes are right. */
export function findingOf(expected: ExpectedFile, seen: SeenFile | undefined, read: ReadFile | undefined): Finding | undefined {
  if (seen === undefined) return 'missing';
  if (seen.is === 'other') return 'changed';
  if (read?.is === 'forbidden') return 'changed';
  if (read?.is === 'unreadable') return 'damaged';
  if (read?.is === 'read' && isRight(expected, read)) return undefined;
  // An editor hardly ever ends at the same number of bytes, and none leaves a photo of no bytes.
  if (seen.size === expected.size || seen.size === 0) return 'damaged';
  const cutShort = seen.size < expected.size && dateStayed(seen.modifiedAtMs, expected.modifiedAtMs);
  return cutShort ? 'damaged' : 'changed';
}

/** Apple's checksum decides where it was proven at arrival; elsewhere the bytes have to be those that arrived. */
function isRight({ proof, checksum, sha256 }: ExpectedFile, read: { readonly checksum: string; readonly sha256: string }): boolean {
  return proof === 'apple' ? read.checksum === checksum : read.sha256 === sha256;
}

const STEP_MS = 2_000;
const HOUR_MS = 3_600_000;

/** As far as the worst volume can tell: FAT keeps even seconds of local time, so an hour may be gained or lost (neighbours.md §2.4). */
function dateStayed(isMs: number, wasMs: number | undefined): boolean {
  if (wasMs === undefined) return false;
  const offMs = Math.abs(isMs - wasMs);
  return offMs <= STEP_MS || Math.abs(offMs - HOUR_MS) <= STEP_MS;
}

/** Where good bytes can come from. `icloud`: it still lists the item. `nowhere`: this was the only copy, or the file of an archived album. */
export type Source = 'icloud' | 'nowhere';

/**
 * What is done about a finding. `fetch`: it goes on the to-do list. `keep-aside`: what lies there moves to `_Trash`, then as
 * `fetch`. `report`: nothing is touched. Only what iCloud can replace is ever moved; what somebody changed only when asked for.
 */
export type Measure = 'fetch' | 'keep-aside' | 'report';

export function measureFor(finding: Finding, from: Source, options: { readonly repair: boolean; readonly isFile: boolean }): Measure {
  if (from === 'nowhere') return 'report';
  if (finding === 'missing') return 'fetch';
  if (finding === 'damaged') return 'keep-aside';
  return options.repair && options.isFile ? 'keep-aside' : 'report';
}

/** How a finding is named to the owner while it stands. What iCloud can replace stands only where it was too much at once. */
export function problemOf(finding: Finding, from: Source): ProblemCode {
  if (finding === 'changed') return 'file-changed';
  if (from === 'icloud') return finding === 'missing' ? 'file-missing' : 'many-damaged';
  return finding === 'missing' ? 'only-copy-missing' : 'only-copy-damaged';
}

/** Why a file is on the to-do list again. */
export function reasonOf(finding: 'missing' | 'damaged'): ProblemCode {
  return finding === 'missing' ? 'file-missing' : 'file-damaged';
}

/** What happened, with the path. */
export function sentenceOf(finding: Finding, path: string): string {
  return {
    missing: `${path} is not there any more.`,
    damaged: `${path} is damaged: it does not hold the bytes that were stored.`,
    changed: `${path} was changed by somebody else.`,
  }[finding];
}

/** So many damaged files in one run speak of a failing disk, cable or memory rather than of files: the rest is left where it is. */
export function mayKeepAside(keptAside: number, filesRead: number): boolean {
  return keptAside < Math.max(20, filesRead * 0.05);
}
