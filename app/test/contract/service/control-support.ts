import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { NO_COUNTS } from '../../../src/domain/run-report.ts';
import type { Progress } from '../../../src/domain/service-state.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { ControlHandler } from '../../../src/ports/service.ts';
import { type ControlCall, callControl } from '../../../src/service/control-client.ts';
import { type ControlServerOptions, openControl } from '../../../src/service/control-server.ts';
import { controlSocketPath } from '../../../src/service/control-socket.ts';

export const IS_ROOT = process.getuid?.() === 0;
/** A user who is neither us nor root. */
export const OTHER_UID = 4242;

/** A runtime folder that everybody may write to, like /tmp. */
export function freshRuntimeDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  chmodSync(folder, 0o1777);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function freshPath(): string {
  return controlSocketPath({ libraryRoot: '/photos', configDir: '/config', runtimeDir: freshRuntimeDir() });
}

export function progressOf(downloaded: number): Progress {
  return {
    counts: { ...NO_COUNTS, downloaded },
    expectedItems: undefined,
    missingFiles: 3,
    missingBytes: 4000,
    bytesPerSecond: 12.5,
    remainingMs: 1000,
  };
}

/** A server that is closed when the test ends, and the lines of its log. */
export async function serve(handler: ControlHandler, options: Partial<ControlServerOptions> = {}) {
  const path = options.path ?? freshPath();
  const lines: string[] = [];
  const line =
    (level: string): Log['info'] =>
    (message, fields) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const server = await openControl({ path, handler, log, ...options });
  onTestFinished(() => server.close());
  return { path, server, lines };
}

/** One call; everything that came back. */
export async function call(path: string, options: Partial<ControlCall> & { command?: string; args?: Record<string, unknown> } = {}) {
  const said = { out: '', err: '', progress: [] as Progress[] };
  const result = await callControl({
    path,
    request: { command: options.command ?? 'status', args: options.args ?? {} },
    onOut(text) {
      said.out += text;
    },
    onErr(text) {
      said.err += text;
    },
    onProgress: (progress) => void said.progress.push(progress),
    signal: new AbortController().signal,
    ...options,
  });
  return { result, exitCode: result.is === 'answered' ? result.exitCode : undefined, ...said };
}

/** A caller that speaks for itself: for everything that the real one never does. */
export async function dial(path: string): Promise<Socket> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All that the service says until it hangs up, parsed. */
export async function listenTo(socket: Socket): Promise<Record<string, unknown>[]> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume(); // it may have been paused to be slow
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export const requestLine = (command = 'status', args: Record<string, unknown> = {}) => `${JSON.stringify({ v: 1, command, args })}\n`;

const PROCESS = fileURLToPath(new URL('./control-process.ts', import.meta.url));

/** A second process, as the given user: serves or calls. See control-process.ts. */
export function another(role: 'serve' | 'call' | 'listen', path: string, uid = process.getuid?.() ?? 0, trustedUid?: number) {
  const child = spawn(process.execPath, [PROCESS, role, path, String(uid), String(trustedUid ?? '')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, nextLine: async (): Promise<string | undefined> => (await lines.next()).value };
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

export const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done(), { once: true })));
