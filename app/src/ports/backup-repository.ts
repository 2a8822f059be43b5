import type { SnapshotTimes } from '../domain/offsite-retention.ts';

/** One snapshot of this program in a repository; what other programs keep there is never seen. */
export interface SnapshotInfo extends SnapshotTimes {
  /** Bytes of all files in it, undefined where the engine does not say. */
  readonly bytes: number | undefined;
  readonly files: number | undefined;
  readonly libraryId: string | undefined;
}

/** What one snapshot is to hold. */
export interface SnapshotSource {
  /** Absolute; entries in the snapshot are named relative to it. */
  readonly root: string;
  /** Relative to the root, taken literally; undefined = everything. */
  readonly include: readonly string[] | undefined;
  /** Relative to the root, taken literally. */
  readonly exclude: readonly string[];
  /**
   * A folder of which only these entries are taken: in our own one, small files come and go at any moment, and one that went
   * would count as a file that could not be read.
   */
  readonly only: { readonly folder: string; readonly entries: readonly string[] };
  /** Epoch ms; names the snapshot. */
  readonly nowMs: number;
}

export interface OffsiteProgress {
  readonly doneFiles: number;
  readonly doneBytes: number;
  /** Undefined while the engine is still counting. */
  readonly totalBytes: number | undefined;
}

export type OnProgress = (progress: OffsiteProgress) => void;

export interface Unread {
  readonly path: string;
  readonly why: string;
}

/** A snapshot that was made. With `unreadable` files it is there and useful, but not whole. */
export interface Taken {
  readonly id: string;
  /** Files the snapshot holds. */
  readonly files: number;
  readonly bytes: number;
  /** Files that the engine had to read because they were new or looked changed. */
  readonly readFiles: number;
  /** Bytes that the repository grew by; undefined where the engine does not say. */
  readonly addedBytes: number | undefined;
  readonly unreadable: readonly Unread[];
}

export interface StoredEntry {
  /** Relative, `/`-separated. */
  readonly path: string;
  readonly kind: 'file' | 'link';
  /** Bytes. */
  readonly size: number;
}

/** `part` of `of`: repeated checks with every part have read everything once. */
export type CheckDepth =
  | { readonly kind: 'structure' }
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly part: number; readonly of: number };

export interface CheckResult {
  readonly sound: boolean;
  /** What is damaged, in the engine's words; empty when sound. */
  readonly findings: readonly string[];
}

/**
 * One encrypted repository somewhere else, driven by one engine with one passphrase. Every call may be the first of its
 * process. All of them throw Problem: `offsite-unreachable`, `offsite-host-key`, `offsite-refused`,
 * `offsite-wrong-passphrase`, `offsite-no-repository`, `offsite-locked`, `offsite-target-full`, `offsite-damaged`,
 * `offsite-tool-missing`, `offsite-failed`, `interrupted`. No success is reported on the word of an exit code alone.
 */
export interface BackupRepository {
  /** Whether a repository is there and opens with the passphrase. Writes nothing. `adopt`: one that was moved here is fine. */
  probe(signal: AbortSignal, adopt?: boolean): Promise<{ readonly is: 'ready'; readonly id: string } | { readonly is: 'absent' }>;
  /**
   * Makes the repository. Throws `offsite-failed` where anything lies already. `recovery`: what has to be kept outside of
   * this machine besides the passphrase, empty when nothing has.
   */
  init(signal: AbortSignal): Promise<{ readonly id: string; readonly recovery: string }>;
  snapshot(source: SnapshotSource, onProgress: OnProgress, signal: AbortSignal): Promise<Taken>;
  /** Oldest first. */
  snapshots(signal: AbortSignal): Promise<readonly SnapshotInfo[]>;
  list(id: string, signal: AbortSignal): Promise<readonly StoredEntry[]>;
  /**
   * Restores into an empty or partly restored folder. Paths are literal. Answers what could not be restored; whoever
   * calls compares what arrived.
   */
  restore(
    id: string,
    paths: readonly string[] | 'all',
    into: string,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<{ readonly failed: readonly Unread[] }>;
  /** `root`: the library, which a mirror is compared with. */
  check(depth: CheckDepth, root: string, signal: AbortSignal): Promise<CheckResult>;
  /** Removes snapshots from the list. Throws `offsite-retention-refused` when some are still there afterwards. */
  forget(ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** Gives back the space of what was forgotten. */
  prune(signal: AbortSignal): Promise<void>;
  /** Bytes that the repository takes, undefined where that is not known. */
  storedBytes(signal: AbortSignal): Promise<number | undefined>;
}
