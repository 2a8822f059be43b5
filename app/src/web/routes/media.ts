import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { ItemDetail, ItemFile } from '../../ports/browse.ts';
import type { LibraryDoor } from '../../ports/library-door.ts';
import type { OpenMedia } from '../../ports/media.ts';
import type { PreviewSize } from '../../ports/previews.ts';
import { plainName } from '../content-key.ts';
import { mediaType } from '../media-type.ts';
import { refuse } from '../refusal.ts';
import { wholeNumber } from './timeline.ts';

type Library = () => LibraryDoor | undefined;

const YEAR = 'private, max-age=31536000, immutable';
const DAY = 'private, max-age=86400';
const SHORT = 'private, max-age=60';
/** A picture that every browser understands may stand for its own preview when it is no larger. */
const SMALL_ENOUGH = 12_000_000;
/** What a file brings along must not run as a page of ours. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** `/thumb/small/12` or, lasting, `/thumb/small/12/KEY`: the key says what is seen, so a changed picture has a new address. */
export function thumbnail(library: Library): RequestHandler {
  return async (request, response) => {
    const row = wholeNumber(request.params.row);
    const size = sizeOf(request.params.size);
    const door = library();
    const [item] = door && row !== undefined && size !== undefined ? door.browse.items([row]) : [];
    if (door === undefined || item === undefined || size === undefined) return nothing(request, response);
    const gone = AbortSignal.timeout(30_000);
    const bytes = await door.previews.read(item.row, size, gone);
    const asked = request.params.key;
    const lasting = asked === undefined ? DAY : asked === plainName(item.shown) ? YEAR : SHORT;
    if (bytes !== undefined) {
      response
        .set({ 'Content-Type': 'image/jpeg', 'Cache-Control': lasting })
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      return;
    }
    // Pictures of another kind wait for their preview: the browser may ask again soon.
    const detail = door.browse.item(item.row);
    const own = detail && displayable(detail);
    if (own === undefined || own.size > SMALL_ENOUGH) return nothing(request, response);
    await send(request, response, door, own, { cacheControl: SHORT, download: false });
  };
}

/** `/thumb/kept/CHECKSUM`: the small picture of a file that no item has any more, if it is kept still. */
export function keptThumbnail(library: Library): RequestHandler {
  return async (request, response) => {
    const { checksum } = request.params;
    const isChecksum = typeof checksum === 'string' && /^[\w+/=:.-]{8,120}$/.test(checksum);
    const bytes = isChecksum ? await library()?.previews.kept(checksum, 'small') : undefined;
    if (bytes === undefined) return nothing(request, response);
    response
      .set({ 'Content-Type': 'image/jpeg', 'Cache-Control': YEAR })
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
}

function displayable({ files }: ItemDetail): ItemFile | undefined {
  const shown = files.find(({ kind }) => kind === 'edited') ?? files.find(({ kind }) => kind === 'original');
  return shown && mediaType(shown.path).everywhere ? shown : undefined;
}

/** `/media/12/original`: the stored bytes themselves, whole or in ranges. */
export function media(library: Library): RequestHandler {
  return async (request, response) => {
    const row = wholeNumber(request.params.row);
    const door = library();
    const item = door && row !== undefined ? door.browse.item(row) : undefined;
    const file = item?.files.find(({ kind }) => kind === request.params.kind);
    if (door === undefined || file === undefined) return nothing(request, response);
    await send(request, response, door, file, { cacheControl: DAY, download: request.query.download !== undefined });
  };
}

interface SendOptions {
  readonly cacheControl: string;
  readonly download: boolean;
}

async function send(
  request: Request,
  response: Response,
  door: LibraryDoor,
  file: ItemFile,
  { cacheControl, download }: SendOptions,
): Promise<void> {
  const etag = `"${file.sha256.slice(0, 32)}"`;
  const { type, inline } = mediaType(file.path);
  const name = encodeURIComponent(file.path.slice(file.path.lastIndexOf('/') + 1)).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  response.set({
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheControl,
    'Content-Disposition': `${inline && !download ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'Content-Security-Policy': SANDBOX,
    'Content-Type': inline ? type : 'application/octet-stream',
    ETag: etag,
  });
  if (request.get('if-none-match') === etag) {
    response.status(304).end();
    return;
  }
  const opened = await door.media.open(file.path);
  if (opened === undefined) return nothing(request, response);
  const range = rangeOf(request.get('range'), opened.size);
  if (range === 'impossible') {
    await opened.close();
    response.set('Content-Range', `bytes */${opened.size}`);
    return refuse(request, response, 416, 'The file has no such part');
  }
  const [start, end] = range ?? [0, opened.size - 1];
  if (range !== undefined) response.status(206).set('Content-Range', `bytes ${start}-${end}/${opened.size}`);
  response.set('Content-Length', String(end - start + 1));
  await stream(request, response, opened, start, end);
}

async function stream(request: Request, response: Response, opened: OpenMedia, start: number, end: number): Promise<void> {
  if (request.method === 'HEAD' || end < start) {
    await opened.close();
    response.end();
    return;
  }
  try {
    await pipeline(opened.bytes(start, end), response);
  } catch (error) {
    // Somebody who scrolls on or closes the page is no failure.
    if (!response.destroyed) throw error;
  } finally {
    await opened.close();
  }
}

/** One range; several at once are answered with the whole file, as the protocol allows. */
export function rangeOf(header: string | undefined, size: number): readonly [number, number] | 'impossible' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return start > end || start >= size ? 'impossible' : [start, end];
}

function sizeOf(text: unknown): PreviewSize | undefined {
  return text === 'small' || text === 'large' ? text : undefined;
}

function nothing(request: Request, response: Response): void {
  response.removeHeader('Content-Length');
  response.set('Cache-Control', 'private, max-age=5');
  refuse(request, response, 404, 'There is nothing at this address');
}
