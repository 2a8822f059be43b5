import type { CheckDepth, SnapshotSource } from '../../ports/backup-repository.ts';
import { hostOf, TAG } from './engine-target.ts';

/** restic reads patterns; ours are names. */
export function literal(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

/** Everything relative to the library, which is the working directory: then the tree starts there and the folders above it do not matter. */
export function backupArgs(
  source: SnapshotSource,
  target: { readonly libraryId: string; readonly uploadKib: number | undefined; readonly unstableInodes: boolean },
): string[] {
  const host = hostOf(target.libraryId);
  return [
    'backup',
    '--json',
    ...['--host', host, '--tag', TAG, '--tag', `lib-${target.libraryId}`, '--group-by', 'host,tags'],
    ...['--time', new Date(source.nowMs).toISOString().slice(0, 19).replace('T', ' ')],
    ...['--exclude', `${literal(`${source.root}/${source.only.folder}`)}/*`],
    ...source.only.entries.flatMap((entry) => ['--exclude', `!${literal(`${source.root}/${source.only.folder}/${entry}`)}`]),
    ...source.exclude.flatMap((path) => ['--exclude', literal(`${source.root}/${path}`)]),
    // Photos are compressed already.
    ...['--compression', 'off', '--read-concurrency', '2'],
    ...(target.uploadKib === undefined ? [] : ['--limit-upload', String(target.uploadKib)]),
    ...(target.unstableInodes ? ['--ignore-inode'] : []),
    '--',
    ...(source.include === undefined ? ['.'] : source.include.map((path) => `./${path}`)),
  ];
}

/** Ours only: other programs may share the repository. */
export function tagsOf(libraryId: string | undefined): string {
  return libraryId === undefined ? TAG : `${TAG},lib-${libraryId}`;
}

export function checkArgs(depth: CheckDepth): string[] {
  if (depth.kind === 'structure') return ['check', '--json'];
  return ['check', '--json', ...(depth.kind === 'all' ? ['--read-data'] : ['--read-data-subset', `${depth.part}/${depth.of}`])];
}

/**
 * Literal paths for `restore`: the lines of a file, and those that no line can hold as arguments. In such a file blanks at the
 * end are lost and `$NAME` is looked up.
 */
export function includes(paths: readonly string[]): { readonly lines: string; readonly args: readonly string[] } {
  const patterns = paths.map((path) => `/${literal(path)}`);
  const isLine = (pattern: string) => !/[\r\n]|\s$/.test(pattern);
  return {
    lines: patterns
      .filter(isLine)
      .map((pattern) => `${pattern.replaceAll('$', '$$$$')}\n`)
      .join(''),
    args: patterns.filter((pattern) => !isLine(pattern)).flatMap((pattern) => ['--include', pattern]),
  };
}
