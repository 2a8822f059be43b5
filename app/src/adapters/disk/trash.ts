import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import type { TrashItem } from '../../ports/library-store.ts';
import { moveCompanions } from './companions.ts';
import { onDisk } from './disk-problem.ts';
import type { Folders } from './folders.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { patientRename } from './patient-rename.ts';

/** One line of `_Trash/<date>/manifest.jsonl`; written before the move, so a line may name a file that never moved. */
export interface TrashLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Both relative to the library's root. */
  readonly from: string;
  readonly to: string;
  readonly because: TrashItem['because'] | 'put-back';
  readonly zone: string;
  readonly asset: string;
  readonly kind: string;
  readonly checksum: string;
  readonly sha256: string;
}

export interface Bin {
  /** Moves a file away, with its sidecars unless they stay for its successor, and says where it went; undefined when no file lies there any more. */
  take(item: TrashItem, sidecars?: 'along' | 'stay'): Promise<string | undefined>;
  /** The other way. False when nothing lies at `from` any more. */
  putBack(item: TrashItem, from: string): Promise<boolean>;
}

export const TRASH = '_Trash';

export function createBin({ root, now, fsync, folders }: { root: string; now: () => number; fsync: boolean; folders: Folders }): Bin {
  // One after the other: two items must not choose the same free name, nor tear each other's line.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = last.then(task, task);
    last = turn.catch(() => {});
    return turn;
  }

  async function take(item: TrashItem, sidecars: 'along' | 'stay'): Promise<string | undefined> {
    const from = inside(root, item.path);
    if (!(await lookAt(from))?.isFile()) return undefined;
    const day = `${TRASH}/${localDate(now())}`;
    const to = await freeName(root, `${day}/${item.path}`);
    await folders.ensure(folderOf(to));
    await note(day, item, item.path, to, item.because);
    if (sidecars === 'along') await moveCompanions(from, inside(root, to));
    await patientRename(from, inside(root, to));
    await folders.sync(folderOf(to));
    await folders.sync(folderOf(item.path));
    return to;
  }

  async function note(day: string, item: TrashItem, from: string, to: string, because: TrashLine['because']): Promise<void> {
    const { zone, asset, kind, checksum, sha256 } = item;
    const line: TrashLine = { at: new Date(now()).toISOString(), from, to, because, zone, asset, kind, checksum, sha256 };
    await appendLine(`${root}/${day}/manifest.jsonl`, JSON.stringify(line), fsync);
    await folders.sync(day);
  }

  return {
    take: (item, sidecars = 'along') => inTurn(() => onDisk(root, `move ${item.path} to ${TRASH}`, () => take(item, sidecars))),
    putBack: (item, from) =>
      inTurn(() =>
        onDisk(root, `move ${from} back to ${item.path}`, async () => {
          if (!(await lookAt(inside(root, from)))?.isFile()) return false;
          await folders.ensure(folderOf(item.path));
          await moveCompanions(inside(root, from), inside(root, item.path));
          await patientRename(inside(root, from), inside(root, item.path));
          await folders.sync(folderOf(item.path));
          await note(dayOf(from), item, from, item.path, 'put-back');
          return true;
        }),
      ),
  };
}

/** `_Trash/2026-11-20` of a path below it. */
const dayOf = (path: string) => path.split('/').slice(0, 2).join('/');

/** The day as the owner's clock shows it: that is how people look for what vanished. */
export function localDate(ms: number): string {
  const day = new Date(ms);
  return [String(day.getFullYear()).padStart(4, '0'), ...[day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0'))].join(
    '-',
  );
}

/** `a.jpg`, `a-2.jpg`, `a-3.jpg`: the same name can be trashed twice in a day. */
async function freeName(root: string, wanted: string): Promise<string> {
  const { dir, name, ext } = posix.parse(wanted);
  for (let copy = 1; ; copy += 1) {
    const path = copy === 1 ? wanted : `${dir}/${name}-${copy}${ext}`;
    if ((await lookAt(inside(root, path))) === undefined) return path;
  }
}

/** A power loss can leave half a line; the next one must not continue it. */
async function appendLine(path: string, line: string, fsync: boolean): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const tail = size === 0 ? '\n' : (await file.read({ buffer: Buffer.alloc(1), position: size - 1 })).buffer.toString();
    await file.writeFile(`${tail === '\n' ? '' : '\n'}${line}\n`);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}
