import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import type { Log } from '../ports/log.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
const FOLDER = new URL('./public/', import.meta.url);
const YEAR_S = 31_536_000;

interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer | undefined;
}

/** The page's own files, in memory: a few dozen kilobytes that are sent all day. */
export interface StaticFiles {
  /** Names this state of the files, and is part of their addresses: a browser keeps them for a year and never has old ones. */
  readonly version: string;
  readonly serve: RequestHandler;
  /** One file at an address of its own, which has to be asked for again each time. */
  readonly serveAt: (name: string) => RequestHandler;
}

export function readStaticFiles(log: Log): StaticFiles {
  const files = new Map<string, StaticFile>();
  const digest = createHash('sha256');
  for (const name of namesIn(log)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(new URL(name, FOLDER));
    digest.update(name).update(bytes);
    files.set(name, { type, bytes, zipped: type === 'image/png' ? undefined : gzipSync(bytes, { level: 9 }) });
  }
  const version = digest.digest('hex').slice(0, 12);
  const send = (response: Response, name: string, acceptsZipped: boolean, cacheControl: string, next: (where: 'route') => void) => {
    const file = files.get(name);
    if (file === undefined) {
      next('route');
      return;
    }
    const zipped = acceptsZipped ? file.zipped : undefined;
    response.set({ 'Cache-Control': cacheControl, 'Content-Type': file.type, ETag: `"${version}"` }).vary('Accept-Encoding');
    if (zipped) response.set('Content-Encoding', 'gzip');
    response.send(zipped ?? file.bytes);
  };
  return {
    version,
    serve(request, response, next) {
      const { version: asked, file } = request.params;
      const cacheControl = asked === version ? `public, max-age=${YEAR_S}, immutable` : 'no-cache';
      send(response, String(file), acceptsGzip(request.get('accept-encoding')), cacheControl, next);
    },
    serveAt: (name) => (request, response, next) =>
      send(response, name, acceptsGzip(request.get('accept-encoding')), 'private, no-cache', next),
  };
}

function namesIn(log: Log): readonly string[] {
  try {
    return readdirSync(FOLDER).sort();
  } catch {
    log.warn("The page's own files are missing from this installation: it has no style and no pictures.");
    return [];
  }
}

export function acceptsGzip(header: string | undefined): boolean {
  return /\bgzip\b/.test(header ?? '');
}
