import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Library } from '../../simulator/library.ts';

const TREES = ['_All-Photos', '_Shared-Photos'];

/** SHA-256 of every regular file below the photo trees, by path. */
export function hashTree(root: string, trees: readonly string[] = TREES): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const tree of trees) for (const path of walk(join(root, tree))) hashes.set(relative(root, path), sha256(readFileSync(path)));
  return hashes;
}

/** Every entry of the library besides the state folder; links with their target. */
export function sketchTree(root: string): string[] {
  return walk(root)
    .map((path) => ({ path, name: relative(root, path) }))
    .filter(({ name }) => !name.startsWith('.photos-sync'))
    .map(({ path, name }) => (lstatSync(path).isSymbolicLink() ? `${name} -> ${readlinkSync(path)}` : name))
    .sort();
}

function walk(folder: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What must be on disk: the content of every rendition of every visible (or hidden) item, counted. */
export function expectedContents(library: Library, visibility: 'visible' | 'hidden' = 'visible'): Map<string, number> {
  const contents = new Map<string, number>();
  for (const file of library.expected(visibility)) {
    const hash = sha256(file.read());
    contents.set(hash, (contents.get(hash) ?? 0) + 1);
  }
  return contents;
}

export function countContents(hashes: Iterable<string>): Map<string, number> {
  const contents = new Map<string, number>();
  for (const hash of hashes) contents.set(hash, (contents.get(hash) ?? 0) + 1);
  return contents;
}
