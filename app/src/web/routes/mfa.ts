import type { RequestHandler } from 'express';
import type { CodeDesk } from '../../ports/code-desk.ts';
import type { Log } from '../../ports/log.ts';

/**
 * Takes the six digits. Answers by format at once, as scripts expect it; Apple's verdict shows in the log and in the
 * state of the run. The answer repeats the code, the log never does.
 */
export function submitCode(desk: CodeDesk, log: Log): RequestHandler {
  return (request, response) => {
    const { code } = request.query;
    if (!isCode(code)) {
      response.status(400).json({ message: 'Unexpected MFA code format! Expecting 6 digits' });
      return;
    }
    if (!desk.awaiting()) {
      response.status(412).json({ message: CODE_NOT_AWAITED });
      return;
    }
    log.info('A sign-in code came in over HTTP.');
    desk.submit(code).then(
      (verdict) => log.debug('Apple has looked at the code.', { verdict }),
      (error: unknown) =>
        log.warn('The code could not be handed to Apple.', { reason: error instanceof Error ? error.message : String(error) }),
    );
    response.json({ message: `Read MFA code: ${code}` });
  };
}

export function isCode(text: unknown): text is string {
  return typeof text === 'string' && /^\d{6}$/.test(text);
}

export const CODE_NOT_AWAITED = 'MFA code not awaited: no sign-in is waiting for one right now';
