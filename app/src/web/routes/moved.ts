import type { RequestHandler } from 'express';

/** Sends a browser to the page. */
export function moved(home: string): RequestHandler {
  return (_request, response) => {
    response.status(302).set('Location', home).end();
  };
}
