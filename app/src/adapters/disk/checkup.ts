import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Checkup, LockCheckup, VolumeCheckup } from '../../ports/checkup.ts';
import { foreignNames } from './foreign.ts';
import { readLease } from './lease.ts';
import { lookAt } from './look-at.ts';
import { MARKER_PATH, OWN_FOLDER } from './marker.ts';
import { FILE_SYSTEMS, probeVolume } from './probe-volume.ts';

/** Kinds that need nothing special, by the number of `statfs`; others are shown by that number. */
const PLAIN_SYSTEMS: Readonly<Record<number, string>> = {
  16914836: 'tmpfs',
  2035054128: 'overlay',
  16914839: '9p',
  4076150800: 'f2fs',
  801189825: 'zfs',
};

/** Looks at the volume of the library. Writes only into a library that is there: into a folder of our own, gone a moment later. */
export async function examineLibrary(root: string, { tryOut }: { readonly tryOut: boolean }): Promise<VolumeCheckup> {
  const there = await stat(root).catch(() => undefined);
  if (!there?.isDirectory()) return { ...NOTHING, is: there ? 'foreign' : 'none' };
  const isOurs = (await lookAt(`${root}/${MARKER_PATH}`).catch(() => undefined)) !== undefined;
  const names = await foreignNames(root).catch(() => []);
  const plain = await examineFolder(root);
  const traits = tryOut && isOurs && plain.writable ? await probeVolume(root).catch(() => undefined) : undefined;
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
    fileSystem: volume && nameOf(volume.type >>> 0),
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

const nameOf = (type: number): string => FILE_SYSTEMS[type] ?? PLAIN_SYSTEMS[type] ?? `0x${type.toString(16)}`;

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');
