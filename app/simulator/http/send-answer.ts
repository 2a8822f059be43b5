import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Content } from '../library/content.ts';
import type { Answer, FileBody } from './answer.ts';
import type { FaultEffect } from './faults.ts';
import type { Pacer } from './line.ts';

/** Above this a body is written in pieces, so that a film of a gigabyte is never in memory. */
const WHOLE_BODY_LIMIT = 262_144;
const PIECE = 65_536;
/** Pieces of a paced body: small enough that a slow line is even. */
const PACED_PIECE = 8192;
const HTML_PAGE = '<!DOCTYPE html><html><head><title>iCloud</title></head><body><h1>Something went wrong</h1></body></html>';

function bytesOf(answer: Answer): Buffer {
  if (answer.body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body), 'utf8');
}

const effectWith = <K extends string>(
  effect: FaultEffect | undefined,
  key: K,
): effect is Extract<FaultEffect, { readonly [P in K]: unknown }> => typeof effect === 'object' && key in effect;

type Ending = 'reset' | 'close' | 'silence';

/** How many bytes of the body leave, and what happens then; undefined = all, in good order. */
function cutOf(effect: FaultEffect | undefined): { readonly bytes: number; readonly ending: Ending } | undefined {
  if (effectWith(effect, 'resetAfterBytes')) return { bytes: effect.resetAfterBytes, ending: 'reset' };
  if (effectWith(effect, 'truncateTo')) return { bytes: effect.truncateTo, ending: 'close' };
  return effectWith(effect, 'hangAfterBytes') ? { bytes: effect.hangAfterBytes, ending: 'silence' } : undefined;
}

/** Same size, one byte in the middle flipped. */
function corrupted(content: Content): Content {
  const victim = Math.floor(content.size / 2);
  return {
    size: content.size,
    checksum: () => content.checksum(),
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

/** The body as it leaves, damaged where the rule asks for it. */
function bodyOf(answer: Answer, effect: FaultEffect | undefined): FileBody {
  let file = answer.file;
  if (file === undefined) {
    const bytes = bytesOf(answer);
    file = { content: contentOf(bytes), start: 0, end: bytes.length };
  }
  if (effect === 'corrupt') return { ...file, content: corrupted(file.content) };
  return effectWith(effect, 'shortenTo') ? { ...file, end: Math.min(file.end, file.start + effect.shortenTo) } : file;
}

/** Puts an answer on the wire, with the damage a fault rule asks for. */
export function sendAnswer(response: ServerResponse, answer: Answer, effect: FaultEffect | undefined, pacer: Pacer): void {
  const rewritten = effectWith(effect, 'rewrite') ? { ...answer, body: effect.rewrite(answer.body) as string | object } : answer;
  const final: Answer =
    effect === 'html' ? { status: 200, headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body: HTML_PAGE } : rewritten;
  const file = bodyOf(final, effect);
  const noBody = final.status === 204 || final.status === 304;
  const type = typeof final.body === 'object' ? { 'Content-Type': 'application/json;charset=UTF-8' } : {};
  response.writeHead(final.status, { ...type, ...final.headers, ...(noBody ? {} : { 'Content-Length': String(file.end - file.start) }) });
  if (noBody) {
    response.end();
    return;
  }
  const send = final.file !== undefined && pacer.isLimited ? pacedSender(pacer) : sendBody;
  const cut = cutOf(effect);
  if (cut === undefined) send(response, file, () => response.end());
  else send(response, { ...file, end: Math.min(file.end, file.start + cut.bytes) }, () => breakOff(response, cut.ending));
}

/** RST where the socket can do it; a TLS socket can only close. */
export function resetConnection(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Stops although Content-Length promised more: by RST, by an ordinary FIN, or without a sign. */
function breakOff(response: ServerResponse, ending: Ending): void {
  const { socket } = response;
  if (socket === null) return;
  response.flushHeaders();
  if (ending === 'silence') return;
  // A callback of an empty write tells that everything before it left the process; a reset would throw it away otherwise.
  socket.write('', () => (ending === 'reset' ? setImmediate(() => resetConnection(socket)) : socket.end()));
}

function sendBody(response: ServerResponse, { content, start, end }: FileBody, done: () => void): void {
  if (start === end) response.flushHeaders();
  const whole = end - start <= WHOLE_BODY_LIMIT;
  let at = start;
  const pump = (): void => {
    while (at < end) {
      if (response.destroyed) return;
      const piece = content.slice(at, Math.min(end, at + PIECE));
      at += piece.length;
      if (!response.write(piece) && !whole) {
        response.once('drain', pump);
        return;
      }
    }
    done();
  };
  pump();
}

/** As fast as the line lets it. */
const pacedSender =
  (pacer: Pacer): typeof sendBody =>
  (response, { content, start, end }, done) => {
    let at = start;
    const pump = (): void => {
      if (response.destroyed) return;
      if (at >= end) {
        done();
        return;
      }
      const piece = content.slice(at, Math.min(end, at + PACED_PIECE));
      at += piece.length;
      setTimeout(() => {
        response.write(piece);
        pump();
      }, pacer.turnOf(piece.length));
    };
    pump();
  };
