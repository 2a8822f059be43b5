import { z } from 'zod';
import type { OffsiteProgress, SnapshotInfo, StoredEntry, Unread } from '../../ports/backup-repository.ts';
import type { ResticLock } from './restic-locks.ts';
import { jsonLine } from './said-by.ts';

/** What restic ≥ 0.17 prints with --json. Only what is used is read; every figure may be missing. */

const count = z.number().optional().default(0);

const Summary = z.object({
  message_type: z.literal('summary'),
  files_new: count,
  files_changed: count,
  data_added_packed: z.number().optional(),
  total_files_processed: count,
  total_bytes_processed: count,
  snapshot_id: z.string().optional(),
});

export interface BackupSummary {
  readonly id: string | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly readFiles: number;
  readonly addedBytes: number | undefined;
}

export function readSummary(line: string): BackupSummary | undefined {
  const { data } = Summary.safeParse(jsonLine(line));
  return (
    data && {
      id: data.snapshot_id,
      files: data.total_files_processed,
      bytes: data.total_bytes_processed,
      readFiles: data.files_new + data.files_changed,
      addedBytes: data.data_added_packed,
    }
  );
}

const Status = z.object({
  message_type: z.literal('status'),
  files_done: count,
  bytes_done: count,
  files_restored: count,
  bytes_restored: count,
  total_bytes: z.number().optional(),
});

export function readStatus(line: string): OffsiteProgress | undefined {
  const { data } = Status.safeParse(jsonLine(line));
  return (
    data && {
      doneFiles: data.files_done + data.files_restored,
      doneBytes: data.bytes_done + data.bytes_restored,
      totalBytes: data.total_bytes,
    }
  );
}

const ItemError = z.object({
  message_type: z.literal('error'),
  error: z.object({ message: z.string().optional() }).optional(),
  item: z.string().min(1),
});

/** An error that names one file; others concern the whole call. Items are absolute, below the root or the snapshot's own. */
export function readItemError(line: string, root: string): Unread | undefined {
  const { data } = ItemError.safeParse(jsonLine(line));
  if (!data) return undefined;
  const below = data.item.startsWith(`${root}/`) ? data.item.slice(root.length + 1) : data.item.replace(/^\.?\//, '');
  return { path: below, why: data.error?.message ?? 'no reason was given' };
}

const Snapshots = z.array(
  z.object({
    id: z.string(),
    time: z.string(),
    tags: z.array(z.string()).nullish(),
    summary: z.object({ total_files_processed: z.number().optional(), total_bytes_processed: z.number().optional() }).optional(),
  }),
);

/** Throws what zod throws: a list that is not understood must not look like an empty one. */
export function readSnapshots(text: string): SnapshotInfo[] {
  return Snapshots.parse(JSON.parse(text))
    .map(({ id, time, tags, summary }) => ({
      id,
      kind: 'whole' as const,
      atMs: Date.parse(time),
      files: summary?.total_files_processed,
      bytes: summary?.total_bytes_processed,
      libraryId: tags?.find((tag) => tag.startsWith('lib-'))?.slice(4),
    }))
    .sort((one, other) => one.atMs - other.atMs);
}

const Node = z.object({ path: z.string(), type: z.string(), size: z.number().optional().default(0) });

export function readNode(line: string): StoredEntry | undefined {
  const { data } = Node.safeParse(jsonLine(line));
  if (!data || (data.type !== 'file' && data.type !== 'symlink')) return undefined;
  return { path: data.path.replace(/^\//, ''), kind: data.type === 'file' ? 'file' : 'link', size: data.size };
}

const CheckSummary = z.object({ message_type: z.literal('summary'), num_errors: z.number() });

export function readCheck(line: string): { readonly errors: number } | undefined {
  const { data } = CheckSummary.safeParse(jsonLine(line));
  return data && { errors: data.num_errors };
}

const Lock = z.object({ time: z.string(), hostname: z.string(), pid: z.number() });

export function readLock(text: string): ResticLock | undefined {
  try {
    const { time, hostname, pid } = Lock.parse(JSON.parse(text));
    return { host: hostname, pid, atMs: Date.parse(time) };
  } catch {
    return undefined;
  }
}

const Config = z.object({ id: z.string().min(1) });
export const readConfigId = (text: string): string => Config.parse(JSON.parse(text)).id;

const Stats = z.object({ total_size: z.number() });
export const readSize = (text: string): number => Stats.parse(JSON.parse(text)).total_size;
