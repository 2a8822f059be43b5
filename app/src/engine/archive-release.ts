import { plural } from '../domain/format.ts';
import { Problem } from '../domain/problem.ts';
import type { ArchiveFileRow, ArchiveRow } from '../ports/archive-catalog.ts';
import type { ArchiveStore } from '../ports/archive-store.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import { markFolder } from './archive.ts';

export interface ReleaseParts {
  readonly catalog: Catalog;
  readonly archiveStore: ArchiveStore;
  readonly clock: Clock;
  readonly stillThere: () => Promise<void>;
  /** Brings the catalog up to date with iCloud: what is gone there must not be taken for a twin. */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
}

export interface Released {
  readonly path: string;
  /** Copies whose bytes are in the library too: links again with the next sync. */
  readonly twins: number;
  /** Files that are only here. */
  readonly kept: number;
  readonly keptIn: string | undefined;
}

/**
 * The folder follows iCloud again. What the library holds too becomes a link with the next sync; what is only here goes to `_Archive`
 * and stays an archive there; the owner's own files stay where they are.
 */
export async function releaseArchive(parts: ReleaseParts, archive: ArchiveRow, signal: AbortSignal): Promise<Released> {
  const { catalog, archiveStore, clock } = parts;
  await parts.stillThere();
  await parts.refresh(signal);
  if (catalog.archive.openDeletes().some(({ archiveId }) => archiveId === archive.id))
    throw new Problem('archive-not-found', `Deletes in iCloud for ${archive.path} broke off. Run \`archive\` on it once more first.`);
  const onlyHere: ArchiveFileRow[] = [];
  let twins = 0;
  for (const file of catalog.archive.archiveFiles(archive.id)) {
    signal.throwIfAborted();
    const twin = catalog.archive.twinOf(file);
    if (twin !== undefined && (await dropTwin(archiveStore, file, twin, signal))) {
      catalog.archive.dropArchiveFile(archive.id, file.path);
      twins += 1;
    } else onlyHere.push(file);
  }
  const keptIn = onlyHere.length > 0 ? await keepApart(parts, archive, onlyHere) : undefined;
  await archiveStore.unmark(archive.path);
  catalog.archive.endArchive(archive.id, clock.now());
  catalog.allDirty();
  await archiveStore.dropFolder(archive.path);
  return { path: archive.path, twins, kept: onlyHere.length, keptIn };
}

/** Only when both were read just now and are the same. */
async function dropTwin(store: ArchiveStore, file: ArchiveFileRow, twin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const other = await store.readBack(twin, signal);
    if (other?.sha256 !== file.sha256 || (await store.readBack(file.path, signal))?.sha256 !== file.sha256) return false;
    await store.dropTwin(file.path, twin, signal);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'content-mismatch') return false;
    throw error;
  }
}

/** An archive of its own in `_Archive`, so that it is verified and copied off-site like before. */
async function keepApart(
  { catalog, archiveStore, clock }: ReleaseParts,
  archive: ArchiveRow,
  files: readonly ArchiveFileRow[],
): Promise<string> {
  const name = archive.path.slice(archive.path.lastIndexOf('/') + 1);
  let folder = `_Archive/${name}`;
  for (let copy = 1; !(await archiveStore.isFree(folder)); copy += 1) folder = `_Archive/${name}-${copy}`;
  await archiveStore.ensureFolder(folder);
  const id = catalog.archive.beginArchive(`released:${archive.album}:${archive.id}`, archive.name, folder, clock.now());
  for (const file of files) {
    const to = `${folder}/${file.path.slice(archive.path.length + 1)}`;
    if (await archiveStore.moveFile(file.path, to)) catalog.archive.putArchiveFile(id, { ...file, path: to }, clock.now());
    catalog.archive.dropArchiveFile(archive.id, file.path);
  }
  catalog.archive.completeArchive(id, clock.now());
  await markFolder({ catalog, archiveStore }, id);
  return folder;
}

export function renderReleased({ path, twins, kept, keptIn }: Released): string {
  const lines = [
    `${path} follows iCloud again; the next sync fills it. ${plural(twins, 'copy', 'copies')} of photos in the library given up.`,
  ];
  if (keptIn) lines.push(`${plural(kept, 'file')} that ${kept === 1 ? 'is' : 'are'} only here: in ${keptIn} now.`);
  return lines.join('\n');
}
