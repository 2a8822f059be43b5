import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Log } from '../ports/log.ts';
import type { MonitoringDoors } from '../ports/monitoring.ts';
import type { Service } from '../ports/service.ts';
import { accessTable } from './access-of.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import type { GateSettings } from './gate.ts';
import { gate, judgedAs, limited, sourceOfRequest } from './gate-middleware.ts';
import type { ShownSetting } from './page/settings.ts';
import { refuse } from './refusal.ts';
import type { Route } from './route.ts';
import { unlockPage } from './routes/unlock.ts';
import { routesOf } from './routes.ts';
import { safeHeaders } from './safe-headers.ts';
import { createSessions } from './sessions.ts';
import { smallBodiesOnly } from './small-bodies.ts';
import { sourceReader } from './source-address.ts';
import { readStaticFiles } from './static-files.ts';

export interface AppParts {
  readonly desk: CodeDesk;
  readonly gate: GateSettings;
  readonly service: Service | undefined;
  readonly monitoring: MonitoringDoors | undefined;
  /** Of the program, as the API names it. */
  readonly version: string;
  readonly library: () => LibraryDoor | undefined;
  readonly settings: readonly ShownSetting[];
  readonly logTail: (() => Promise<string>) | undefined;
  readonly trashDays: number;
  /** Empty, or `/prefix`. The routes answer below it as well as without it. */
  readonly basePath: string;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly epochMs: () => number;
}

const LIMIT = { most: 10, windowMs: 10 * 60_000, mostSources: 1000 };

export function buildApp(parts: AppParts): Express {
  const { gate: settings, basePath, log, nowMs } = parts;
  const sourceOf = sourceOfRequest(sourceReader(settings.trustedProxies));
  const perSource = () => limited(createAttemptLimit({ ...LIMIT, nowMs }), sourceOf);
  const failedLogins = createAttemptLimit({ ...LIMIT, nowMs });
  const sessions = createSessions(nowMs);
  const files = readStaticFiles(log);
  const routes = routesOf({ ...parts, sessions, failedLogins, sourceOf, files, perSource });
  // A proxy may or may not take the prefix off, and commands inside the container never send it. What has it counts first.
  const served = [...new Set([basePath, ''])].flatMap((prefix) =>
    routes
      .flatMap((route) => route.paths.map((path) => ({ path: prefix + path, access: route.access, route })))
      .filter(({ path }) => path !== ''),
  );
  const accessOf = accessTable(served);
  // One-shot commands have no page, so there is nothing that a password would open.
  const askToLogIn =
    parts.service &&
    unlockPage({
      settings,
      sessions,
      failedLogins,
      sourceOf,
      basePath,
      staticPath: `${basePath}/static/${files.version}`,
      log,
    });

  const app = express();
  // The gate compares paths as they are, so the router must not be more generous than it.
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.locals.frame = { basePath, staticPath: `${basePath}/static/${files.version}` };
  app.use(safeHeaders);
  app.use(gate({ settings, accessOf, failedLogins, sessions, askToLogIn, sourceOf, log }));
  app.use(smallBodiesOnly);
  for (const [path, same] of Map.groupBy(served, ({ path }) => path)) {
    const at = app.route(path);
    for (const { route } of same) at[route.method](judgedAs(route.access), ...route.handlers);
    at.all(wrongMethod(same.map(({ route }) => route.method)));
  }
  app.use(nothingHere);
  app.use(failed(log));
  return app;
}

function wrongMethod(methods: readonly Route['method'][]): RequestHandler {
  const allowed = methods.map((method) => (method === 'get' ? 'GET, HEAD' : method.toUpperCase())).join(', ');
  return (request, response) => {
    response.set('Allow', allowed);
    refuse(request, response, 405, `Only ${allowed} is possible here`);
  };
}

const nothingHere: RequestHandler = (request, response) => refuse(request, response, 404, 'There is nothing at this address');

/** Details stay in the log: an error message may say more about this machine than a client should know. */
function failed(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status =
      error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500 ? Number(error.status) : 500;
    if (status === 500)
      log.error('A web request failed.', { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    refuse(request, response, status, status === 500 ? 'Something went wrong here; the log says what' : 'The request cannot be understood');
  };
}
