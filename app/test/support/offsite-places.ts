import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineTarget } from '../../src/adapters/offsite/engine-target.ts';
import type { OffsiteEngine } from '../../src/domain/offsite.ts';
import { type S3Server, type SshServer, startRestServer, startSshServer } from './offsite-servers.ts';

/** A way to a repository: engine and form of address. */
export interface Place {
  readonly name: string;
  readonly engine: OffsiteEngine;
  /** The other side lets this machine only add. */
  readonly appendOnly: boolean;
  /** A repository of this name that is not there yet. */
  at(name: string): Pick<EngineTarget, 'repository' | 'sshKey' | 'knownHosts'> & Partial<Pick<EngineTarget, 'env'>>;
  /** Where the repository's own files lie on this machine, if they do. */
  folder(name: string): string;
}

export interface Places {
  readonly ssh: SshServer;
  readonly all: readonly Place[];
  stop(): Promise<void>;
}

/** Every form that is promised, with real servers on the loopback interface; `s3` where one is wanted and runs. */
export async function openPlaces(s3?: S3Server): Promise<Places> {
  const root = mkdtempSync(join(tmpdir(), 'off-site-places-'));
  const ssh = await startSshServer(join(root, 'ssh'));
  const rest = await startRestServer(join(root, 'rest'), { appendOnly: true });
  const host = `${ssh.user}@127.0.0.1:${ssh.port}`;
  const login = { sshKey: ssh.key, knownHosts: ssh.knownHosts };
  const none = { sshKey: undefined, knownHosts: undefined };
  const place = (name: string, engine: OffsiteEngine, at: Place['at'], more: Partial<Place> = {}): Place => ({
    name,
    engine,
    at,
    appendOnly: false,
    folder: (repository) => join(root, name, repository),
    ...more,
  });
  return {
    ssh,
    all: [
      place('restic-folder', 'restic', (name) => ({ repository: join(root, 'restic-folder', name), ...none })),
      place('restic-sftp', 'restic', (name) => ({ repository: `sftp://${host}/${join(root, 'restic-sftp', name)}`, ...login })),
      place('restic-rest', 'restic', (name) => ({ repository: `${rest.url}${name}/`, ...none }), {
        appendOnly: true,
        folder: (name) => join(root, 'rest', name),
      }),
      place('restic-rclone', 'restic', (name) => ({
        repository: `rclone:near:${join(root, 'restic-rclone', name)}`,
        env: { RCLONE_CONFIG_NEAR_TYPE: 'local' },
        ...none,
      })),
      ...(s3 ? [place('restic-s3', 'restic', (name) => ({ repository: `${s3.url}${name}`, env: s3.env, ...none }))] : []),
      place('borg-folder', 'borg', (name) => ({ repository: join(root, 'borg-folder', name), ...none })),
      place('borg-ssh', 'borg', (name) => ({ repository: `ssh://${host}${join(root, 'borg-ssh', name)}`, ...login })),
      place('rclone-folder', 'rclone', (name) => ({ repository: join(root, 'rclone-folder', name), ...none })),
      place('rclone-sftp', 'rclone', (name) => ({ repository: `sftp://${host}${join(root, 'rclone-sftp', name)}`, ...login })),
    ],
    async stop() {
      await rest.stop();
      await ssh.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
