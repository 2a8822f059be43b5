import { createReadStream } from 'node:fs';
import { readdir, rmdir, unlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { RenditionKind } from '../../domain/asset.ts';
import type { TrashedFile } from '../../ports/library-store.ts';
import { dropCompanions } from './companions.ts';
import { errnoOf, onDisk } from './disk-problem.ts';
import { folderOf, inside } from './inside.ts';
import { lookAt } from './look-at.ts';
import { TRASH } from './trash.ts';

const Line = z.object({
  at: z.string(),
  from: z.string().min(1),
  to: z.string().min(1),
  because: z.enum(['superseded', 'gone-from-icloud', 'damaged']),
  zone: z.string(),
  asset: z.string(),
  kind: z.string().transform((kind) => kind as RenditionKind),
  checksum: z.string(),
  sha256: z.string(),
});
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What lies in the trash: the manifests name the files, the disk says which of them are still there. */
export async function* trashedFiles(root: string): AsyncGenerator<TrashedFile> {
  for (const day of await daysOf(root)) {
    // The last line of a path counts: a move that did not happen leaves a line behind.
    const byPath = new Map<string, z.infer<typeof Line>>();
    for await (const line of linesOf(root, day)) byPath.set(line.to, line);
    for (const { to, ...line } of byPath.values()) {
      const there = await onDisk(root, `look at ${to}`, () => lookAt(inside(root, to)));
      if (there?.isFile()) yield { ...line, path: to, size: there.size };
    }
  }
}

/** Takes away what the manifests name, days before `beforeDay` only; a day's folder goes when nothing else lies in it. */
export async function emptyTrash(
  root: string,
  beforeDay: string | undefined,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  for (const day of await daysOf(root)) {
    if (beforeDay !== undefined && day >= beforeDay) continue;
    const folders = new Set<string>();
    for await (const { to } of linesOf(root, day)) {
      signal.throwIfAborted();
      if (!to.startsWith(`${TRASH}/${day}/`)) continue;
      const there = await onDisk(root, `look at ${to}`, () => lookAt(inside(root, to)));
      if (!there?.isFile()) continue;
      await onDisk(root, `remove ${to}`, async () => {
        await dropCompanions(inside(root, to)); // first: nothing would lead to them any more
        await unlink(inside(root, to));
      });
      folders.add(folderOf(to));
      files += 1;
      bytes += there.size;
    }
    await removeEmpty(root, day, folders);
  }
  return { files, bytes };
}

/** The manifest goes last, and only with the folder: it is what explains a file that stays. */
async function removeEmpty(root: string, day: string, folders: ReadonlySet<string>): Promise<void> {
  const top = `${TRASH}/${day}`;
  const all = new Set<string>();
  for (const folder of folders) for (let at = folder; at !== top && at.startsWith(top); at = folderOf(at)) all.add(at);
  for (const folder of [...all].sort((a, b) => b.length - a.length)) await rmdir(inside(root, folder)).catch(ignoreOccupied);
  const left = await readdir(inside(root, top)).catch(ignoreOccupied);
  if (left?.length !== 1 || left[0] !== 'manifest.jsonl') return;
  await onDisk(root, `remove ${top}`, async () => {
    await unlink(inside(root, `${top}/manifest.jsonl`));
    await rmdir(inside(root, top));
  });
}

async function daysOf(root: string): Promise<string[]> {
  const names = await onDisk(root, `read ${TRASH}`, () => readdir(`${root}/${TRASH}`).catch(ignoreMissing));
  return (names ?? []).filter((name) => DAY.test(name)).sort();
}

/** Lines that cannot be read (torn by a power loss) name no file. */
async function* linesOf(root: string, day: string): AsyncGenerator<z.infer<typeof Line>> {
  const path = inside(root, `${TRASH}/${day}/manifest.jsonl`);
  if (!(await lookAt(path))?.isFile()) return;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = Line.safeParse(parsed(text));
    if (line.success) yield line.data;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
  return undefined;
}

function ignoreOccupied(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
  return undefined;
}
