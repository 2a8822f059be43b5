import { createHash } from 'node:crypto';
import { Problem } from '../../domain/problem.ts';
import { type EngineTarget, type EngineTools, environment } from './engine-target.ts';
import { locationOf } from './location.ts';
import { acceptHost } from './ssh-files.ts';

export interface HostKey {
  /** A line for known_hosts. */
  readonly line: string;
  readonly type: string;
  /** As ssh prints it: SHA256:… */
  readonly fingerprint: string;
}

/**
 * The keys that a server shows now. Whoever sits between could show others: that is why a person compares. Throws
 * `offsite-unreachable`. Empty where the repository is not reached by ssh.
 */
export async function offeredHostKeys(target: EngineTarget, tools: EngineTools, signal: AbortSignal): Promise<readonly HostKey[]> {
  const location = locationOf(target.repository);
  if (location.kind !== 'ssh') return [];
  const lines: string[] = [];
  await tools.runChild(
    {
      program: 'ssh-keyscan',
      args: ['-T', String(tools.connectTimeoutS), '-p', String(location.port), '--', location.host],
      env: environment(target, tools, {}),
      onOut: (line) => lines.push(line),
    },
    signal,
  );
  const keys = lines.flatMap(readHostKey);
  if (keys.length === 0) throw new Problem('offsite-unreachable', `${location.host} port ${location.port} shows no ssh key.`);
  return keys;
}

/**
 * Trusts the key with this fingerprint from now on. `all`: and the other kinds that the same server shows at the same moment.
 * Throws `offsite-host-key` when the server shows none like it.
 */
export async function pinHostKey(
  target: EngineTarget,
  tools: EngineTools,
  fingerprint: string,
  all: boolean,
  signal: AbortSignal,
): Promise<HostKey> {
  const keys = await offeredHostKeys(target, tools, signal);
  const chosen = keys.find((key) => key.fingerprint === fingerprint.trim());
  if (chosen === undefined)
    throw new Problem(
      'offsite-host-key',
      `The server does not show a key with the fingerprint ${fingerprint}. It shows ${describeKeys(keys)}.`,
    );
  await acceptHost(target.stateDir, (all ? keys : [chosen]).map(({ line }) => line).join('\n'));
  return chosen;
}

export function describeKeys(keys: readonly HostKey[]): string {
  return keys.map(({ type, fingerprint }) => `${fingerprint} (${type})`).join(', ');
}

function readHostKey(line: string): HostKey[] {
  const [, , type, base64] = /^(\S+) (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  if (type === undefined || base64 === undefined) return [];
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64').replace(/=+$/, '');
  return [{ line, type, fingerprint: `SHA256:${digest}` }];
}
