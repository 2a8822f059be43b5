import { chmod, rmdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { Problem } from '../domain/problem.ts';
import type { Log } from '../ports/log.ts';
import type { ControlHandler } from '../ports/service.ts';
import { type ControlSession, serveCaller } from './control-session.ts';
import { alreadyServed, claimFolder, codeOf, isDenied, removeStaleSocket, unusable } from './control-socket.ts';

export interface ControlServerOptions {
  /** From `controlSocketPath`. Its folder is made, used and removed by this server alone. */
  readonly path: string;
  readonly handler: ControlHandler;
  readonly log: Log;
  /** A caller who has not said what it wants by then is dropped. */
  readonly requestWithinMs?: number;
  /** How long commands may take to end once they were told to. */
  readonly finishWithinMs?: number;
}

export interface ControlServer {
  /** No new callers; commands that run are told to stop; resolves when they have ended or their time is up. */
  close(): Promise<void>;
}

/** Service and predecessor may come and go while we start; each attempt has seen the socket change hands. */
const ATTEMPTS = 5;

/** Opens the control socket. Rejects with a Problem: `library-locked` when another service answers there. */
export async function openControl({
  path,
  handler,
  log,
  requestWithinMs = 10_000,
  finishWithinMs = 5_000,
}: ControlServerOptions): Promise<ControlServer> {
  const sessions = new Set<ControlSession>();
  const server = createServer((socket) => {
    const session = serveCaller(socket, { handler, log, requestWithinMs });
    sessions.add(session);
    void session.ended.then(() => sessions.delete(session));
  });
  await listen(server, path);
  server.on('error', (error) => log.warn('The control socket had a problem.', { reason: error.message }));
  try {
    await chmod(path, 0o600); // until here the folder alone kept others out
  } catch (error) {
    server.close();
    throw unusable(path, `cannot be closed to other users (${codeOf(error)})`, { cause: error });
  }
  log.debug('The control socket is open.', { path });

  const close = async (): Promise<void> => {
    server.close(); // removes the socket file at once
    for (const session of sessions) session.stop();
    await atMost(
      finishWithinMs,
      [...sessions].map(({ ended }) => ended),
    );
    for (const session of sessions) session.cut();
    await rmdir(dirname(path)).catch(() => undefined); // not if a successor is in it already
    log.debug('The control socket is closed.');
  };
  let closing: Promise<void> | undefined;
  return {
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await claimFolder(path);
      await listenOnce(server, path);
      return;
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (isDenied(error)) throw unusable(dirname(path), 'belongs to another user or cannot be written to', { cause: error });
      if (codeOf(error) === 'EADDRINUSE') await removeStaleSocket(path);
      // ENOENT: a predecessor that was just ending took the folder away.
      else if (codeOf(error) !== 'ENOENT') throw unusable(path, `was refused by the system (${codeOf(error)})`, { cause: error });
    }
  }
  throw alreadyServed(path);
}

function listenOnce(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen({ path }, () => {
      server.off('error', fail);
      done();
    });
  });
}

/** Waits for all of them, but no longer than that. */
async function atMost(ms: number, promises: readonly Promise<void>[]): Promise<void> {
  const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.all(promises), timeIsUp]);
  clearTimeout(timer);
}
