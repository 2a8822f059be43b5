import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { openApiDocument } from '../../../src/web/openapi/document.ts';
import { OPERATIONS } from '../../../src/web/openapi/operations.ts';
import { makeLibrary } from './fake-library.ts';
import { fakeMonitoring, SUBSCRIPTION } from './fake-monitoring.ts';
import { CODE_NEED, fakeService, progressWith } from './fake-service.ts';
import { readHttpTable } from './http-table.ts';
import { bearer, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const LIBRARY = makeLibrary([{ id: 'A', takenMs: 1_700_000_000_000, files: [{ kind: 'original', ending: 'JPG' }] }]);
const LOGIN = { Authorization: bearer(TOKEN) };
const OPERATION_PATHS = OPERATIONS.flatMap(({ method, paths }) => paths.map((path) => `${method.toUpperCase()} ${path}`)).sort();

describe('the OpenAPI document', () => {
  it('is one', async () => {
    expect(await new Validator().validate(JSON.parse(JSON.stringify(openApiDocument('1.2.3', '/photos'))))).toEqual({ valid: true });
  });

  it('is served, with the version and the prefix of this service', async () => {
    const { ask } = await startWeb({
      gate: WITH_LOGIN,
      service: fakeService().service,
      monitoring: fakeMonitoring().monitoring,
      version: '1.2.3',
      basePath: '/photos',
    });
    const { status, body } = await ask('/photos/api/openapi.json', { headers: LOGIN });
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument('1.2.3', '/photos'))));
    expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: '/photos' }] });
  });

  it('names every address for programs, and no other', () => {
    // docs/http.md holds every route that exists; another test compares it with the routes.
    const served = readHttpTable()
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
      .filter((route) => / \/(api\/|mfa$|resend_mfa$|healthz$|metrics$)/.test(route));
    expect(OPERATION_PATHS).toEqual(served.sort());
  });
});

/** Sends a request and holds the answer against what the document promises for it. */
async function promised(ask: Awaited<ReturnType<typeof startWeb>>['ask'], method: string, path: string, body?: object) {
  const answer = await ask(path, {
    method,
    headers: { ...LOGIN, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const [plain = ''] = path.split('?');
  const operation = OPERATIONS.find(
    (one) =>
      one.method === method.toLowerCase() && one.paths.some((known) => new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain)),
  );
  const schema = operation?.answers[answer.status];
  if (schema === undefined) throw new Error(`${method} ${path} answered ${answer.status}, which nobody has promised.`);
  if (typeof schema !== 'string') expect([path, (schema as z.ZodType).safeParse(answer.body).error]).toEqual([path, undefined]);
  return answer;
}

describe('what the service answers is what the document promises', () => {
  it('while all is well', async () => {
    const { service } = fakeService();
    const { ask } = await startWeb({ gate: WITH_LOGIN, service, monitoring: fakeMonitoring().monitoring, library: () => LIBRARY.door });
    for (const [method, path] of [
      ['GET', '/api/state'],
      ['GET', '/healthz'],
      ['GET', '/api/log'],
      ['GET', '/api/log?loglevel=info'],
      ['GET', '/api/push/key'],
      ['GET', '/api/vapid-public-key'],
      ['GET', '/metrics'],
      ['GET', '/api/timeline'],
      ['GET', '/api/items?v=0'],
      ['GET', '/api/items/99'],
      ['POST', '/api/sync'],
      ['POST', '/api/reauthenticate'],
      ['POST', '/api/pause'],
      ['POST', '/api/resume'],
      ['POST', '/api/mfa?code=123456'],
      ['POST', '/mfa?code=12'],
      ['POST', '/api/resend_mfa?method=sms'],
      ['POST', '/resend_mfa?method=pigeon'],
    ] as const)
      await promised(ask, method, path);
    const { version } = (await promised(ask, 'GET', '/api/timeline')).body as { version: number };
    const { items } = (await promised(ask, 'GET', `/api/items?v=${version}&from=0&count=5`)).body as { items: { id: number }[] };
    expect((await promised(ask, 'GET', `/api/items/${items[0]?.id}`)).status).toBe(200);
    expect((await promised(ask, 'POST', '/api/push/subscribe', SUBSCRIPTION)).status).toBe(200);
    expect((await promised(ask, 'POST', '/api/subscribe', SUBSCRIPTION)).status).toBe(200);
    expect((await promised(ask, 'DELETE', '/api/push/subscribe', { endpoint: SUBSCRIPTION.endpoint })).status).toBe(200);
    expect((await promised(ask, 'POST', '/api/command', { command: 'verify' })).status).toBe(200);
    expect((await promised(ask, 'POST', '/api/command', { command: 'sync --force' })).status).toBe(400);
  });

  it('in every situation that the state can tell', async () => {
    for (const change of [
      { phase: 'syncing', trigger: 'person', progress: progressWith({ downloaded: 3 }, { expectedItems: 9, remainingMs: 500 }) },
      { phase: 'waiting-for-code', codeAwaited: true, need: CODE_NEED, phones: [{ id: 3, maskedNumber: '••• •••84' }] },
      { phase: 'volume-missing', lastRun: undefined, lastSuccessMs: undefined, lastAttemptMs: undefined },
      { phase: 'idle', paused: true, nextRunMs: undefined, trustDaysLeft: 3 },
    ] as const) {
      const { service } = fakeService(change);
      const { ask } = await startWeb({ gate: WITH_LOGIN, service, monitoring: fakeMonitoring().monitoring });
      await promised(ask, 'GET', '/api/state');
      await promised(ask, 'GET', '/healthz');
    }
  });

  it('when it says no', async () => {
    const { service } = fakeService({}, false);
    const { monitoring } = fakeMonitoring();
    const { ask } = await startWeb({ gate: WITH_LOGIN, service, monitoring: { ...monitoring, push: () => undefined }, waiting: false });
    expect((await promised(ask, 'POST', '/api/sync')).status).toBe(412);
    expect((await promised(ask, 'POST', '/api/mfa?code=123456')).status).toBe(412);
    expect((await promised(ask, 'GET', '/api/push/key')).status).toBe(503);
    expect((await promised(ask, 'POST', '/api/push/subscribe', SUBSCRIPTION)).status).toBe(503);
    expect((await promised(ask, 'GET', '/api/timeline')).status).toBe(503);
  });
});

describe('a push subscription', () => {
  it.each([
    ['nothing', undefined],
    ['no keys', { endpoint: 'https://push.example.com/x' }],
    ['an address without TLS', { ...SUBSCRIPTION, endpoint: 'http://10.0.0.1/x' }],
    ['no address', { ...SUBSCRIPTION, endpoint: 'javascript:alert(1)' }],
    ['an address without end', { ...SUBSCRIPTION, endpoint: `https://push.example.com/${'x'.repeat(2100)}` }],
  ])('is refused when it is %s', async (_what, body) => {
    const { monitoring, asked } = fakeMonitoring();
    const { ask } = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, monitoring });
    expect((await promised(ask, 'POST', '/api/push/subscribe', body)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('may be longer than other requests, within reason', async () => {
    const { monitoring, asked } = fakeMonitoring();
    const { ask } = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, monitoring });
    const endpoint = `https://push.example.com/${'x'.repeat(1500)}`;
    expect((await promised(ask, 'POST', '/api/push/subscribe', { ...SUBSCRIPTION, endpoint })).status).toBe(200);
    expect(asked).toEqual([`subscribe ${endpoint}`]);
    expect((await ask('/api/push/subscribe', { method: 'POST', headers: LOGIN, body: 'x'.repeat(5000) })).status).toBe(413);
  });

  it('that is not known cannot be ended', async () => {
    const { ask } = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, monitoring: fakeMonitoring().monitoring });
    expect((await promised(ask, 'DELETE', '/api/push/subscribe', { endpoint: 'https://push.example.com/other' })).status).toBe(404);
    expect((await promised(ask, 'DELETE', '/api/push/subscribe', {})).status).toBe(400);
  });
});

describe('the log over HTTP', () => {
  it('is filtered by level, and empty without one, as the older tool had it', async () => {
    const { monitoring, entries } = fakeMonitoring();
    const line = (level: 'debug' | 'info' | 'warn') => ({ level, time: 1, source: 'photos-sync', message: level });
    entries.push(line('debug'), line('info'), line('warn'));
    const { ask } = await startWeb({ gate: WITH_LOGIN, service: fakeService().service, monitoring });
    const levels = async (query: string) =>
      ((await promised(ask, 'GET', `/api/log${query}`)).body as { level: string }[]).map(({ level }) => level);
    expect(await levels('?loglevel=debug')).toEqual(['debug', 'info', 'warn']);
    expect(await levels('?loglevel=warn')).toEqual(['warn']);
    expect(await levels('')).toEqual([]);
    expect(await levels('?loglevel=loud')).toEqual([]);
  });
});
