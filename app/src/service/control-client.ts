import { connect, type Socket } from 'node:net';
import type { Progress } from '../domain/service-state.ts';
import type { ControlRequest } from '../ports/service.ts';
import { EXIT, encodeRequest, LineBuffer, MOST_ANSWER_BYTES, parseAnswer, VERSIONS_DIFFER } from './control-protocol.ts';
import { codeOf, isDenied, ownUid, standingOf } from './control-socket.ts';

export interface ControlCall {
  /** From `controlSocketPath`. */
  readonly path: string;
  readonly request: ControlRequest;
  readonly onOut: (text: string) => void;
  readonly onErr: (text: string) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Hangs up, which cancels what this call has started. */
  readonly signal: AbortSignal;
  /** Owner of the state folder: besides root and ourselves the one user whose service is believed. */
  readonly trustedUid?: number | undefined;
}

export type CallResult =
  | { readonly is: 'answered'; readonly exitCode: number }
  /** Nobody serves this library here: the command has to do its work itself, under the lock. */
  | { readonly is: 'no-service' };

const answered = (exitCode: number): CallResult => ({ is: 'answered', exitCode });

/** Has the running service carry a command out. Does not reject but for what the callbacks throw. */
export async function callControl(call: ControlCall): Promise<CallResult> {
  const { path, onErr, signal, trustedUid } = call;
  const standing = await standingOf(path, trustedUid);
  if (signal.aborted) return answered(EXIT.interrupted);
  if (standing.is === 'absent') return { is: 'no-service' };
  if (standing.is === 'foreign') {
    onErr(`Passed over ${path}: it was made by another user (uid ${standing.uid}), or others can write to its folder.\n`);
    return { is: 'no-service' };
  }
  if (standing.is === 'closed') {
    onErr(notLetIn(standing.uid));
    return answered(EXIT.failed);
  }
  const socket = connect(path);
  const hangUp = (): void => void socket.destroy();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const refusal = await connected(socket);
    if (signal.aborted) return answered(EXIT.interrupted);
    if (refusal === undefined) return answered(await converse(socket, call));
    if (['ENOENT', 'ECONNREFUSED'].includes(codeOf(refusal) ?? '')) return { is: 'no-service' };
    onErr(isDenied(refusal) ? notLetIn(undefined) : `The service does not answer (${codeOf(refusal)}). Try again.\n`);
    return answered(EXIT.failed);
  } finally {
    signal.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

function notLetIn(uid: number | undefined): string {
  const owner = uid === undefined ? '' : ` (uid ${uid})`;
  return `The service belongs to another user${owner}; this command runs as uid ${ownUid()}. Run it as the user of the service.\n`;
}

/** Undefined when it is; otherwise why not. */
function connected(socket: Socket): Promise<unknown> {
  return new Promise((done) => {
    socket.once('connect', () => done(undefined));
    socket.on('error', done); // stays, so that later errors end the reading and nothing else
    socket.once('close', () => done(new Error('closed')));
  });
}

/** Sends the request and hands on what comes back, until the exit code. */
async function converse(socket: Socket, { request, onOut, onErr, onProgress, signal }: ControlCall): Promise<number> {
  const lines = new LineBuffer(MOST_ANSWER_BYTES);
  socket.write(encodeRequest(request));
  for await (const chunk of chunksOf(socket)) {
    for (const line of lines.push(chunk)) {
      if (signal.aborted) return EXIT.interrupted;
      const answer = parseAnswer(line);
      if (answer?.t === 'exit') return answer.code;
      if (answer?.t === 'out') onOut(answer.text);
      else if (answer?.t === 'err') onErr(answer.text);
      else if (answer?.t === 'progress') onProgress(answer.progress);
      else return versionsDiffer(onErr);
    }
    if (lines.overflown) return versionsDiffer(onErr);
  }
  if (signal.aborted) return EXIT.interrupted;
  onErr('The service went away before this command had ended. Its log tells why; run the command again when it is back.\n');
  return EXIT.failed;
}

function versionsDiffer(onErr: (text: string) => void): number {
  onErr(VERSIONS_DIFFER);
  return EXIT.usage;
}

/** A connection that breaks reads like one that ends. */
async function* chunksOf(socket: Socket): AsyncGenerator<Buffer, void> {
  try {
    yield* socket;
  } catch {
    // Nothing more will come; the last line decides what that means.
  }
}
