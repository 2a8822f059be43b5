import type { SnapshotSource } from '../../ports/backup-repository.ts';
import type { EngineTarget } from './engine-target.ts';
import { locationOf } from './location.ts';
import type { SshFiles } from './ssh-files.ts';

/** Remotes that exist only in the environment of one call. */
export const CRYPT = 'photoscrypt:';
const BASE = 'photosbase';

/** Where the encrypted files lie, as rclone names it. */
export function baseOf(target: Pick<EngineTarget, 'repository'>): string {
  const location = locationOf(target.repository);
  return location.kind === 'ssh' ? `${BASE}:${location.path}` : target.repository;
}

/** Without `shell_type=none` every file costs a login; without `known_hosts_file` rclone trusts every host. */
export function remotes(target: EngineTarget, obscured: string, ssh: SshFiles | undefined): Record<string, string> {
  const location = locationOf(target.repository);
  const set = (name: string, settings: Readonly<Record<string, string | undefined>>) =>
    Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[`RCLONE_CONFIG_${name}_${key}`, value]])),
    );
  return {
    RCLONE_CONFIG: '/dev/null',
    ...set('PHOTOSCRYPT', { TYPE: 'crypt', REMOTE: baseOf(target), PASSWORD: obscured }),
    ...(location.kind === 'ssh' && ssh !== undefined
      ? set('PHOTOSBASE', {
          TYPE: 'sftp',
          HOST: location.host,
          PORT: String(location.port),
          USER: location.user,
          KEY_FILE: ssh.key,
          KNOWN_HOSTS_FILE: ssh.knownHosts,
          SHELL_TYPE: 'none',
          DISABLE_HASHCHECK: 'true',
        })
      : {}),
  };
}

/** rclone reads patterns; ours are names. */
const literal = (path: string): string => path.replace(/[\\*?[\]{}]/g, '\\$&');

const COMMON = [
  '--use-json-log',
  '--stats',
  '1s',
  '--stats-log-level',
  'NOTICE',
  '--links',
  '--transfers',
  '4',
  '--retries',
  '1',
  '--low-level-retries',
  '3',
];

export const transferArgs = (connectTimeoutS: number): string[] => [...COMMON, '--contimeout', `${connectTimeoutS}s`, '--timeout', '5m'];

export function syncArgs(
  source: SnapshotSource,
  stamp: string,
  target: Pick<EngineTarget, 'uploadKib'>,
  connectTimeoutS: number,
): string[] {
  const filter = (sign: '+' | '-', path: string) => ['--filter', `${sign} /${literal(path)}/**`, '--filter', `${sign} /${literal(path)}`];
  return [
    'sync',
    source.root,
    `${CRYPT}current`,
    '-v',
    ...transferArgs(connectTimeoutS),
    ...['--backup-dir', `${CRYPT}versions/${stamp}`],
    ...(target.uploadKib === undefined ? [] : ['--bwlimit', `${target.uploadKib}k`]),
    ...source.exclude.flatMap((path) => filter('-', path)),
    ...source.only.entries.flatMap((entry) => filter('+', `${source.only.folder}/${entry}`)),
    ...['--filter', `- /${literal(source.only.folder)}/**`],
    ...(source.include === undefined ? [] : [...source.include.flatMap((path) => filter('+', path)), '--filter', '- **']),
  ];
}
