import type { RequestHandler } from 'express';

/** Nothing here needs a body; some clients send a few bytes all the same. */
const MOST_BYTES = 1024;

/** Reads and forgets a small body, refuses any other before a handler starts. */
export const smallBodiesOnly: RequestHandler = (request, response, next) => {
  const refuse = (): void => {
    // The rest of the body is not read, so the connection ends with this answer.
    response.set('Connection', 'close').status(413).json({ message: 'The request is too large.' });
  };
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    next();
    return;
  }
  if (Number(declared ?? 0) > MOST_BYTES) {
    refuse();
    return;
  }
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) return;
    request.off('data', onData).off('end', next).pause();
    refuse();
  };
  request.on('data', onData).once('end', next);
};
