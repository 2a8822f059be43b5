import type { Reached } from '../domain/doctor-checks.ts';
import type { VolumeTraits } from '../domain/volume.ts';

/** What doctor looks at, each part by itself. Nothing here holds names of photos, albums, people or folders, nor secrets. */

export interface VolumeCheckup {
  /** `none`: nothing is at that path. `empty`: a folder without anything of ours. `ours`: a library, or its state. */
  readonly is: 'none' | 'empty' | 'ours' | 'foreign';
  readonly fileSystem: string | undefined;
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly freeInodes: number | undefined;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Permission bits, octal: `700`. */
  readonly mode: string | undefined;
  /** Owner is the user of this process. */
  readonly ownerIsUs: boolean | undefined;
  /** Tried out; undefined where nothing may be written. */
  readonly traits: VolumeTraits | undefined;
}

export interface LockCheckup {
  readonly lock: 'library' | 'account';
  readonly command: string;
  readonly onThisMachine: boolean;
  readonly startedAtMs: number;
  readonly beatAtMs: number;
}

export interface KindFigures {
  readonly kind: string;
  readonly files: number;
  readonly matching: number;
  readonly unconfirmed: number;
  readonly unverifiable: number;
}

export interface RunFigures {
  readonly command: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly outcome: string | undefined;
  readonly problems: readonly { readonly code: string; readonly count: number }[];
}

export interface CatalogCheckup {
  readonly bytes: number;
  readonly format: number;
  readonly knownFormat: number;
  readonly journalMode: string;
  /** What SQLite's own check said: `ok`, or how many faults. */
  readonly soundness: 'ok' | number;
  readonly accounts: number;
  readonly zones: readonly { readonly is: 'personal' | 'shared'; readonly completeAtMs: number | undefined; readonly hasToken: boolean }[];
  readonly items: number;
  readonly albums: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly oldestReadMs: number | undefined;
  readonly todo: readonly { readonly code: string; readonly count: number }[];
  readonly findings: readonly { readonly code: string; readonly count: number }[];
  readonly kinds: readonly KindFigures[];
  readonly runs: readonly RunFigures[];
  /** Type identifiers of files and how often, for those that this version has no extension for. */
  readonly types: readonly { readonly uti: string; readonly count: number }[];
  /** Resources that this version does not know, and kinds of records (`type:…`). */
  readonly resources: readonly string[];
}

export interface Checkup {
  settings(): readonly { readonly name: string; readonly value: string }[];
  versions(): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** `tryOut`: also what the volume can do, by doing it. */
  library(tryOut: boolean): Promise<VolumeCheckup>;
  state(): Promise<VolumeCheckup & { readonly files: readonly { readonly name: string; readonly bytes: number; readonly mode: string }[] }>;
  locks(): Promise<readonly LockCheckup[]>;
  /** Undefined: there is none yet. Throws an error whose `code` or `errcode` tells more when it cannot be opened. */
  catalog(): Promise<CatalogCheckup | undefined>;
  /** Addresses the program needs, and how they answer. */
  network(signal: AbortSignal): Promise<readonly Reached[]>;
  /** Health of the running service in one word; undefined when none answers. */
  service(signal: AbortSignal): Promise<string | undefined>;
  webPort(signal: AbortSignal): Promise<{ readonly port: number; readonly answers: boolean }>;
}
