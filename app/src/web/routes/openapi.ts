import type { RequestHandler } from 'express';

/** The description of the API, for people's programs. */
export function showOpenApi(document: object): RequestHandler {
  return (_request, response) => {
    response.json(document);
  };
}
