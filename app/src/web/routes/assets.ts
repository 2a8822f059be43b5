import type { RequestHandler } from 'express';

/**
 * A file of the page. It comes from a module instead of a file, because the compiler copies no other files. It stays the
 * same as long as the process lives, so the time of its start names the version.
 */
export function asset(type: string, text: string): RequestHandler {
  const etag = `"${Date.now().toString(36)}"`;
  return (_request, response) => {
    response.set({ 'Cache-Control': 'private, no-cache', 'Content-Type': type, ETag: etag }).send(text);
  };
}

/** Sends a browser to the page. */
export function moved(home: string): RequestHandler {
  return (_request, response) => {
    response.status(302).set('Location', home).end();
  };
}
