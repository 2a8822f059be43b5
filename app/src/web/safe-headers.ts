import type { RequestHandler, Response } from 'express';

/** No header allows other sites to read an answer: there is no CORS here on purpose. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * A page needs its own style, icon and forms, and no script at all. With `no-referrer` a browser would send its own forms
 * with `Origin: null`, and the gate would take them for forms of another site.
 */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
};

export const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set(HEADERS);
  next();
};

export function sendPage(response: Response, markup: string): void {
  response.set(PAGE_HEADERS).type('html').send(markup);
}
