import type { RequestHandler, Response } from 'express';
import type { CodeDesk } from '../../ports/code-desk.ts';
import type { Log } from '../../ports/log.ts';
import type { Service } from '../../ports/service.ts';
import type { NoticeId } from '../page/notices.ts';
import { formOf } from '../small-bodies.ts';
import { isCode } from './mfa.ts';
import { readResend } from './resend-mfa.ts';

/** Somebody sits in front of the page and wants to know whether the digits were right; so long may Apple take. */
const VERDICT_MS = 8_000;

/** Every form of the page ends like this: back to the page, so that reloading it repeats nothing. */
function back(response: Response, home: string, notice: NoticeId): void {
  response.status(303).set('Location', `${home}?notice=${notice}`).end();
}

export function codeForm(desk: CodeDesk, home: string, log: Log): RequestHandler {
  return async (request, response) => {
    // People type and paste the code as it is shown, in two groups.
    const code = formOf(request).get('code')?.replace(/[\s-]/g, '');
    if (!isCode(code)) {
      back(response, home, 'code-format');
      return;
    }
    if (!desk.awaiting()) {
      back(response, home, 'code-not-awaited');
      return;
    }
    log.info('A sign-in code came in over the page.');
    back(response, home, await verdictOn(desk.submit(code), log));
  };
}

async function verdictOn(submitted: ReturnType<CodeDesk['submit']>, log: Log): Promise<NoticeId> {
  const answered = submitted.then(
    (verdict): NoticeId => `code-${verdict}`,
    (error: unknown): NoticeId => {
      log.warn('The code could not be handed to Apple.', { reason: error instanceof Error ? error.message : String(error) });
      return 'code-failed';
    },
  );
  const { promise: tooLong, resolve } = Promise.withResolvers<NoticeId>();
  const timer = setTimeout(() => resolve('code-checking'), VERDICT_MS);
  try {
    return await Promise.race([answered, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

export function resendForm(desk: CodeDesk, home: string, log: Log): RequestHandler {
  return (request, response) => {
    const form = formOf(request);
    const wanted = readResend(form.get('method'), form.get('phoneNumberId') ?? undefined);
    if (typeof wanted === 'string' || !desk.resend(wanted)) {
      back(response, home, 'code-not-awaited');
      return;
    }
    log.info('Another sign-in code was asked for over the page.', { method: wanted.method });
    back(response, home, 'code-resent');
  };
}

export function syncForm(service: Service, home: string, log: Log): RequestHandler {
  return (_request, response) => {
    const taken = service.requestSync();
    if (taken) log.info('A sync was asked for over the page.');
    back(response, home, taken ? 'sync-asked' : 'not-now');
  };
}

export function pauseForm(service: Service, home: string, log: Log): RequestHandler {
  return async (_request, response) => {
    await service.pause();
    log.debug('Scheduled syncs were paused over the page.');
    back(response, home, 'paused');
  };
}

export function resumeForm(service: Service, home: string, log: Log): RequestHandler {
  return async (_request, response) => {
    await service.resume();
    log.debug('Scheduled syncs were resumed over the page.');
    back(response, home, 'resumed');
  };
}
