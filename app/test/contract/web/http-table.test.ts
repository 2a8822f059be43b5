import { describe, expect, it } from 'vitest';
import { NO_COUNTS } from '../../../src/domain/run-report.ts';
import { createAttemptLimit } from '../../../src/web/attempt-limit.ts';
import { type GateSettings, judgeRequest } from '../../../src/web/gate.ts';
import { routesOf } from '../../../src/web/routes.ts';
import { createSessions } from '../../../src/web/sessions.ts';
import { readStaticFiles } from '../../../src/web/static-files.ts';
import { makeLibrary, PIXEL } from './fake-library.ts';
import { fakeMonitoring, SUBSCRIPTION } from './fake-monitoring.ts';
import { fakeService } from './fake-service.ts';
import { readHttpTable } from './http-table.ts';
import { basic, bearer, fakeDesk, fakeLog, NO_LOGIN, PASSWORD, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

type Headers = Readonly<Record<string, string>>;

/** Every way in which a caller of docs/http.md can look. */
const CALLERS: Readonly<Record<string, readonly (readonly [string, GateSettings, Headers])[]>> = {
  A: [
    ['by name', NO_LOGIN, {}],
    ['by address', NO_LOGIN, { Host: '127.0.0.1' }],
    ['by IPv6 address', NO_LOGIN, { Host: '[::1]:80' }],
    ['with a login that nobody asked for', NO_LOGIN, { Authorization: basic('guess') }],
    ['from its own page', NO_LOGIN, { Host: 'localhost:80', Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' }],
  ],
  B: [
    ['by name', WITH_LOGIN, {}],
    ['another address of this machine', WITH_LOGIN, { Host: '127.0.0.1' }],
  ],
  C: [
    ['a forwarding header', NO_LOGIN, { 'X-Forwarded-For': '203.0.113.9' }],
    ['a forwarding header from this machine', NO_LOGIN, { Forwarded: 'for=127.0.0.1' }],
    ['a proxy', NO_LOGIN, { Via: '1.1 proxy' }],
    ['another name of this machine', NO_LOGIN, { Host: 'nas.local' }],
    ['its address in the network', NO_LOGIN, { Host: '192.168.1.5:8080' }],
    ['a login although none is set', NO_LOGIN, { Host: 'nas.local', Authorization: basic(PASSWORD) }],
    ['an empty token', NO_LOGIN, { Host: 'nas.local', Authorization: bearer('undefined') }],
  ],
  D: [
    ['a forwarding header', WITH_LOGIN, { 'X-Real-IP': '203.0.113.9' }],
    ['another name of this machine', WITH_LOGIN, { Host: 'nas.local' }],
  ],
  E: [
    ['wrong password here', WITH_LOGIN, { Authorization: basic('guess') }],
    ['wrong password elsewhere', WITH_LOGIN, { Host: 'nas.local', Authorization: basic('guess') }],
    ['wrong token', WITH_LOGIN, { Authorization: bearer('guess') }],
    ['password as token', WITH_LOGIN, { Authorization: bearer('open: sesame') }],
    ['token as password', WITH_LOGIN, { Authorization: basic(TOKEN) }],
    ['an unknown kind', WITH_LOGIN, { Authorization: 'Negotiate abc' }],
  ],
  F: [
    ['password here', WITH_LOGIN, { Authorization: basic(PASSWORD) }],
    ['password elsewhere', WITH_LOGIN, { Host: 'nas.local', Authorization: basic(PASSWORD) }],
    ['password through a proxy', WITH_LOGIN, { 'X-Forwarded-For': '203.0.113.9', Authorization: basic(PASSWORD) }],
    ['token', WITH_LOGIN, { Host: '192.168.1.5', Authorization: bearer(TOKEN) }],
    ['password and own page', WITH_LOGIN, { Host: 'nas.local', Origin: 'http://nas.local', Authorization: basic(PASSWORD) }],
  ],
  G: [
    ['no login set', NO_LOGIN, { Host: 'evil.example.com' }],
    ['with the password', WITH_LOGIN, { Host: 'evil.example.com', Authorization: basic(PASSWORD) }],
    ['a name that is none', NO_LOGIN, { Host: 'a b' }],
  ],
  H: [
    ['with the password', WITH_LOGIN, { Origin: 'https://evil.example.com', Authorization: basic(PASSWORD) }],
    ['as the browser sees it', WITH_LOGIN, { 'Sec-Fetch-Site': 'cross-site', Authorization: basic(PASSWORD) }],
    ['sandboxed', WITH_LOGIN, { Origin: 'null', Authorization: basic(PASSWORD) }],
    ['another port', WITH_LOGIN, { Host: 'localhost:80', Origin: 'http://localhost:3000', Authorization: basic(PASSWORD) }],
  ],
};

/** What stands for `:row` and its like: things that are there. */
const CONCRETE: Readonly<Record<string, string>> = {
  '/static/:version/:file': '/static/0/app.css',
  '/photos/:row': '/photos/1',
  '/albums/:row': '/albums/1',
  '/api/items': '/api/items?v=VERSION&from=0&count=1',
  '/api/items/:row': '/api/items/1',
  '/thumb/kept/:checksum': '/thumb/kept/AdeU8pTqYhGzNw%2F%2B%3D',
  '/log/:run': '/log/1',
  '/thumb/:size/:row': '/thumb/small/1',
  '/thumb/:size/:row/:key': '/thumb/small/1/abc',
  '/media/:row/:kind': '/media/1/original',
  '/api/jobs/:job': '/api/jobs/none',
};
const LIBRARY = makeLibrary([{ id: 'A', takenMs: 1_700_000_000_000 }]);
LIBRARY.catalog.putAlbums([{ id: 'album', name: 'Album', kind: 'album', parent: undefined, position: 1 }], 1);
LIBRARY.previews.set('small AdeU8pTqYhGzNw/+=', PIXEL);
LIBRARY.catalog.endRun(LIBRARY.catalog.startRun('sync', 1), {
  command: 'sync',
  startedAtMs: 1,
  endedAtMs: 2,
  outcome: 'complete',
  counts: NO_COUNTS,
  problems: [],
  notices: [],
});
const FORM = 'application/x-www-form-urlencoded';

const INPUT: Readonly<Record<string, { readonly query?: string; readonly body?: string }>> = {
  '/mfa': { query: '?code=123456' },
  '/api/mfa': { query: '?code=123456' },
  '/resend_mfa': { query: '?method=sms' },
  '/api/resend_mfa': { query: '?method=sms' },
  '/unlock': { body: `password=${encodeURIComponent(PASSWORD)}` },
  '/act': { body: 'command=verify' },
  '/api/command': { body: JSON.stringify({ command: 'verify' }) },
  '/code': { body: 'code=123456' },
  '/resend': { body: 'method=sms' },
  '/api/push/subscribe': { body: JSON.stringify(SUBSCRIPTION) },
  '/api/subscribe': { body: JSON.stringify(SUBSCRIPTION) },
};

const TABLE = readHttpTable();
const VARIANTS = Object.entries(CALLERS).flatMap(([caller, variants]) => variants.map((variant) => [caller, ...variant] as const));

describe.each(TABLE.map((row) => [row.method, row.path, row.statuses] as const))('%s %s', (method, path, statuses) => {
  it.each(VARIANTS)('%s, %s', async (caller, _, gate, headers) => {
    const { service, asked } = fakeService();
    const { ask, codes, resends } = await startWeb({
      gate,
      service,
      monitoring: fakeMonitoring(asked).monitoring,
      library: () => LIBRARY.door,
    });
    const concrete = (CONCRETE[path] ?? path).replace('VERSION', String(LIBRARY.door.browse.version()));
    // A window of a timeline belongs to the timeline that was read before.
    if (path === '/api/items') await ask('/api/timeline', { headers: { Authorization: basic(PASSWORD) } });
    const { query = '', body } = INPUT[path] ?? {};
    const answer = await ask(method === 'GET' ? concrete + query : path + query, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': FORM }) },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(statuses[caller]);
    // A refusal leaves no trace behind, and what is let in does something.
    const effects = codes.length + resends.length + asked.length + (answer.headers['set-cookie'] === undefined ? 0 : 1);
    expect(effects).toBe(method !== 'GET' && answer.status < 400 ? 1 : 0);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    if (answer.status >= 400) expect(JSON.stringify(answer.body)).not.toContain('service');
  });
});

describe('the table of docs/http.md', () => {
  const pass = () => undefined;
  const routes = routesOf({
    desk: fakeDesk().desk,
    service: fakeService().service,
    monitoring: fakeMonitoring().monitoring,
    version: '1.2.3',
    library: () => undefined,
    settings: [],
    logTail: undefined,
    trashDays: 30,
    gate: WITH_LOGIN,
    sessions: createSessions(() => 0),
    failedLogins: createAttemptLimit({ most: 1, windowMs: 1, mostSources: 1, nowMs: () => 0 }),
    sourceOf: () => 'somebody',
    files: readStaticFiles(fakeLog().log),
    basePath: '',
    log: fakeLog().log,
    nowMs: () => 0,
    epochMs: Date.now,
    perSource: () => pass,
  });
  const served = routes.flatMap(({ method, paths, access }) =>
    paths.filter((path) => path !== '').map((path) => ({ method: method.toUpperCase(), path, access })),
  );

  it('names every route that exists', () => {
    const named = TABLE.map(({ method, path }) => `${method} ${path}`).filter((route) => route !== 'GET /nowhere');
    expect(named.sort()).toEqual(served.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each(['192.168.1.7', '172.17.0.1', '203.0.113.9', '::ffff:10.0.0.9', 'fe80::1', '2001:db8::1', undefined])(
    'holds for callers at %s who claim to be localhost',
    (remoteAddress) => {
      for (const { method, path, access } of served) {
        const facts = { access, method, remoteAddress, host: 'localhost', origin: undefined, secFetchSite: undefined, forwarded: false };
        const statusOf = (settings: GateSettings, authorization?: string) => {
          const verdict = judgeRequest({ ...facts, authorization }, settings);
          return verdict.allow ? 'in' : verdict.status;
        };
        const statuses = TABLE.find((row) => row.method === method && row.path === path)?.statuses;
        if (access === 'public') {
          expect([path, statusOf(NO_LOGIN), statusOf(WITH_LOGIN)]).toEqual([path, 'in', 'in']);
          continue;
        }
        expect([path, statusOf(NO_LOGIN)]).toEqual([path, statuses?.C]);
        expect([path, statusOf(WITH_LOGIN)]).toEqual([path, statuses?.D]);
        expect([path, statusOf(WITH_LOGIN, basic('guess'))]).toEqual([path, statuses?.E]);
        expect(statusOf(WITH_LOGIN, basic(PASSWORD))).toBe('in');
        expect(statusOf(WITH_LOGIN, bearer(TOKEN))).toBe('in');
      }
    },
  );
});
