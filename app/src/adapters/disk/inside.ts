import { posix } from 'node:path';

/**
 * A path relative to the library as the program's own parts hand it over. Anything that could lead out of the library is
 * a defect on our side, never the owner's fault: TypeError.
 */
export function inside(root: string, path: string): string {
  checkRelative(path);
  return `${root}/${path}`;
}

export function checkRelative(path: string): void {
  const sound = path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!sound) throw new TypeError(`Not a path inside the library: ${JSON.stringify(path)}`);
}

/** Folder of a relative path; `.` for the library itself. */
export const folderOf = (path: string): string => posix.dirname(path);
