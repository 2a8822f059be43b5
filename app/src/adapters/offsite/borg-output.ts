import { z } from 'zod';
import type { OffsiteProgress, SnapshotInfo, StoredEntry, Unread } from '../../ports/backup-repository.ts';
import { jsonLine } from './said-by.ts';

/** What Borg 1.2 and 1.4 print with --log-json and --json. Only what is used is read. */

const Info = z.object({
  repository: z.object({ id: z.string().min(1) }),
  cache: z.object({ stats: z.object({ unique_csize: z.number() }) }),
});

export function readInfo(text: string): { readonly id: string; readonly storedBytes: number } {
  const { repository, cache } = Info.parse(JSON.parse(text));
  return { id: repository.id, storedBytes: cache.stats.unique_csize };
}

const Created = z.object({
  archive: z.object({
    name: z.string(),
    stats: z.object({ nfiles: z.number(), original_size: z.number(), deduplicated_size: z.number() }),
  }),
});

export function readCreated(text: string) {
  const { archive } = Created.parse(JSON.parse(text));
  const { nfiles, original_size, deduplicated_size } = archive.stats;
  return { id: archive.name, files: nfiles, bytes: original_size, addedBytes: deduplicated_size };
}

const List = z.object({ archives: z.array(z.object({ name: z.string() })) });

/** Archives of ours are named by library and time; the time zone of Borg's own dates depends on the machine. */
export function archiveName(libraryId: string, atMs: number): string {
  return `photos-${libraryId}-${new Date(atMs).toISOString().replace(/[-:.]/g, '')}`;
}

export function readArchives(text: string): SnapshotInfo[] {
  return List.parse(JSON.parse(text))
    .archives.flatMap(({ name }): SnapshotInfo[] => {
      const [, libraryId, year, month, day, hours, minutes, seconds, ms] =
        /^photos-(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(name) ?? [];
      if (year === undefined) return [];
      const atMs = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
      return [{ id: name, kind: 'whole', atMs, files: undefined, bytes: undefined, libraryId }];
    })
    .sort((one, other) => one.atMs - other.atMs);
}

const Entry = z.object({ type: z.string(), path: z.string(), size: z.number().optional().default(0) });

export function readEntry(line: string): StoredEntry | undefined {
  const { data } = Entry.safeParse(jsonLine(line));
  if (!data || (data.type !== '-' && data.type !== 'l')) return undefined;
  return { path: data.path.replace(/^\.\//, ''), kind: data.type === '-' ? 'file' : 'link', size: data.size };
}

const FileStatus = z.object({ type: z.literal('file_status'), status: z.string(), path: z.string() });

/** A file that was read (added or modified), or one that could not be. */
export function readFileStatus(line: string): { readonly read: boolean; readonly failed: boolean; readonly path: string } | undefined {
  const { data } = FileStatus.safeParse(jsonLine(line));
  return data && { read: data.status === 'A' || data.status === 'M', failed: data.status === 'E', path: data.path };
}

const ArchiveProgress = z.object({
  type: z.literal('archive_progress'),
  nfiles: z.number().optional(),
  original_size: z.number().optional(),
});

export function readProgress(line: string): OffsiteProgress | undefined {
  const { data } = ArchiveProgress.safeParse(jsonLine(line));
  if (data?.nfiles === undefined || data.original_size === undefined) return undefined;
  return { doneFiles: data.nfiles, doneBytes: data.original_size, totalBytes: undefined };
}

const Message = z.object({ type: z.literal('log_message'), levelname: z.string(), message: z.string(), msgid: z.string().optional() });

export function readMessage(
  line: string,
): { readonly level: string; readonly text: string; readonly msgid: string | undefined } | undefined {
  const { data } = Message.safeParse(jsonLine(line));
  return data && { level: data.levelname, text: data.message, msgid: data.msgid };
}

/** `path: what: [Errno n] words`, as Borg warns of a file it could not read. */
export function readUnreadable(line: string): Unread | undefined {
  const message = readMessage(line);
  if (message?.level !== 'WARNING') return undefined;
  const [, path, why] = /^(.+?): (\w+: \[Errno \d+\].*)$/s.exec(message.text) ?? [];
  return path === undefined || why === undefined ? undefined : { path: path.replace(/^\.\//, ''), why };
}
