import type { Request, RequestHandler } from 'express';
import { refuse } from './refusal.ts';

/** The largest body that anything here needs is a form with a code; some clients send a few bytes where none are needed. */
const MOST_BYTES = 1024;
/** But for the address and keys of a browser's push service, which may be long. */
const MOST_PUSH_BYTES = 4096;
/** And of commands, which name files. */
const MOST_COMMAND_BYTES = 64 * 1024;

/** Reads a small body, refuses any other before a handler starts. */
export const smallBodiesOnly: RequestHandler = (request, response, next) => {
  const tooLarge = (): void => {
    // The rest of the body is not read, so the connection ends with this answer.
    response.set('Connection', 'close');
    refuse(request, response, 413, 'The request is too large.');
  };
  const most = mostBytesOf(request.path);
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    next();
    return;
  }
  if (Number(declared ?? 0) > most) {
    tooLarge();
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onEnd = (): void => {
    request.body = Buffer.concat(chunks).toString('utf8');
    next();
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= most) return;
    request.off('data', onData).off('end', onEnd).pause();
    tooLarge();
  };
  request.on('data', onData).once('end', onEnd);
};

function mostBytesOf(path: string): number {
  if (/\/api\/(push\/)?subscribe$/.test(path)) return MOST_PUSH_BYTES;
  return /\/(api\/command|act)$/.test(path) ? MOST_COMMAND_BYTES : MOST_BYTES;
}

/** The fields of a form; none when the body is something else. */
export function formOf(request: Request): URLSearchParams {
  const body: unknown = request.body;
  return new URLSearchParams(typeof body === 'string' && request.is('application/x-www-form-urlencoded') ? body : '');
}
