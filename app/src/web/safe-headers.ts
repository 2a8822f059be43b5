import type { RequestHandler } from 'express';

/** No header allows other sites to read an answer: there is no CORS here on purpose. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set(HEADERS);
  next();
};
