import { describe, expect, it } from 'vitest';
import type { ServiceState } from '../../../src/domain/service-state.ts';
import { CODE_AWAITED, CODE_NEED, DAY_MS, fakeService, NOW } from './fake-service.ts';
import { bearer, startWeb, TOKEN, WITH_LOGIN } from './web-server.ts';

const LOGIN = { Authorization: bearer(TOKEN) };

describe('GET /healthz', () => {
  it.each<[Partial<ServiceState>, number, string]>([
    [{}, 200, 'ok'],
    [{ phase: 'syncing' }, 200, 'ok'],
    [CODE_AWAITED, 200, 'waiting'],
    [{ need: CODE_NEED }, 200, 'waiting'],
    [{ phase: 'starting', startedAtMs: NOW - 60_000 }, 200, 'starting'],
    [{ phase: 'starting', startedAtMs: NOW - 600_000 }, 503, 'broken'],
    [{ phase: 'volume-missing' }, 503, 'broken'],
    [{ lastSuccessMs: NOW - 3 * DAY_MS }, 503, 'stale'],
    [{ lastSuccessMs: NOW - 3 * DAY_MS, paused: true }, 200, 'ok'],
  ])('%j', async (change, status, word) => {
    const { ask } = await startWeb({ gate: WITH_LOGIN, service: fakeService(change).service, epochMs: () => NOW });
    // Not a word more, with a login or without.
    expect(await ask('/healthz')).toMatchObject({ status, body: { status: word } });
    expect((await ask('/healthz')).body).toEqual({ status: word });
    expect((await ask('/healthz', { headers: LOGIN })).body).toEqual({ status: word });
  });

  it('speaks of the time that it is', async () => {
    const { service } = fakeService({ lastSuccessMs: Date.now(), startedAtMs: Date.now() });
    const { ask } = await startWeb({ service });
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
