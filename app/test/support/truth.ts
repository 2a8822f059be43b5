import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import type { Library } from '../../simulator/library.ts';
import { hashTree, sha256 } from './tree.ts';

/** Sidecars of ours carry the whole name of their photo; a sidecar that came from iCloud does not. */
const DESCRIPTION = /\.[^./]+\.(xmp|json)$/;

/** Everything that holds files; a stored photo may be in any of them, never in none. */
const EVERYWHERE = ['_All-Photos', '_Shared-Photos', '_Hidden', '_Trash'];

/** SHA-256 of every stored photo wherever it lies, by path; without our own descriptions, which change with the metadata. */
export function photosAnywhere(library: string): Map<string, string> {
  return new Map([...hashTree(library, EVERYWHERE)].filter(([path]) => !DESCRIPTION.test(path) && !path.endsWith('manifest.jsonl')));
}

/** The trees hold what iCloud holds, each file once: visible items in the photo trees, hidden ones in theirs. */
export function expectTruth(library: string, cloud: Library): void {
  expect({ photos: difference(library, cloud, 'visible'), hidden: difference(library, cloud, 'hidden') }).toEqual({
    photos: { missing: [], tooMuch: [] },
    hidden: { missing: [], tooMuch: [] },
  });
}

function difference(library: string, cloud: Library, visibility: 'visible' | 'hidden'): { missing: string[]; tooMuch: string[] } {
  const here = new Map<string, string[]>();
  for (const [path, hash] of hashTree(library, visibility === 'hidden' ? ['_Hidden'] : ['_All-Photos', '_Shared-Photos']))
    if (!DESCRIPTION.test(path)) here.set(hash, [...(here.get(hash) ?? []), path]);
  const missing: string[] = [];
  for (const file of cloud.expected(visibility)) {
    const hash = sha256(file.read());
    const paths = here.get(hash);
    if (paths?.length) paths.pop();
    else missing.push(`${file.zone} ${file.assetRecordName} ${file.kind} ${file.filename ?? ''}`);
  }
  return { missing, tooMuch: [...here.values()].flat() };
}

/** Paths of everything below `_Trash`, without the manifests. */
export function trashPaths(library: string): string[] {
  return [...hashTree(library, ['_Trash']).keys()].filter((path) => !path.endsWith('manifest.jsonl'));
}

/** Every link of an album folder, by name, and whether it leads somewhere. */
export function linksIn(library: string, album: string): Map<string, { target: string; leads: boolean }> {
  const folder = join(library, album);
  return new Map(
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => lstatSync(path).isSymbolicLink())
      .map((path) => [basename(path), { target: readlinkSync(path), leads: statSync(path, { throwIfNoEntry: false }) !== undefined }]),
  );
}
