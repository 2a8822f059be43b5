import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { acceptsGzip } from './static-files.ts';

const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Headers for every answer; no header allows other sites to read one: there is no CORS here on purpose. HSTS is left to
 * whoever holds the certificate: this port speaks plain HTTP, and the name may belong to other services, too.
 */
const HEADERS = helmet({
  contentSecurityPolicy: false, // each kind of answer has its own, below
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
});

/**
 * A page brings its own styles, scripts and pictures, and nothing from elsewhere; no inline scripts or styles. With
 * `no-referrer` a browser would send its own forms with `Origin: null`, and the gate would take them for another site's.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
const PAGE_HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Referrer-Policy': 'same-origin',
};

export const safeHeaders: RequestHandler = (request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': NOTHING });
  HEADERS(request, response, next);
};

const zip = promisify(gzip);
/** Below this a packet is a packet. */
const WORTH_ZIPPING = 1400;

export async function sendPage(request: Request, response: Response, markup: string): Promise<void> {
  response.set(PAGE_HEADERS).type('html');
  await sendText(request, response, markup);
}

export async function sendJson(request: Request, response: Response, value: unknown): Promise<void> {
  response.type('json');
  await sendText(request, response, JSON.stringify(value));
}

/** Answers hold nothing that a listener could guess letter by letter from their length: no secrets, nothing from the request. */
async function sendText(request: Request, response: Response, text: string): Promise<void> {
  response.vary('Accept-Encoding');
  if (text.length < WORTH_ZIPPING || !acceptsGzip(request.get('accept-encoding'))) {
    response.send(text);
    return;
  }
  const zipped = await zip(text);
  response.set('Content-Encoding', 'gzip').send(zipped);
}
