import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import type { ExpectedFile } from '../../simulator/library/expected-files.ts';
import type { Library } from '../../simulator/library.ts';
import { sha256 } from './tree.ts';

function put(root: string, path: string, file: ExpectedFile): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, file.read());
  utimesSync(at, new Date(1_700_000_000_000), new Date(1_700_000_000_000));
}

const extensionOf = (file: ExpectedFile) =>
  ({ 'public.jpeg': 'jpeg', 'public.heic': 'heic', 'com.apple.quicktime-movie': 'mov', 'public.png': 'png' })[file.uti] ?? 'bin';
const yearOf = (file: ExpectedFile) => new Date(file.captureMs ?? file.addedMs).toISOString();

/** What the other program would have fetched, hidden photos too. */
function* everyFile(library: Library): Iterable<ExpectedFile> {
  yield* library.expected();
  yield* library.expected('hidden');
}

/** `_All-Photos` full of checksums for names; albums as links to hidden folders beside them. */
export function writeIcpsTree(root: string, library: Library): Map<string, string> {
  const paths = new Map<string, string>();
  for (const file of everyFile(library)) {
    const tree = file.zone === 'PrimarySync' ? '_All-Photos' : '_Shared-Photos';
    const name = `${file.fileChecksum.replaceAll('+', '-').replaceAll('/', '_')}.${extensionOf(file)}`;
    put(root, join(tree, name), file);
    paths.set(`${file.assetRecordName}/${file.kind}`, join(tree, name));
  }
  writeFileSync(join(root, '.icloud-photos-sync'), JSON.stringify({ libraryVersion: 1, trustToken: 'old-token' }, null, 4));
  for (const { recordName, name, type, parent, members } of library.albums()) {
    if (type !== 'album' || parent !== undefined) continue;
    mkdirSync(join(root, `.${recordName}`));
    symlinkSync(`.${recordName}`, join(root, (name ?? 'unnamed').replaceAll('/', '_')));
    for (const member of members) {
      const target = paths.get(`${member}/original`);
      if (target) symlinkSync(join('..', target), join(root, `.${recordName}`, `${member}${extname(target)}`));
    }
  }
  return paths;
}

/** `2024/05/17/IMG_1.HEIC`, live films as `_HEVC.MOV`, edits `-adjusted`, clashes by their size. */
export function writeIcloudpdTree(root: string, library: Library): number {
  const taken = new Set<string>();
  let files = 0;
  for (const file of everyFile(library)) {
    const stem = (file.filename ?? 'photo')
      .replace(/\.[^.]*$/, '')
      .replace(/[<>:"/\\|?*]/g, '_')
      .replace(/[^\x20-\x7e]/g, '')
      .slice(0, 200);
    const mark =
      { 'live-video': '_HEVC', edited: '-adjusted', 'edited-video': '-adjusted', alternative: '-alternative' }[file.kind as string] ?? '';
    const extension = extensionOf(file).toUpperCase().replace('JPEG', 'JPG');
    const folder = yearOf(file).slice(0, 10).replaceAll('-', '/');
    let path = `${folder}/${stem}${mark}.${extension}`;
    for (let suffix = `-${file.size}`; taken.has(path); suffix += 'x') path = `${folder}/${stem}${mark}${suffix}.${extension}`;
    taken.add(path);
    put(root, path, file);
    files += 1;
  }
  return files;
}

/** Names and folders that say nothing at all. */
export function writeShuffledTree(root: string, library: Library): number {
  let files = 0;
  for (const file of everyFile(library)) {
    put(root, `${(files * 7919) % 13}/${(files * 104_729) % 1_000_003}.x${files % 5}`, file);
    files += 1;
  }
  return files;
}

/** Every file below a folder with its content, links with their target: equal before and after when nothing was touched. */
export function snapshotOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${relative(root, path)} ${lstatSync(path).isSymbolicLink() ? readlinkSync(path) : sha256(readFileSync(path))}`)
    .sort();
}
