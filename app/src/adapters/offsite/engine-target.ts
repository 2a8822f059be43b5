import { Problem } from '../../domain/problem.ts';
import type { RunChild } from './run-child.ts';

/** What every engine is told about the repository it drives. Plain values; the passphrase is fetched when it is needed. */
export interface EngineTarget {
  /** In the engine's own notation. */
  readonly repository: string;
  readonly passphrase: (signal: AbortSignal) => Promise<string>;
  /** Further variables for the engine, such as AWS_ACCESS_KEY_ID. */
  readonly env: Readonly<Record<string, string>>;
  /** Text of a private key, and lines of a known_hosts file. */
  readonly sshKey: string | undefined;
  readonly knownHosts: string | undefined;
  /** KiB per second. */
  readonly uploadKib: number | undefined;
  /** Inodes of this volume change by themselves: unchanged files are told by size and time alone. */
  readonly unstableInodes: boolean;
  /** Absolute, ours alone: cache, keys, notes on children. Survives restarts, may be lost. */
  readonly stateDir: string;
  /** Undefined: snapshots of whatever library there is, for a restore on a new machine. */
  readonly libraryId: string | undefined;
}

/** What the engines get from this machine. */
export interface EngineTools {
  readonly runChild: RunChild;
  /** PATH, proxies and certificates; nothing else of our own environment reaches an engine. */
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly now: () => number;
  /** Seconds until a server that does not answer is given up. */
  readonly connectTimeoutS: number;
}

/** Names a library in repositories that others may use, too. */
export const TAG = 'icloud-photos-sync';
export const hostOf = (libraryId: string): string => `photos-${libraryId.slice(0, 8)}`;

export function libraryOf(target: EngineTarget): string {
  if (target.libraryId === undefined) throw new Problem('internal', 'A snapshot was asked for without a library.');
  return target.libraryId;
}

/** Longest time without a sign of life of an engine that speaks while it works, ms. */
export const SILENT_MS = 15 * 60_000;
/** For calls that only look. */
export const LOOK_MS = 5 * 60_000;

/** The variables that any engine gets. */
export function environment(target: EngineTarget, tools: EngineTools, own: Readonly<Record<string, string>>): Record<string, string> {
  return { ...tools.baseEnv, TZ: 'UTC', LANG: 'C.UTF-8', HOME: target.stateDir, TMPDIR: target.stateDir, ...target.env, ...own };
}
