import type { RequestHandler } from 'express';

/** The process is alive and answers. */
export const health: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};
