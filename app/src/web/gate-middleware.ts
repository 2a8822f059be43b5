import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../ports/log.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import { type Access, type GateSettings, judgeRequest, type RequestFacts } from './gate.ts';
import { refuse } from './refusal.ts';
import { type Sessions, sessionCookieOf } from './sessions.ts';
import type { SourceReader } from './source-address.ts';

export interface GateParts {
  readonly settings: GateSettings;
  readonly accessOf: (path: string) => Access;
  readonly failedLogins: AttemptLimit;
  readonly sessions: Sessions;
  /** Answers a browser that has to log in first; undefined where there is no page. */
  readonly askToLogIn: RequestHandler | undefined;
  readonly sourceOf: (request: Request) => string;
  readonly log: Log;
}

/** Every request passes here before anything else looks at it. */
export function gate({ settings, accessOf, failedLogins, sessions, askToLogIn, sourceOf, log }: GateParts): RequestHandler {
  return (request, response, next) => {
    const facts = { ...factsOf(request, accessOf(request.path)), session: sessions.isOpen(sessionCookieOf(request.headers.cookie)) };
    const source = sourceOf(request);
    // Before the comparison: once it is reached, even the right password no longer tells a guesser anything.
    const waitS = facts.authorization === undefined ? undefined : failedLogins.waitS(source);
    if (waitS !== undefined) {
      refuseForNow(request, response, waitS);
      return;
    }
    const verdict = judgeRequest(facts, settings);
    if (verdict.allow) {
      response.locals.caller = verdict.caller;
      response.locals.access = facts.access;
      next();
      return;
    }
    if (verdict.because === 'wrong-login') {
      failedLogins.count(source);
      log.warn('Somebody tried to log in to the web port with a wrong password or token.', { source });
    }
    if (verdict.because === 'login-needed' && askToLogIn && wantsPage(request)) {
      response.status(401);
      askToLogIn(request, response, next);
      return;
    }
    if (verdict.status === 401) response.set('WWW-Authenticate', 'Basic realm="photos-sync", charset="UTF-8"');
    refuse(request, response, verdict.status, verdict.message);
  };
}

/** The caller brought the right login; otherwise the page shows what it may and offers nothing. */
export function isOwner(response: Response): boolean {
  return response.locals.caller === 'owner';
}

/** A person in front of a browser. Programs get JSON and the challenge that they know. */
function wantsPage(request: Request): boolean {
  return request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
}

/**
 * Stands before every route: the router matched this address, so the gate must have judged it as this very kind. Should the
 * two ever read an address differently, nothing is served.
 */
export function judgedAs(access: Access): RequestHandler {
  return (_request, response, next) => (response.locals.access === access ? next() : next('route'));
}

/** Lets each source through so many times; for routes that hand something on to Apple. */
export function limited(attempts: AttemptLimit, sourceOf: (request: Request) => string): RequestHandler {
  return (request, response, next) => {
    const source = sourceOf(request);
    const waitS = attempts.waitS(source);
    if (waitS !== undefined) {
      refuseForNow(request, response, waitS);
      return;
    }
    attempts.count(source);
    next();
  };
}

export function sourceOfRequest(read: SourceReader): (request: Request) => string {
  return (request) => read(request.socket.remoteAddress, request.get('x-forwarded-for'));
}

function factsOf(request: Request, access: Access): RequestFacts {
  return {
    access,
    method: request.method,
    remoteAddress: request.socket.remoteAddress,
    host: request.headers.host,
    origin: request.get('origin'),
    secFetchSite: request.get('sec-fetch-site'),
    authorization: request.headers.authorization,
    forwarded: Object.keys(request.headers).some(
      (name) => name === 'forwarded' || name.startsWith('x-forwarded') || name === 'x-real-ip' || name === 'via',
    ),
  };
}

export function refuseForNow(request: Request, response: Response, waitS: number): void {
  const minutes = Math.ceil(waitS / 60);
  response.set('Retry-After', String(waitS));
  refuse(request, response, 429, `Too many attempts. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`);
}
