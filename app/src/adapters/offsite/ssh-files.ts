import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineTarget } from './engine-target.ts';

/** Files that make ssh use our key, trust our hosts only, and never ask. */
export interface SshFiles {
  readonly config: string;
  readonly key: string | undefined;
  /** Hosts that the owner named or accepted. */
  readonly knownHosts: string;
}

export const PINNED = 'known_hosts.accepted';

/** Written anew for every use: the folder may be lost, settings may have changed. */
export async function writeSshFiles(target: EngineTarget, connectTimeoutS: number): Promise<SshFiles> {
  await mkdir(target.stateDir, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(target.stateDir, name);
  const key = target.sshKey === undefined ? undefined : at('ssh_key');
  if (key !== undefined) await writePrivate(key, `${(target.sshKey ?? '').trimEnd()}\n`);
  const accepted = await readFile(at(PINNED), 'utf8').catch(() => '');
  await writePrivate(at('known_hosts'), `${(target.knownHosts ?? '').trimEnd()}\n${accepted}`);
  await writePrivate(at('ssh_config'), configText({ key, knownHosts: at('known_hosts'), connectTimeoutS }));
  return { config: at('ssh_config'), key, knownHosts: at('known_hosts') };
}

function configText({
  key,
  knownHosts,
  connectTimeoutS,
}: {
  key: string | undefined;
  knownHosts: string;
  connectTimeoutS: number;
}): string {
  const lines = [
    'Host *',
    ...(key === undefined ? [] : [`IdentityFile "${key}"`, 'IdentitiesOnly yes']),
    `UserKnownHostsFile "${knownHosts}"`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'BatchMode yes',
    `ConnectTimeout ${connectTimeoutS}`,
    'ServerAliveInterval 30',
    'ServerAliveCountMax 4',
    'ControlMaster no',
    'ForwardAgent no',
  ];
  return `${lines.join('\n  ')}\n`;
}

/** Hosts that the owner accepted with a fingerprint, on top of those in the settings. */
export async function acceptHost(stateDir: string, lines: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writePrivate(join(stateDir, PINNED), `${lines.trimEnd()}\n`);
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600).catch(() => undefined);
}
