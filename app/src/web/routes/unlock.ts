import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../../ports/log.ts';
import type { AttemptLimit } from '../attempt-limit.ts';
import type { GateSettings } from '../gate.ts';
import { isPassword } from '../login.ts';
import { renderOnceMore, renderUnlock } from '../page/unlock.ts';
import { sendPage } from '../safe-headers.ts';
import { type Sessions, sessionCookieOf, setCookie } from '../sessions.ts';
import { formOf } from '../small-bodies.ts';

export interface UnlockParts {
  readonly settings: GateSettings;
  readonly sessions: Sessions;
  /** The same that counts wrong logins in headers: a form must not double the number of guesses. */
  readonly failedLogins: AttemptLimit;
  readonly sourceOf: (request: Request) => string;
  readonly basePath: string;
  readonly staticPath: string;
  readonly log: Log;
}

/** The log-in page, at its own address and in place of every page that needs a login. */
export function unlockPage({ settings, basePath, staticPath }: UnlockParts): RequestHandler {
  return async (request, response) => {
    const frame = { basePath, staticPath };
    const isRefusal = response.statusCode === 401;
    if (isRefusal && request.get('sec-fetch-site') === 'cross-site' && request.get('sec-fetch-mode') === 'navigate') {
      await sendPage(request, response, renderOnceMore(frame, safeNext(publicPath(request, basePath), basePath)).markup);
      return;
    }
    const next = safeNext(isRefusal ? publicPath(request, basePath) : request.query.next, basePath);
    await sendPage(request, response, renderUnlock({ frame, next, canOpen: settings.password !== undefined }).markup);
  };
}

/** Takes the password and gives the browser its cookie. */
export function unlock(parts: UnlockParts): RequestHandler {
  const { settings, sessions, failedLogins, sourceOf, basePath, log } = parts;
  return async (request, response) => {
    const form = formOf(request);
    const next = safeNext(form.get('next') ?? undefined, basePath);
    const source = sourceOf(request);
    const waitS = failedLogins.waitS(source);
    if (waitS !== undefined) {
      response.status(429).set('Retry-After', String(waitS));
      await again(parts, request, response, next, `Too many tries. Next one in ${waitS} s.`);
      return;
    }
    if (!isPassword(form.get('password') ?? '', settings)) {
      failedLogins.count(source);
      log.warn('Somebody tried to open the page with a wrong password.', { source });
      response.status(401);
      await again(parts, request, response, next, 'That is not the page password.');
      return;
    }
    log.info('The page was opened with its password.', { source });
    response.set('Set-Cookie', setCookie(sessions.begin(), { basePath, secure: isSecure(request) }));
    response.status(303).set('Location', next).end();
  };
}

async function again(parts: UnlockParts, request: Request, response: Response, next: string, problem: string): Promise<void> {
  const { settings, basePath, staticPath } = parts;
  const view = { frame: { basePath, staticPath }, next, canOpen: settings.password !== undefined, problem };
  await sendPage(request, response, renderUnlock(view).markup);
}

/** Ends the session of this browser. */
export function lock({ sessions, basePath }: UnlockParts): RequestHandler {
  return (request, response) => {
    sessions.end(sessionCookieOf(request.headers.cookie));
    response.set('Set-Cookie', setCookie(undefined, { basePath, secure: isSecure(request) }));
    response.status(303).set('Location', `${basePath}/unlock`).end();
  };
}

/** Only ever a page of ours: a link to the log-in page must not lead anywhere else. */
function safeNext(next: unknown, basePath: string): string {
  const home = `${basePath}/`;
  if (typeof next !== 'string' || next.length > 500 || !next.startsWith(home)) return home;
  return /^\/[\w\-./?=&%+:~]*$/.test(next) && !next.startsWith('//') && !next.startsWith(`${basePath}/unlock`) ? next : home;
}

/** The address as the browser knows it, whether or not a proxy took the prefix off. */
function publicPath({ originalUrl }: Request, basePath: string): string {
  return originalUrl.startsWith(`${basePath}/`) ? originalUrl : basePath + originalUrl;
}

/** Believed from anybody: whoever lies here only keeps their own browser from sending the cookie. */
function isSecure(request: Request): boolean {
  return request.secure || request.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
}
