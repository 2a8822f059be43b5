import type { Request, RequestHandler } from 'express';
import type { CodeDesk } from '../ports/code-desk.ts';
import type { LibraryDoor } from '../ports/library-door.ts';
import type { Log } from '../ports/log.ts';
import type { MonitoringDoors } from '../ports/monitoring.ts';
import type { Service } from '../ports/service.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import { createFacts } from './facts.ts';
import type { GateSettings } from './gate.ts';
import { isOwner } from './gate-middleware.ts';
import { libraryAnswers } from './library-answers.ts';
import { createLibraryViews, type LibraryViews } from './library-views.ts';
import { createMapPlaces, type MapPlaces } from './map-places.ts';
import { openApiDocument } from './openapi/document.ts';
import type { ShownSetting } from './page/settings.ts';
import type { Route } from './route.ts';
import { pause, requestSignIn, requestSync, resume } from './routes/actions.ts';
import { manifest } from './routes/app-files.ts';
import { createOrders } from './routes/commands.ts';
import { events } from './routes/events.ts';
import { health } from './routes/health.ts';
import { showItem } from './routes/item.ts';
import { showLog } from './routes/log.ts';
import { keptThumbnail, media, thumbnail } from './routes/media.ts';
import { showMetrics } from './routes/metrics.ts';
import { submitCode } from './routes/mfa.ts';
import { moved } from './routes/moved.ts';
import { showOpenApi } from './routes/openapi.ts';
import { codeForm, pauseForm, resendForm, resumeForm, syncForm } from './routes/page-forms.ts';
import { createPages } from './routes/pages.ts';
import { problemsCsv } from './routes/problems-csv.ts';
import { pushKey, subscribe, unsubscribe } from './routes/push.ts';
import { resendCode } from './routes/resend-mfa.ts';
import { showState } from './routes/state.ts';
import { itemWindow, timeline } from './routes/timeline.ts';
import { lock, unlock, unlockPage } from './routes/unlock.ts';
import type { Sessions } from './sessions.ts';
import type { StaticFiles } from './static-files.ts';

export interface RouteParts {
  readonly desk: CodeDesk;
  readonly service: Service | undefined;
  readonly monitoring: MonitoringDoors | undefined;
  /** Of the program, as the API names it. */
  readonly version: string;
  /** Undefined while no library is open. */
  readonly library: () => LibraryDoor | undefined;
  /** What the settings page shows. */
  readonly settings: readonly ShownSetting[];
  readonly logTail: (() => Promise<string>) | undefined;
  /** Days that `_Trash` keeps files; Infinity = until it is emptied. */
  readonly trashDays: number;
  readonly gate: GateSettings;
  readonly sessions: Sessions;
  readonly failedLogins: AttemptLimit;
  readonly sourceOf: (request: Request) => string;
  readonly files: StaticFiles;
  /** Empty, or `/prefix`: where the browser sees the root. */
  readonly basePath: string;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly epochMs: () => number;
  /** A fresh limit of attempts per source. */
  readonly perSource: () => RequestHandler;
}

/** Everything that is served; docs/http.md holds the same list, and a test compares the two. */
export function routesOf(parts: RouteParts): readonly Route[] {
  const { desk, service, log, nowMs, epochMs, perSource } = parts;
  // One limit per purpose, whichever door is used: the page must not double the number of guesses.
  const codes = perSource();
  const resends = perSource();
  const places = createMapPlaces(nowMs);
  const looks = { places, views: createLibraryViews(nowMs, places) };
  return [
    { paths: ['/mfa', '/api/mfa'], access: 'open', method: 'post', handlers: [codes, submitCode(desk, log)] },
    { paths: ['/resend_mfa', '/api/resend_mfa'], access: 'open', method: 'post', handlers: [resends, resendCode(desk, log)] },
    { paths: ['/healthz'], access: 'open', method: 'get', handlers: [health(service, epochMs)] },
    ...(service === undefined
      ? []
      : [
          ...publicRoutes(parts),
          ...actionRoutes({ ...parts, service, codes, resends }),
          ...pageRoutes({ ...parts, ...looks, service }),
          ...libraryRoutes({ ...parts, ...looks }),
          ...(parts.monitoring === undefined ? [] : monitoringRoutes(parts, parts.monitoring)),
        ]),
  ];
}

type Served = Route['access'];
const get = (access: Served, paths: readonly string[], ...handlers: RequestHandler[]): Route => ({
  paths,
  access,
  method: 'get',
  handlers,
});
const post = (access: Served, path: string, ...handlers: RequestHandler[]): Route => ({ paths: [path], access, method: 'post', handlers });

const staticPathOf = ({ basePath, files }: RouteParts): string => `${basePath}/static/${files.version}`;

/** The door and what it looks like: seen by everybody who may come this far, and nothing of the owner's is in it. */
function publicRoutes(parts: RouteParts): readonly Route[] {
  const { files, basePath, gate, sessions, failedLogins, sourceOf, log } = parts;
  const door = { settings: gate, sessions, failedLogins, sourceOf, basePath, staticPath: staticPathOf(parts), log };
  return [
    get('public', ['/static/:version/:file'], files.serve),
    get('public', ['/manifest.webmanifest'], manifest(basePath, staticPathOf(parts))),
    get('public', ['/sw.js'], files.serveAt('sw.js')),
    get('public', ['/icon.svg'], files.serveAt('icon.svg')),
    get('public', ['/unlock'], unlockPage(door)),
    post('public', '/unlock', unlock(door)),
    post('login', '/lock', lock(door)),
  ];
}

interface ActionParts extends RouteParts {
  readonly service: Service;
  readonly codes: RequestHandler;
  readonly resends: RequestHandler;
}

function actionRoutes({ desk, service, basePath, log, epochMs, codes, resends }: ActionParts): readonly Route[] {
  const home = `${basePath}/`;
  const orders = createOrders(service, log);
  return [
    get('login', ['/api/state'], showState(service, epochMs)),
    post('login', '/api/sync', requestSync(service, log)),
    // May make Apple send a code to the owner's devices, so it counts like asking for one.
    post('login', '/api/reauthenticate', resends, requestSignIn(service, log)),
    post('login', '/api/pause', pause(service, log)),
    post('login', '/api/resume', resume(service, log)),
    post('login', '/api/command', orders.order),
    get('login', ['/api/jobs/:job'], orders.follow),
    post('page', '/code', codes, codeForm(desk, home, log)),
    post('page', '/resend', resends, resendForm(desk, home, log)),
    post('login', '/sync', syncForm(service, home, log)),
    post('login', '/pause', pauseForm(service, home, log)),
    post('login', '/resume', resumeForm(service, home, log)),
    post('login', '/act', orders.form(home)),
  ];
}

/** What both pages and their data are made of. */
interface Looks {
  readonly views: LibraryViews;
  readonly places: MapPlaces;
}

function pageRoutes(parts: RouteParts & Looks & { readonly service: Service }): readonly Route[] {
  const { service, library, gate, basePath, epochMs, nowMs, settings, logTail } = parts;
  const answers = libraryAnswers(service);
  const pages = createPages({
    service,
    library,
    facts: createFacts({ library, answers, epochMs, nowMs }),
    answers,
    basePath,
    staticPath: staticPathOf(parts),
    readOnly: gate.readOnly === true,
    trashDays: parts.trashDays,
    epochMs,
    settings,
    logTail,
    views: parts.views,
    places: parts.places,
  });
  return [
    get('page', ['/'], pages.home),
    get('page', ['/signin'], pages.signIn),
    get('page', ['/events'], events({ snapshot: pages.snapshot, isOwner })),
    // Addresses of the older tool, which people have as bookmarks; and the base path without its slash.
    get('page', ['/state', '/submit-mfa', '/request-mfa', ''], moved(`${basePath}/`)),
    get('login', ['/photos', '/photos/:row'], pages.photos),
    get('login', ['/map'], pages.map),
    get('login', ['/albums'], pages.albums),
    get('login', ['/albums/:row'], pages.album),
    get('login', ['/problems'], pages.problems),
    get('login', ['/problems.csv'], problemsCsv(library)),
    get('login', ['/offsite'], pages.offsite),
    get('login', ['/trash'], pages.trash),
    get('login', ['/log'], pages.log),
    get('login', ['/log/:run'], pages.run),
    get('login', ['/hold'], pages.held),
    get('login', ['/settings'], pages.settings),
    get('login', ['/more'], pages.more),
  ];
}

function libraryRoutes({ library, views }: RouteParts & Looks): readonly Route[] {
  const browse = { library, views };
  return [
    get('login', ['/api/timeline'], timeline(browse)),
    get('login', ['/api/items'], itemWindow(browse)),
    get('login', ['/api/items/:row'], showItem(library)),
    get('login', ['/thumb/kept/:checksum'], keptThumbnail(library)),
    get('login', ['/thumb/:size/:row', '/thumb/:size/:row/:key'], thumbnail(library)),
    get('login', ['/media/:row/:kind'], media(library)),
  ];
}

/** For programs that watch the service, and for the browser's push service. */
function monitoringRoutes({ log, version, basePath }: RouteParts, { metrics, push, entries }: MonitoringDoors): readonly Route[] {
  return [
    get('login', ['/metrics'], showMetrics(metrics)),
    get('login', ['/api/log'], showLog(entries)),
    get('login', ['/api/openapi.json'], showOpenApi(openApiDocument(version, basePath))),
    get('login', ['/api/push/key', '/api/vapid-public-key'], pushKey(push)),
    { paths: ['/api/push/subscribe', '/api/subscribe'], access: 'login', method: 'post', handlers: [subscribe(push, log)] },
    { paths: ['/api/push/subscribe'], access: 'login', method: 'delete', handlers: [unsubscribe(push, log)] },
  ];
}
