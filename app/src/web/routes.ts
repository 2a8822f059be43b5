import type { RequestHandler } from 'express';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import { ICON } from './page/icon.ts';
import { STYLE } from './page/style.ts';
import type { Route } from './route.ts';
import { pause, requestSignIn, requestSync, resume } from './routes/actions.ts';
import { asset, moved } from './routes/assets.ts';
import { health } from './routes/health.ts';
import { homePage } from './routes/home.ts';
import { submitCode } from './routes/mfa.ts';
import { codeForm, pauseForm, resendForm, resumeForm, syncForm } from './routes/page-forms.ts';
import { resendCode } from './routes/resend-mfa.ts';
import { showState } from './routes/state.ts';

export interface RouteParts {
  readonly desk: CodeDesk;
  readonly service: Service | undefined;
  /** Empty, or `/prefix`: where the browser sees the root. */
  readonly basePath: string;
  readonly log: Log;
  readonly epochMs: () => number;
  /** A fresh limit of attempts per source. */
  readonly perSource: () => RequestHandler;
}

/** Everything that is served; docs/http.md holds the same list, and a test compares the two. */
export function routesOf(parts: RouteParts): readonly Route[] {
  const { desk, service, log, epochMs, perSource } = parts;
  // One limit per purpose, whichever door is used: the page must not double the number of guesses.
  const codes = perSource();
  const resends = perSource();
  return [
    { paths: ['/mfa', '/api/mfa'], access: 'open', method: 'post', handlers: [codes, submitCode(desk, log)] },
    { paths: ['/resend_mfa', '/api/resend_mfa'], access: 'open', method: 'post', handlers: [resends, resendCode(desk, log)] },
    { paths: ['/healthz'], access: 'open', method: 'get', handlers: [health(service, epochMs)] },
    ...(service === undefined ? [] : serviceRoutes({ ...parts, service, codes, resends })),
  ];
}

interface ServiceRouteParts extends RouteParts {
  readonly service: Service;
  readonly codes: RequestHandler;
  readonly resends: RequestHandler;
}

function serviceRoutes({ desk, service, basePath, log, epochMs, codes, resends }: ServiceRouteParts): readonly Route[] {
  const home = `${basePath}/`;
  const api = (path: string, handler: RequestHandler, ...before: RequestHandler[]): Route => ({
    paths: [`/api/${path}`],
    access: 'login',
    method: 'post',
    handlers: [...before, handler],
  });
  const form = (path: string, access: 'page' | 'login', handler: RequestHandler, ...before: RequestHandler[]): Route => ({
    paths: [path],
    access,
    method: 'post',
    handlers: [...before, handler],
  });
  const page = (paths: readonly string[], handler: RequestHandler): Route => ({
    paths,
    access: 'page',
    method: 'get',
    handlers: [handler],
  });
  return [
    { paths: ['/api/state'], access: 'login', method: 'get', handlers: [showState(service, epochMs)] },
    api('sync', requestSync(service, log)),
    // May make Apple send a code to the owner's devices, so it counts like asking for one.
    api('reauthenticate', requestSignIn(service, log), resends),
    api('pause', pause(service, log)),
    api('resume', resume(service, log)),
    page(['/'], homePage({ service, basePath, epochMs })),
    page(['/style.css'], asset('text/css; charset=utf-8', STYLE)),
    page(['/icon.svg'], asset('image/svg+xml', ICON)),
    // Addresses of the older tool, which people have as bookmarks; and the base path without its slash.
    page(['/state', '/submit-mfa', '/request-mfa', ''], moved(home)),
    form('/code', 'page', codeForm(desk, home, log), codes),
    form('/resend', 'page', resendForm(desk, home, log), resends),
    form('/sync', 'login', syncForm(service, home, log)),
    form('/pause', 'login', pauseForm(service, home, log)),
    form('/resume', 'login', resumeForm(service, home, log)),
  ];
}
