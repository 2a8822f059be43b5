import { z } from 'zod';
import type { OffsiteProgress, StoredEntry } from '../../ports/backup-repository.ts';
import { jsonLine } from './said-by.ts';

/** What rclone prints with --use-json-log, and the small files that this program keeps in a mirror. */

const Log = z.object({ level: z.string(), msg: z.string(), object: z.string().optional() });

export function readLog(line: string): { readonly level: string; readonly text: string; readonly object: string | undefined } | undefined {
  const { data } = Log.safeParse(jsonLine(line));
  return data && { level: data.level, text: data.msg.trim(), object: data.object };
}

const Stats = z.object({
  stats: z.object({ bytes: z.number(), totalBytes: z.number(), transfers: z.number() }),
});

export function readStats(line: string): OffsiteProgress | undefined {
  const { data } = Stats.safeParse(jsonLine(line));
  return data && { doneFiles: data.stats.transfers, doneBytes: data.stats.bytes, totalBytes: data.stats.totalBytes };
}

const LINK = '.rclonelink';
const Entries = z.array(z.object({ Path: z.string(), Size: z.number(), ModTime: z.string().optional() }));

export function readEntries(text: string): (StoredEntry & { readonly modifiedMs: number })[] {
  return Entries.parse(JSON.parse(text)).map(({ Path, Size, ModTime }) => ({
    path: plainPath(Path),
    kind: Path.endsWith(LINK) ? 'link' : 'file',
    size: Size,
    modifiedMs: Date.parse(ModTime ?? ''),
  }));
}

/** A path as the library has it. */
export const plainPath = (path: string): string => (path.endsWith(LINK) ? path.slice(0, -LINK.length) : path);

/** A path and what it would be called if it were a link: a mirror holds links as small files. */
export const bothForms = (path: string): readonly string[] => [path, `${path}${LINK}`];

/** `= path`, `* path`, … as `check --combined -` prints them. */
export function readCompared(line: string): { readonly sign: string; readonly path: string } | undefined {
  const [, sign, path] = /^([=*+\-!]) (.+)$/s.exec(line) ?? [];
  return sign === undefined || path === undefined ? undefined : { sign, path: plainPath(path) };
}

/** Read first: with a wrong passphrase rclone finds an empty mirror and nothing wrong. */
export const CANARY = 'repository.json';
const Canary = z.object({ id: z.string().min(1) });
export const readCanary = (text: string): string => Canary.parse(JSON.parse(text)).id;

/** Written when a mirror is complete. */
export const DONE = 'current.json';
const Done = z.object({ id: z.string(), atMs: z.number(), files: z.number(), bytes: z.number(), libraryId: z.string() });
export type Done = z.infer<typeof Done>;
export const readDone = (text: string): Done => Done.parse(JSON.parse(text));

const Size = z.object({ bytes: z.number() });
export const readSize = (text: string): number => Size.parse(JSON.parse(text)).bytes;

/** 2026-11-20T10-00-00-123Z: sorts by time and is a name on every disk. */
export const stampOf = (atMs: number): string => new Date(atMs).toISOString().replace(/[:.]/g, '-');

export function timeOfStamp(stamp: string): number {
  const [, day, hours, minutes, seconds, ms] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/.exec(stamp) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
}
