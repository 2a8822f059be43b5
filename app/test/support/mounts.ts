import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** File systems that any kernel with FUSE can mount (neighbours.md §2.1). */
export type FileSystem = 'ext4' | 'exfat' | 'ntfs';

const MAKE: Readonly<Record<FileSystem, readonly [string, ...string[]]>> = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  exfat: ['mkfs.exfat'],
  ntfs: ['mkfs.ntfs', '--quick', '--force', '--quiet'],
};
const SIZE_BYTES = 96 * 1024 * 1024;
const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });

/** A new, empty volume; gone after the test. exFAT by FUSE wants a block device, so all go through a loop device. */
export function mountVolume(kind: FileSystem): string {
  const folder = mkdtempSync(join(tmpdir(), `volume-${kind}-`));
  const [image, mountPoint] = [join(folder, 'image'), join(folder, 'mounted')];
  mkdirSync(mountPoint);
  closeSync(openSync(image, 'w'));
  truncateSync(image, SIZE_BYTES);
  const device = run('losetup', '--find', '--show', image).trim();
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true }), () => run('losetup', '--detach', device)];
  onTestFinished(() => {
    for (const step of undo.reverse()) step();
  });
  const [program, ...args] = MAKE[kind];
  run(program, ...args, device);
  if (kind === 'ext4') run('mount', device, mountPoint);
  if (kind === 'exfat') run('mount.exfat-fuse', '-o', 'noatime', device, mountPoint);
  if (kind === 'ntfs') run('ntfs-3g', '-o', 'windows_names', device, mountPoint);
  undo.push(() => run('umount', mountPoint));
  return mountPoint;
}
