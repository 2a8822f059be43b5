import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Content } from '../library/content.ts';
import { readContent } from '../library/content.ts';
import type { Answer, FileBody } from './answer.ts';
import type { FaultEffect } from './faults.ts';

/** Above this a body is written in pieces, so that a film of a gigabyte is never in memory. */
const WHOLE_BODY_LIMIT = 262_144;
const PIECE = 65_536;
const HTML_PAGE = '<!DOCTYPE html><html><head><title>iCloud</title></head><body><h1>Something went wrong</h1></body></html>';

function bytesOf(answer: Answer): Buffer {
  if (answer.body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body), 'utf8');
}

const effectWith = <K extends string>(
  effect: FaultEffect | undefined,
  key: K,
): effect is Extract<FaultEffect, { readonly [P in K]: unknown }> => typeof effect === 'object' && key in effect;

/** How many bytes of the body leave before the connection dies; undefined = all. */
function cutOf(effect: FaultEffect | undefined): number | undefined {
  if (effectWith(effect, 'resetAfterBytes')) return effect.resetAfterBytes;
  return effectWith(effect, 'truncateTo') ? effect.truncateTo : undefined;
}

/** Same size, one byte in the middle flipped. */
function corrupted(content: Content): Content {
  const victim = Math.floor(content.size / 2);
  return {
    ...content,
    slice(start, end) {
      const bytes = content.slice(start, end);
      if (victim < start || victim >= start + bytes.length) return bytes;
      const copy = Buffer.from(bytes);
      copy[victim - start] = (copy[victim - start] ?? 0) ^ 0xff;
      return copy;
    },
  };
}

const contentOf = (bytes: Buffer): Content => ({
  size: bytes.length,
  slice: (start, end) => bytes.subarray(start, end),
  checksum: () => '',
});

/** Puts an answer on the wire, with the damage a fault rule asks for. */
export function sendAnswer(response: ServerResponse, answer: Answer, effect: FaultEffect | undefined): void {
  const rewritten = effectWith(effect, 'rewrite') ? { ...answer, body: effect.rewrite(answer.body) as string | object } : answer;
  const final: Answer =
    effect === 'html' ? { status: 200, headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body: HTML_PAGE } : rewritten;
  let file = final.file;
  if (file === undefined) {
    const bytes = bytesOf(final);
    file = { content: contentOf(bytes), start: 0, end: bytes.length };
  }
  if (effect === 'corrupt') file = { ...file, content: corrupted(file.content) };
  const noBody = final.status === 204 || final.status === 304;
  const type = typeof final.body === 'object' ? { 'Content-Type': 'application/json;charset=UTF-8' } : {};
  response.writeHead(final.status, { ...type, ...final.headers, ...(noBody ? {} : { 'Content-Length': String(file.end - file.start) }) });
  if (noBody) {
    response.end();
    return;
  }
  const cut = cutOf(effect);
  if (cut === undefined) sendBody(response, file, () => response.end());
  else
    sendBody(response, { ...file, end: Math.min(file.end, file.start + cut) }, () =>
      breakOff(response, effectWith(effect, 'resetAfterBytes')),
    );
}

/** RST where the socket can do it; a TLS socket can only close. */
export function resetConnection(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Ends the connection although Content-Length promised more: by RST, or by an ordinary FIN. */
function breakOff(response: ServerResponse, reset: boolean): void {
  const { socket } = response;
  if (socket === null) return;
  response.flushHeaders();
  // A callback of an empty write tells that everything before it left the process; a reset would throw it away otherwise.
  socket.write('', () => (reset ? setImmediate(() => resetConnection(socket)) : socket.end()));
}

function sendBody(response: ServerResponse, { content, start, end }: FileBody, done: () => void): void {
  if (end - start <= WHOLE_BODY_LIMIT) {
    if (end > start) response.write(readContent(content, start, end));
    else response.flushHeaders();
    done();
    return;
  }
  let at = start;
  const pump = (): void => {
    while (at < end) {
      if (response.destroyed) return;
      const piece = content.slice(at, Math.min(end, at + PIECE));
      at += piece.length;
      if (!response.write(piece)) {
        response.once('drain', pump);
        return;
      }
    }
    done();
  };
  pump();
}
