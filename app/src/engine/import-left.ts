import { type LeftFile, type LeftLabel, type ListedName, labelLeft, listedKeys, nameKeys } from '../domain/import.ts';
import type { LeftGroup } from '../domain/import-report.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { FoundStore } from '../ports/found-files.ts';
import type { ImportJournal } from '../ports/import-journal.ts';
import type { TakeTotals } from './import-take.ts';

export interface LeftParts {
  readonly catalog: Catalog;
  readonly foundStore: FoundStore;
  readonly journal: ImportJournal;
}

/** So many are looked at by name; a folder with more strangers is no copy of this library. */
const MOST_NAMED = 50_000;
const EXAMPLES = 5;

/** Says of every file that was not taken why: its bytes are here, or what its name and size tell. */
export async function labelLeftFiles(
  parts: LeftParts,
  root: string,
  taken: TakeTotals,
  signal: AbortSignal,
): Promise<{ alreadyHere: number; groups: LeftGroup[] }> {
  const { catalog, foundStore } = parts;
  const strangers: LeftFile[] = [];
  let [alreadyHere, more] = [0, 0];
  for await (const { path, size } of foundStore.walk(root, '', signal)) {
    if (taken.paths.has(path)) continue;
    const checksum = catalog.found.checksumAt(root, path);
    if (checksum !== undefined && (taken.checksums.has(checksum) || catalog.fileWithChecksum(checksum))) alreadyHere += 1;
    else if (strangers.length < MOST_NAMED) strangers.push({ path, size });
    else more += 1;
  }
  const groups = new Map<LeftLabel, { label: LeftLabel; count: number; examples: string[] }>();
  const byKey = listedByKey(catalog, strangers);
  for (const file of strangers) {
    const label = labelLeft(file, [...new Set(nameKeys(file.path).flatMap((key) => byKey.get(key) ?? []))]);
    const group = groups.get(label) ?? { label, count: 0, examples: [] };
    groups.set(label, group);
    group.count += 1;
    if (group.examples.length < EXAMPLES) group.examples.push(file.path);
    await parts.journal.add({ path: file.path, label });
  }
  const unnamed = groups.get('not-in-icloud') ?? { label: 'not-in-icloud' as const, count: 0, examples: [] };
  if (more > 0) groups.set('not-in-icloud', { ...unnamed, count: unnamed.count + more });
  return { alreadyHere, groups: [...groups.values()].sort((a, b) => ORDER.indexOf(a.label) - ORDER.indexOf(b.label)) };
}

const ORDER: readonly LeftLabel[] = ['damaged', 'changed', 'smaller', 'converted', 'not-in-icloud'];

/** What iCloud lists under the names that strangers have; the rest of the library is only passed by. */
function listedByKey(catalog: Catalog, strangers: readonly LeftFile[]): Map<string, ListedName[]> {
  const wanted = new Set(strangers.flatMap(({ path }) => nameKeys(path)));
  const byKey = new Map<string, ListedName[]>();
  if (wanted.size === 0) return byKey;
  for (const name of catalog.found.listedNames())
    for (const key of listedKeys(name)) if (wanted.has(key)) byKey.set(key, [...(byKey.get(key) ?? []), name]);
  return byKey;
}
