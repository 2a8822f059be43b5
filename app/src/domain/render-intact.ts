import type { Coverage } from './coverage.ts';
import { formatBytes, formatCount, plural } from './format.ts';

/** Why the backup is not intact, for the first line of the status. */
export function notIntact({ findings }: Pick<Coverage, 'findings'>): string {
  const wrong = findings.reduce((sum, { count }) => sum + count, 0);
  return wrong > 0 ? `${plural(wrong, 'stored file')} ${wrong === 1 ? 'is' : 'are'} not as stored` : 'some files could not be confirmed';
}

/** Archived folders, how lately everything was read, and what is known to be wrong. */
export function renderIntact({ archived, read, findings }: Pick<Coverage, 'archived' | 'read' | 'findings'>): string[] {
  const lines: string[] = [];
  if (archived.files > 0) {
    const state = archived.findings === 0 ? 'all right' : `${plural(archived.findings, 'file')} not as stored`;
    lines.push(`Archived albums: ${plural(archived.files, 'file')}, ${formatBytes(archived.bytes)}, ${state}.`);
  }
  if (read.oldestMs !== undefined) {
    const since = new Date(read.oldestMs).toLocaleDateString('sv');
    lines.push(
      read.files === read.allFiles
        ? `Every stored file was read and compared within the last ${plural(read.days, 'day')} (none longer ago than ${since}).`
        : `${formatCount(read.files)} of ${plural(read.allFiles, 'stored file')} read and compared within the last ${plural(read.days, 'day')}; the longest ago on ${since}. To read all of them now: \`icloud-photos-sync verify --all\`.`,
    );
  }
  if (findings.length > 0) lines.push('', 'Not as stored:');
  for (const { count, advice, examples } of findings)
    lines.push(`- ${plural(count, 'file')}: ${advice}`, ...examples.map((path) => `  ${path}`));
  return lines.length > 0 ? ['', ...lines] : [];
}

/** The same for `status --json`. */
export function intactJson({ archived, read, findings }: Pick<Coverage, 'archived' | 'read' | 'findings'>): object {
  return {
    findings,
    archived,
    read: {
      days: read.days,
      files: read.files,
      allFiles: read.allFiles,
      oldest: read.oldestMs === undefined ? null : new Date(read.oldestMs).toISOString(),
    },
  };
}
