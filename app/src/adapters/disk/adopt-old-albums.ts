import { mkdir, open, readdir, readFile, readlink, rename, unlink } from 'node:fs/promises';
import { ARCHIVE_MARKER } from '../../domain/archive-marker.ts';
import type { OldAlbums, OldArchive, OldLibrary } from '../../ports/old-library.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { syncFolder } from './folders.ts';
import { lookAt } from './look-at.ts';
import { OWN_FOLDER } from './marker.ts';
import { OLD_ALBUM_FOLDER } from './tree-walk.ts';
import { writeWhole } from './write-whole.ts';

/** Where the links of older albums go, with a list of every step: nothing is removed for good. */
const ASIDE = `${OWN_FOLDER}/adopted`;
const LIST = `${ASIDE}/steps.jsonl`;
/** Files that the older version did not take for a sign of an archive either. */
const SAFE_FILE = /^(?:\.DS_Store|\.fuse_hidden.*)$/;
const MOST_LEVELS = 60;

/** A step is written before it is taken: one that was cut short is seen by what lies where. */
interface Step {
  readonly do: 'show' | 'set-aside';
  /** The hidden folder and where it goes, relative to the library. */
  readonly from: string;
  readonly to: string;
}

/** In the older libraries an album is a visible link to a hidden folder `.<record name>` beside it. */
export function createOldLibrary(root: string, now: () => number = Date.now): OldLibrary {
  const at = (path: string) => `${root}/${path}`;

  async function take(step: Step): Promise<void> {
    await mkdir(at(ASIDE), { recursive: true, mode: 0o700 });
    const list = await open(at(LIST), 'a', 0o600);
    try {
      await list.write(`${JSON.stringify(step)}\n`);
      await list.sync();
    } finally {
      await list.close();
    }
    await finish(step);
  }

  /** The visible link gives way to the folder that it led to. */
  async function finish({ do: what, from, to }: Step): Promise<void> {
    if (!(await lookAt(at(from)))?.isDirectory()) return;
    if (what === 'show') {
      const there = await lookAt(at(to));
      if (there?.isSymbolicLink()) await unlink(at(to));
      else if (there !== undefined) return; // somebody put something there meanwhile: the hidden folder stays what it is
    }
    await rename(at(from), at(to));
    await syncFolder(at(parentOf(from)));
  }

  async function finishCutShort(): Promise<void> {
    const text = await readFile(at(LIST), 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      const step = parseStep(line);
      if (step) await finish(step);
    }
  }

  /** Before anything moves: an archive is known by its marker from then on, whatever happens. */
  async function mark(hidden: string, name: string): Promise<void> {
    const album = hidden.slice(hidden.lastIndexOf('/') + 2);
    const marker = { schema: 1, album, name, archivedAt: new Date(now()).toISOString(), files: [] };
    if ((await lookAt(at(`${hidden}/${ARCHIVE_MARKER}`))) === undefined)
      await writeWhole(at(`${hidden}/${ARCHIVE_MARKER}`), `${JSON.stringify(marker, undefined, 2)}\n`, { durable: true });
  }

  async function settle(folder: string, found: { archives: OldArchive[]; setAside: number; left: string[] }, level: number): Promise<void> {
    const shown = new Set<string>();
    const entries = await readdir(folder === '' ? root : at(folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isSymbolicLink()) continue;
      const path = within(folder, entry.name);
      const target = await readlink(at(path));
      const hidden = within(folder, target);
      if (!OLD_ALBUM_FOLDER.test(target)) continue;
      if (!(await lookAt(at(hidden)))?.isDirectory()) {
        if ((await lookAt(at(`${ASIDE}/${target}`))) !== undefined) await unlink(at(path)); // cut short between the two
        continue;
      }
      shown.add(target);
      const kind = await kindOf(at(hidden));
      if (kind === 'links') {
        await take({ do: 'set-aside', from: hidden, to: `${ASIDE}/${target}` });
        await unlink(at(path));
        found.setAside += 1;
        continue;
      }
      if (kind === 'archive') await mark(hidden, entry.name);
      await take({ do: 'show', from: hidden, to: path });
      if (kind === 'archive') found.archives.push({ album: target.slice(1), name: entry.name, path });
      else if (level < MOST_LEVELS) await settle(path, found, level + 1);
    }
    for (const name of await readdir(folder === '' ? root : at(folder)))
      if (OLD_ALBUM_FOLDER.test(name) && !shown.has(name)) found.left.push(within(folder, name));
  }

  return {
    settleAlbums: () =>
      onDisk(root, 'take over the albums of the older library', async () => {
        const found: OldAlbums & { archives: OldArchive[]; setAside: number; left: string[] } = { archives: [], setAside: 0, left: [] };
        await finishCutShort();
        await settle('', found, 0);
        return found;
      }),
  };
}

/** A file of its own makes an archive; hidden folders make a folder of albums; all else is links, which iCloud gives us again. */
async function kindOf(folder: string): Promise<'archive' | 'folder' | 'links'> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isDirectory() && OLD_ALBUM_FOLDER.test(entry.name))) return 'folder';
  return entries.some((entry) => !entry.isSymbolicLink() && !SAFE_FILE.test(entry.name)) ? 'archive' : 'links';
}

function parseStep(line: string): Step | undefined {
  try {
    const step = JSON.parse(line) as Partial<Step>;
    const { do: what, from, to } = step;
    return (what === 'show' || what === 'set-aside') && typeof from === 'string' && typeof to === 'string'
      ? { do: what, from, to }
      : undefined;
  } catch {
    return undefined; // cut short by a power loss: that step was never begun
  }
}

const within = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);
const parentOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
