import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './cli.ts';

/** A real sshd on the loopback interface that lets one key in. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** Text of the private key that it lets in. */
  readonly key: string;
  /** Line for known_hosts. */
  readonly knownHosts: string;
  readonly fingerprint: string;
  stop(): Promise<void>;
}

/** `command`: what every login runs instead of what it asks for, as in authorized_keys. */
export async function startSshServer(folder: string, options: { command?: string } = {}): Promise<SshServer> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync('/run/sshd', { recursive: true });
  const at = (name: string) => join(folder, name);
  for (const name of ['host', 'client']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  const restriction = options.command === undefined ? '' : `command="${options.command}",restrict `;
  writeFileSync(at('authorized'), `${restriction}${readFileSync(at('client.pub'), 'utf8')}`, { mode: 0o600 });
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('authorized')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(at('config'), `${config.join('\n')}\n`);
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('config')], { stdio: 'ignore' });
  await listening(port);
  const hostKey = readFileSync(at('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  return {
    port,
    user: userInfo().username,
    key: readFileSync(at('client'), 'utf8'),
    knownHosts: `[127.0.0.1]:${port} ${hostKey}`,
    fingerprint: execFileSync('ssh-keygen', ['-lf', at('host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? '',
    stop: () => ended(server),
  };
}

/** rest-server as Debian ships it, with a login. */
export async function startRestServer(
  folder: string,
  options: { appendOnly: boolean },
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const args = ['--path', folder, '--listen', `127.0.0.1:${port}`, '--no-auth', ...(options.appendOnly ? ['--append-only'] : [])];
  const server = spawn('restic-rest-server', args, { stdio: 'ignore' });
  await listening(port);
  return { url: `rest:http://127.0.0.1:${port}/`, stop: () => ended(server) };
}

/** Takes connections and never says a word. */
export async function startSilentServer(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(socket.destroy() !== undefined));
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    if (tries > 200) throw new Error(`Nothing listens on port ${port}.`);
    await new Promise((next) => setTimeout(next, 25));
  }
}
