import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
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
  const config = (port: number) => [
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
  const { port, server } = await onFreePort((one) => {
    writeFileSync(at('config'), `${config(one).join('\n')}\n`);
    return started('/usr/sbin/sshd', ['-D', '-e', '-f', at('config')], /Server listening on 127\.0\.0\.1 port (\d+)/);
  });
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
  const args = ['--path', folder, '--listen', '127.0.0.1:0', '--no-auth', ...(options.appendOnly ? ['--append-only'] : [])];
  const { port, server } = await started('restic-rest-server', args, /start server on 127\.0\.0\.1:(\d+)/);
  return { url: `rest:http://127.0.0.1:${port}/`, stop: () => ended(server) };
}

/** An S3 service (moto, as Debian ships it) with a bucket that keeps every version for a month, whatever its key asks for. */
export interface S3Server {
  /** The bucket in restic's words, with a slash at its end. */
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** As somebody asks it who has the key: `path` within the bucket. */
  ask(method: string, path: string): Promise<{ readonly status: number; readonly text: string }>;
  stop(): Promise<void>;
}

const LOCKED_FOR_A_MONTH = `<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled>
<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

export async function startS3Server(): Promise<S3Server> {
  const { port, server } = await started('moto_server', ['-H', '127.0.0.1', '-p', '0'], /Running on http:\/\/127\.0\.0\.1:(\d+)/);
  const bucket = `http://127.0.0.1:${port}/photos`;
  // It looks at the form of a signature only.
  const authorization = 'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const send = async (method: string, path: string, more: RequestInit = {}) => {
    const answer = await fetch(`${bucket}${path}`, { method, ...more, headers: { authorization, ...more.headers } });
    return { status: answer.status, text: await answer.text() };
  };
  const made = [
    await send('PUT', '', { headers: { 'x-amz-bucket-object-lock-enabled': 'true' } }),
    await send('PUT', '?object-lock', { body: LOCKED_FOR_A_MONTH }),
  ];
  if (made.some(({ status }) => status !== 200)) throw new Error(`The bucket could not be made: ${made.map(({ text }) => text).join(' ')}`);
  return {
    url: `s3:${bucket}/`,
    env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_DEFAULT_REGION: 'us-east-1' },
    ask: (method, path) => send(method, path),
    stop: () => ended(server),
  };
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

interface Started {
  readonly port: number;
  readonly server: ChildProcess;
}

/** Starts a server; it says itself when and where it listens. Throws with what it said when it ends instead. */
function started(program: string, args: readonly string[], saysPort: RegExp): Promise<Started> {
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  return new Promise((resolve, reject) => {
    const look = (text: string) => {
      said += text;
      const [, port] = saysPort.exec(said) ?? [];
      if (port !== undefined) resolve({ port: Number(port), server });
    };
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', look);
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`${program} ended: ${said}`)));
  });
}

/** For servers that cannot choose a port: somebody else may take the one that was free a moment ago. */
async function onFreePort(start: (port: number) => Promise<Started>): Promise<Started> {
  for (let tries = 0; ; tries++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (tries > 10 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}
