import { describe, expect, it } from 'vitest';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import { CODE_AWAITED, CODE_NEED, DAY_MS, fakeService, GOOD_RUN, LAST_NIGHT, NOW, progressWith, TONIGHT } from './fake-service.ts';
import { bearer, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const LOGIN = { Authorization: bearer(TOKEN) };

async function startApi(change: Partial<ServiceState> = {}, willing = true) {
  const fake = fakeService(change, willing);
  const web = await startWeb({ gate: WITH_LOGIN, service: fake.service, epochMs: () => NOW });
  return { ...web, ...fake };
}

/** The keys of the older tool. */
async function oldKeys(change: Partial<ServiceState>): Promise<unknown> {
  const { ask } = await startApi(change);
  const { status, body } = await ask('/api/state', { headers: LOGIN });
  expect(status).toBe(200);
  const { service: _, ...old } = body as Record<string, unknown>;
  return old;
}

const IDLE = { timestamp: LAST_NIGHT + 240_000, nextSync: TONIGHT, prevTrigger: 'sync' };
const RUNNING = { phase: 'syncing', trigger: 'person', sinceMs: NOW } as const;

describe('GET /api/state has the keys of the older tool', () => {
  it.each<[string, Partial<ServiceState>, object]>([
    ['idle', {}, { state: 'ready', ...IDLE }],
    ['before the first run', { lastRun: undefined, nextRunMs: undefined }, { state: 'ready', timestamp: IDLE.timestamp }],
    ['paused', { paused: true }, { state: 'ready', timestamp: IDLE.timestamp, prevTrigger: 'sync' }],
    [
      'after a failure',
      { lastRun: { ...GOOD_RUN, outcome: 'failed', code: 'no-network', message: 'iCloud cannot be reached.' } },
      { state: 'ready', ...IDLE, prevError: { message: 'iCloud cannot be reached.', code: 'no-network' } },
    ],
    [
      'after a failure without words',
      { lastRun: { ...GOOD_RUN, outcome: 'failed', code: 'no-network' } },
      {
        state: 'ready',
        ...IDLE,
        prevError: { message: 'Check the network and DNS of this machine. The next run carries on from here.', code: 'no-network' },
      },
    ],
    ['after a sign-in', { lastRun: { ...GOOD_RUN, trigger: 'sign-in' } }, { state: 'ready', ...IDLE, prevTrigger: 'auth' }],
    ['starting', { phase: 'starting' }, { state: 'running', ...IDLE, progress: 0, progressMsg: 'Starting' }],
    ['stopping', { phase: 'stopping' }, { state: 'running', ...IDLE, progress: 0, progressMsg: 'Stopping' }],
    ['signing in', { phase: 'signing-in' }, { state: 'running', ...IDLE, progress: 0, progressMsg: 'Signing in to iCloud' }],
    ['syncing, nothing known', RUNNING, { state: 'running', ...IDLE, timestamp: NOW, progress: 0, progressMsg: 'Comparing with iCloud' }],
    [
      'listing',
      { ...RUNNING, progress: progressWith({ listed: 1200 }, { expectedItems: 4800 }) },
      { state: 'running', ...IDLE, timestamp: NOW, progress: 25, progressMsg: 'Comparing with iCloud: 1,200 of 4,800 items' },
    ],
    [
      'downloading',
      { ...RUNNING, progress: progressWith({ downloaded: 2, downloadedBytes: 1e6 }, { missingFiles: 5, missingBytes: 2e6 }) },
      { state: 'running', ...IDLE, timestamp: NOW, progress: 33, progressMsg: '2 of 7 files, 1.0 MB of 3.0 MB' },
    ],
    [
      'everything downloaded, report not written',
      { ...RUNNING, progress: progressWith({ downloaded: 2, downloadedBytes: 1e6 }) },
      { state: 'running', ...IDLE, timestamp: NOW, progress: 99, progressMsg: '2 of 2 files, 1.0 MB of 1.0 MB' },
    ],
    [
      'a code is awaited',
      CODE_AWAITED,
      {
        state: 'blocked',
        ...IDLE,
        timestamp: NOW - 120_000,
        trustedPhoneNumbers: [
          { id: 3, maskedNumber: '••• •••84' },
          { id: 7, maskedNumber: '••• •••12' },
        ],
      },
    ],
    [
      'a code is needed, nobody waits',
      { phase: 'waiting-for-code', need: CODE_NEED },
      { state: 'blocked', ...IDLE, trustedPhoneNumbers: [] },
    ],
    ['a code was needed after a restart', { need: CODE_NEED }, { state: 'blocked', ...IDLE, trustedPhoneNumbers: [] }],
    [
      'the volume is gone',
      { phase: 'volume-missing', lastRun: { ...GOOD_RUN, outcome: 'needs-person', code: 'volume-missing', message: 'Gone.' } },
      { state: 'ready', ...IDLE, prevError: { message: 'Gone.', code: 'volume-missing' } },
    ],
  ])('%s', async (_, change, expected) => {
    expect(await oldKeys(change)).toEqual(expected);
  });
});

describe('GET /api/state has our own state', () => {
  it('whole, with a version, the health, and times for people', async () => {
    const { ask, current } = await startApi({ ...CODE_AWAITED, need: CODE_NEED });
    const { body } = await ask('/api/state', { headers: LOGIN });
    expect(body).toMatchObject({
      service: {
        schema: 1,
        health: 'waiting',
        ...JSON.parse(JSON.stringify(current.state)),
        times: {
          since: new Date(NOW - 120_000).toISOString(),
          started: new Date(NOW - 30 * DAY_MS).toISOString(),
          nextRun: new Date(TONIGHT).toISOString(),
          lastAttempt: new Date(LAST_NIGHT).toISOString(),
          lastSuccess: new Date(GOOD_RUN.endedAtMs).toISOString(),
        },
      },
    });
  });

  it('leaves out times that are not known', async () => {
    const { ask } = await startApi({ lastSuccessMs: undefined, nextRunMs: undefined });
    const { body } = (await ask('/api/state', { headers: LOGIN })) as { body: { service: { times: object } } };
    expect(Object.keys(body.service.times)).toEqual(['since', 'started', 'lastAttempt']);
  });
});

describe('what can be asked for', () => {
  it.each([
    ['/api/sync', 'sync', 'Sync requested'],
    ['/api/reauthenticate', 'sign-in', 'Reauthentication requested'],
    ['/api/pause', 'pause', 'Paused'],
    ['/api/resume', 'resume', 'Resumed'],
  ])('POST %s', async (path, wish, message) => {
    const { post, asked } = await startApi();
    expect(await post(path, LOGIN)).toMatchObject({ status: 200, body: { message } });
    expect(asked).toEqual([wish]);
  });

  it.each<[Partial<ServiceState>, string]>([
    [{ phase: 'syncing' }, 'Not ready: a run is under way'],
    [{ phase: 'signing-in' }, 'Not ready: a run is under way'],
    [CODE_AWAITED, 'Not ready: Apple waits for a sign-in code'],
    [{ phase: 'starting' }, 'Not ready: the service is starting'],
    [{ phase: 'stopping' }, 'Not ready: the service is stopping'],
    [{ phase: 'volume-missing' }, 'Not ready: the library folder is not there'],
  ])('not while %j', async (change, message) => {
    const { post } = await startApi(change, false);
    expect(await post('/api/sync', LOGIN)).toMatchObject({ status: 412, body: { message } });
    expect(await post('/api/reauthenticate', LOGIN)).toMatchObject({ status: 412, body: { message } });
  });

  it('a failing pause is an error without details', async () => {
    const { service } = fakeService();
    const broken = { ...service, pause: () => Promise.reject(new Error('disk I/O error in catalog.sqlite')) };
    const { post, lines } = await startWeb({ gate: WITH_LOGIN, service: broken });
    expect(await post('/api/pause', LOGIN)).toMatchObject({
      status: 500,
      body: { message: 'Something went wrong here; the log says what' },
    });
    expect(lines.join('\n')).toContain('disk I/O error');
  });

  it('sign-ins count like requests for codes', async () => {
    const { post, asked } = await startApi();
    for (let attempt = 0; attempt < 10; attempt++)
      expect((await post(attempt % 2 ? '/api/reauthenticate' : '/resend_mfa?method=sms', LOGIN)).status).toBe(200);
    expect((await post('/api/reauthenticate', LOGIN)).status).toBe(429);
    expect(asked).toHaveLength(5);
  });
});
