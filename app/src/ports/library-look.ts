import type { SeenFile } from '../domain/verify-verdict.ts';

export interface FolderEntry {
  readonly name: string;
  readonly is: 'file' | 'folder' | 'other';
}

/** Looks at the library without touching anything. Paths are relative to its root. Throws Problem as LibraryStore does. */
export interface LibraryLook {
  /** What lies at a path itself; undefined when nothing does. */
  at(path: string): Promise<SeenFile | undefined>;
  /** What lies in a folder; empty when there is none. */
  folder(path: string): Promise<readonly FolderEntry[]>;
}
