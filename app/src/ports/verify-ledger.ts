import type { Proof, RenditionKind } from '../domain/asset.ts';
import type { Finding, Source } from '../domain/verify-verdict.ts';

/** A file as verify needs it: one rendition in the trees, or one file of an archived album. */
export interface LedgerFile {
  readonly area: 'library' | 'archive';
  /** Of the asset, or of the archive. */
  readonly row: number;
  readonly kind: RenditionKind;
  /** Relative to the library's root. */
  readonly path: string;
  readonly checksum: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly proof: Proof;
  /** When it was last read whole, epoch ms; its arrival counts. */
  readonly readAtMs: number;
  readonly finding: Finding | undefined;
  readonly zone: string;
  readonly asset: string;
  readonly captureMs: number | undefined;
  readonly addedMs: number | undefined;
  readonly from: Source;
}

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Which files were read when, and what was found. Part of the catalog; `readAtMs` of each file is all the state verify has. */
export interface VerifyLedger {
  /** Files last read before a moment, the longest ago first. A file leaves the list when it is noted as read. */
  filesReadBefore(ms: number, limit: number): readonly LedgerFile[];
  amountReadBefore(ms: number): Amount;
  /** Files with a finding, looked at before a moment. */
  filesWithFinding(lookedBeforeMs: number, limit: number): readonly LedgerFile[];
  /** All files in the order of their paths, after one of them. */
  filesByPath(afterPath: string, limit: number): readonly LedgerFile[];
  /** A file of ours lies, or shall lie, at this path. */
  isKnownPath(path: string): boolean;
  noteRead(file: LedgerFile, sha256: string, nowMs: number): void;
  noteFinding(file: LedgerFile, finding: Finding, nowMs: number): void;
  /** The file is no longer stored: it goes on the to-do list, with the reason. All or nothing. */
  fetchAgain(file: LedgerFile, finding: 'missing' | 'damaged', nowMs: number): void;
  /** Number of the newest entry of the to-do list; 0 = none ever. */
  lastTodoSeq(): number;
}
