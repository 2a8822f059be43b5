import { opendir } from 'node:fs/promises';
import type { SeenFile } from '../../ports/found-files.ts';
import { errnoOf } from './disk-problem.ts';
import { lookAt } from './look-at.ts';

/** What NAS systems and desktops put beside photos. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(['lost+found', '$RECYCLE.BIN', 'System Volume Information']);
const SYSTEM_FILES: ReadonlySet<string> = new Set(['Thumbs.db', 'desktop.ini']);
/** The real folder behind an album of icloud-photos-sync 1 to 4: the one kind of hidden folder that may hold photos. */
export const OLD_ALBUM_FOLDER = /^\.[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/i;
/** Metadata that we or another program wrote beside a photo: `IMG_1.HEIC.xmp`. No rendition of iCloud has such a name. */
const COMPANION = /\.[A-Za-z0-9]{1,5}\.(?:xmp|json)$/i;
/** A link to a folder can lead back up; folders of albums nest a few levels. */
const MOST_LEVELS = 60;

/**
 * Regular files below a folder, folder by folder in the order of names. Links are never followed: a walk that leaves the
 * folder it was given could read, or later move, what is none of its business.
 */
export async function* walkTree(base: string, folder: string, signal: AbortSignal, level = 0): AsyncGenerator<SeenFile> {
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of await entriesOf(folder === '' ? base : `${base}/${folder}`)) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !isSystemFolder(entry.name)) folders.push(path);
    else if (entry.isFile() && !isSystemFile(entry.name)) files.push(path);
  }
  for (const path of files.sort()) {
    signal.throwIfAborted();
    const stats = await lookAt(`${base}/${path}`);
    if (!stats?.isFile()) continue; // gone since the folder was read
    yield { path, size: stats.size, modifiedMs: Math.trunc(stats.mtimeMs), changedMs: Math.trunc(stats.ctimeMs) };
  }
  if (level < MOST_LEVELS) for (const path of folders.sort()) yield* walkTree(base, path, signal, level + 1);
}

async function entriesOf(folder: string) {
  try {
    const entries = [];
    for await (const entry of await opendir(folder)) entries.push(entry);
    return entries;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}

function isSystemFolder(name: string): boolean {
  return (name.startsWith('.') && !OLD_ALBUM_FOLDER.test(name)) || /^[@#]/.test(name) || SYSTEM_FOLDERS.has(name);
}

function isSystemFile(name: string): boolean {
  return name.startsWith('.') || SYSTEM_FILES.has(name) || COMPANION.test(name);
}
