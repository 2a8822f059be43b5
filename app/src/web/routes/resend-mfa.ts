import type { RequestHandler } from 'express';
import type { CodeDesk, ResendRequest } from '../../ports/code-desk.ts';
import type { Log } from '../../ports/log.ts';
import { CODE_NOT_AWAITED } from './mfa.ts';

/** Asks Apple for another code. */
export function resendCode(desk: CodeDesk, log: Log): RequestHandler {
  return (request, response) => {
    const { method, phoneNumberId } = request.query;
    const wanted = readResend(method, phoneNumberId);
    if (typeof wanted === 'string') {
      response.status(400).json({ message: wanted });
      return;
    }
    // The desk decides: a service whose sign-in has given up waiting begins a new one for this.
    if (!desk.resend(wanted)) {
      response.status(412).json({ message: CODE_NOT_AWAITED });
      return;
    }
    log.info('Another sign-in code was asked for over HTTP.', { method: wanted.method });
    response.json({ message: `Requesting MFA resend with method ${wanted.method}` });
  };
}

/** The wish, or what is wrong with it. */
export function readResend(method: unknown, phoneNumberId: unknown): ResendRequest | string {
  if (method === 'device') return { method };
  if (method !== 'sms' && method !== 'voice') return 'Method does not match expected format';
  if (phoneNumberId === undefined || phoneNumberId === '') return { method, phoneId: undefined };
  if (typeof phoneNumberId !== 'string' || !/^\d{1,9}$/.test(phoneNumberId)) return 'Phone number id does not match expected format';
  return { method, phoneId: Number(phoneNumberId) };
}
