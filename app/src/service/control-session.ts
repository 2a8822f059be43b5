import type { Socket } from 'node:net';
import { asProblem, Problem, type Remedy } from '../domain/problem.ts';
import type { Progress } from '../domain/service-state.ts';
import type { Log } from '../ports/log.ts';
import type { ControlChannel, ControlHandler, ControlRequest } from '../ports/service.ts';
import {
  type Answer,
  EXIT,
  encodeAnswer,
  LineBuffer,
  MOST_ANSWER_BYTES,
  MOST_REQUEST_BYTES,
  parseRequest,
  VERSIONS_DIFFER,
} from './control-protocol.ts';

/** One caller, from its connection to its last line. */
export interface ControlSession {
  /** Resolves when the caller has gone and its command, if it started one, has ended. */
  readonly ended: Promise<void>;
  /** Tells the command to stop; a caller who has not asked for anything yet is dropped. */
  stop(): void;
  /** Does not wait for the command any longer. */
  cut(): void;
}

export interface SessionOptions {
  readonly handler: ControlHandler;
  readonly log: Log;
  readonly requestWithinMs: number;
}

const EXIT_CODES: Record<Remedy, number> = { retry: 1, fix: 1, 'skip-item': 4, person: 5, usage: EXIT.usage };

/** Reads one request, carries it out, answers. Never throws. */
export function serveCaller(socket: Socket, { handler, log, requestWithinMs }: SessionOptions): ControlSession {
  const stop = new AbortController();
  const outlet = new Outlet(socket, log);
  const lines = new LineBuffer(MOST_REQUEST_BYTES);
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  let running: Promise<void> | undefined;
  let answered = false;

  const patience = setTimeout(() => socket.destroy(), requestWithinMs);
  const finish = (code: number): void => {
    answered = true;
    outlet.end(code);
  };
  const refuse = (text: string): void => {
    // What else it sends is read and forgotten: closing on unread bytes would cost the caller this answer.
    outlet.send({ t: 'err', text });
    finish(EXIT.usage);
  };
  const start = async (request: ControlRequest): Promise<void> => {
    clearTimeout(patience);
    log.debug('A command came in.', { command: request.command });
    const channel: ControlChannel = {
      out: (text) => outlet.send({ t: 'out', text }),
      err: (text) => outlet.send({ t: 'err', text }),
      progress: (progress) => outlet.progress(progress),
      signal: stop.signal,
    };
    finish(await carryOut(handler, request, channel, log));
  };
  const onGone = (): void => {
    clearTimeout(patience);
    if (running && !answered) stop.abort(new Problem('interrupted', 'The command was stopped.'));
  };

  socket.on('data', (chunk: Buffer) => {
    if (running || answered) return;
    const [line] = lines.push(chunk);
    if (line !== undefined) {
      const request = parseRequest(line);
      if (request) running = Promise.resolve(request).then(start);
      else refuse(VERSIONS_DIFFER);
    } else if (lines.overflown) refuse(`The request is larger than ${MOST_REQUEST_BYTES / 1024} KiB.\n`);
  });
  socket.on('end', onGone); // may come long before 'close' while lines wait for it
  socket.on('close', onGone);
  socket.on('error', () => undefined); // 'close' follows

  return {
    ended: closed.then(() => running),
    stop() {
      if (!running) socket.destroy();
      else if (!answered) stop.abort(new Problem('interrupted', 'The service is being stopped.'));
    },
    cut() {
      if (!answered) {
        outlet.send({ t: 'err', text: 'The service stopped before this command had ended.\n' });
        finish(EXIT.interrupted);
      }
      socket.destroy();
    },
  };
}

/** Runs the command; whatever it throws becomes lines for the caller and an exit code. Arguments are not logged: they may hold a code. */
async function carryOut(handler: ControlHandler, request: ControlRequest, channel: ControlChannel, log: Log): Promise<number> {
  try {
    return await handler(request, channel);
  } catch (error) {
    const wasStopped = channel.signal.aborted && error instanceof Error && error.name === 'AbortError';
    const problem = asProblem(wasStopped ? channel.signal.reason : error);
    if (problem.code === 'internal') log.error('A command failed.', { command: request.command, reason: problem.message });
    channel.err(`${problem.message}\n`);
    channel.err(`${problem.advice}\n`);
    return problem.code === 'interrupted' ? EXIT.interrupted : EXIT_CODES[problem.remedy];
  }
}

/** Writes answers. A slow reader gets every line, but only the latest progress. */
class Outlet {
  private readonly socket: Socket;
  private readonly log: Log;
  private held: Progress | undefined;
  private ended = false;

  constructor(socket: Socket, log: Log) {
    this.socket = socket;
    this.log = log;
    socket.on('drain', () => this.release());
  }

  send(answer: Answer): void {
    if (this.ended || !this.socket.writable) return;
    const line = encodeAnswer(answer);
    if (this.socket.writableLength + Buffer.byteLength(line) <= MOST_ANSWER_BYTES) {
      this.socket.write(line);
      return;
    }
    this.log.warn('A caller on the control socket did not read its answers and was dropped.');
    this.socket.destroy();
  }

  progress(progress: Progress): void {
    this.held = progress;
    if (!this.socket.writableNeedDrain) this.release();
  }

  end(code: number): void {
    this.release();
    this.send({ t: 'exit', code });
    this.ended = true;
    this.socket.end();
  }

  private release(): void {
    if (this.held) this.send({ t: 'progress', progress: this.held });
    this.held = undefined;
  }
}
