import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Library } from '../../simulator/library.ts';
import { sha256 } from './tree.ts';

/** SHA-256 of all real files below a folder; links are no copies. */
export function realFiles(folder: string): Set<string> {
  const hashes = new Set<string>();
  const walk = (at: string): void => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      const there = lstatSync(path);
      if (there.isDirectory() && name !== '.photos-sync' && name !== '_Trash') walk(path);
      else if (there.isFile()) hashes.add(sha256(readFileSync(path)));
    }
  };
  walk(folder);
  return hashes;
}

/** What iCloud no longer shows lies here, every part of it, in a folder that no sync takes away. */
export function expectNothingLost(library: string, cloud: Library, albumFolder: string): void {
  const here = realFiles(join(library, albumFolder));
  const lost = [...cloud.expected('deleted')].filter((file) => !here.has(file.sha256)).map(({ filename, kind }) => `${filename} ${kind}`);
  expect(lost).toEqual([]);
}
