import { access, chmod, constants, mkdtemp, readdir, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { remove } from 'fs-extra/esm';
import type { Checkup, LockCheckup, VolumeCheckup } from '../../ports/checkup.ts';
import { foreignNames } from './foreign.ts';
import { readLease } from './lease.ts';
import { lookAt } from './look-at.ts';
import { MARKER_PATH, OWN_FOLDER } from './marker.ts';
import { probeVolume } from './probe-volume.ts';

/** `statfs` types (neighbours.md §2.1); a number that is not here is shown as it is. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  19780: 'vfat',
  538032816: 'exfat',
  1702057286: 'fuse',
  1936094318: 'ntfs3',
  4266872130: 'smb (cifs)',
  4283649346: 'smb (cifs)',
  26985: 'nfs',
  801189825: 'zfs',
  61791: 'ecryptfs',
  16914839: '9p',
  4076150800: 'f2fs',
};

/** Looks at the volume of the library. Writes only into a library that is there: into a folder of our own, gone a moment later. */
export async function examineLibrary(root: string): Promise<VolumeCheckup> {
  const there = await stat(root).catch(() => undefined);
  if (!there?.isDirectory()) return { ...NOTHING, is: there ? 'foreign' : 'none' };
  const isOurs = (await lookAt(`${root}/${MARKER_PATH}`).catch(() => undefined)) !== undefined;
  const names = await foreignNames(root).catch(() => []);
  const plain = await examineFolder(root);
  const traits = isOurs && plain.writable ? await tryOut(root).catch(() => undefined) : undefined;
  return { ...plain, is: isOurs ? 'ours' : names.length > 0 ? 'foreign' : 'empty', traits };
}

/** Files of the state whose sizes and permissions are worth knowing. */
const STATE_FILE =
  /^(catalog\.sqlite(-wal|-shm)?|session\.json|photos-sync\.log(\.\d)?|.*\.(lock|lease)|.*\.har|(crash|doctor)-[\w.-]*\.txt)$/;

export async function examineState(folder: string): ReturnType<Checkup['state']> {
  const plain = await examineFolder(folder);
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => STATE_FILE.test(name))
      .map(async (name) => {
        const { size, mode } = await stat(join(folder, name)).catch(() => ({ size: 0, mode: 0 }));
        return { name, bytes: size, mode: octal(mode) };
      }),
  );
  return {
    ...plain,
    is: plain.is === 'empty' && files.length > 0 ? 'ours' : plain.is,
    files: files.sort((a, b) => a.name.localeCompare(b.name)),
  };
}

const NOTHING: VolumeCheckup = {
  is: 'none',
  fileSystem: undefined,
  freeBytes: undefined,
  totalBytes: undefined,
  freeInodes: undefined,
  readable: false,
  writable: false,
  mode: undefined,
  ownerIsUs: undefined,
  traits: undefined,
};

async function examineFolder(folder: string): Promise<VolumeCheckup> {
  const there = await stat(folder).catch(() => undefined);
  if (!there) return NOTHING;
  const volume = await statfs(folder).catch(() => undefined);
  return {
    is: 'empty',
    fileSystem: volume && (FILE_SYSTEMS[volume.type] ?? `0x${volume.type.toString(16)}`),
    freeBytes: volume && volume.bavail * volume.bsize,
    totalBytes: volume && volume.blocks * volume.bsize,
    freeInodes: volume && volume.files > 0 ? volume.ffree : undefined,
    readable: await may(folder, constants.R_OK | constants.X_OK),
    writable: await may(folder, constants.W_OK | constants.X_OK),
    mode: octal(there.mode),
    ownerIsUs: process.getuid === undefined ? undefined : there.uid === process.getuid(),
    traits: undefined,
  };
}

async function tryOut(root: string): Promise<VolumeCheckup['traits']> {
  const traits = await probeVolume(root);
  const folder = await mkdtemp(`${root}/${OWN_FOLDER}/probe-`);
  try {
    await chmod(folder, 0o750).catch(() => {});
    const first = (await stat(folder)).mode & 0o777;
    await chmod(folder, 0o700).catch(() => {});
    return { ...traits, keepsModes: first === 0o750 && ((await stat(folder)).mode & 0o777) === 0o700 };
  } finally {
    await remove(folder).catch(() => {});
  }
}

/** Who holds the locks, as their leases say. */
export async function examineLocks(root: string, stateFolder: string): Promise<readonly LockCheckup[]> {
  const leases = [
    { lock: 'library' as const, file: `${root}/${OWN_FOLDER}/library.lease` },
    { lock: 'account' as const, file: join(stateFolder, 'account.lease') },
  ];
  const found = await Promise.all(leases.map(async ({ lock, file }) => ({ lock, lease: await readLease(file).catch(() => undefined) })));
  return found.flatMap(({ lock, lease }) =>
    lease
      ? [{ lock, command: lease.command, onThisMachine: lease.host === hostname(), startedAtMs: lease.startedAt, beatAtMs: lease.beatAt }]
      : [],
  );
}

async function may(folder: string, how: number): Promise<boolean> {
  return access(folder, how).then(
    () => true,
    () => false,
  );
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');
