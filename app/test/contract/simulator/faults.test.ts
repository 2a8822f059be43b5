import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultEffect, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { ALL_PHOTOS, indexQuery, openWebPage } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
beforeEach(async () => {
  simulator = await startSimulator({ library: { assets: 6, seed: 3 }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
});
afterEach(() => simulator.close());

const query = () => page.database('/records/query', indexQuery(ALL_PHOTOS));
async function download(effect: FaultEffect) {
  const { body } = await query();
  const { downloadURL, size } = body.records[0].fields.resOriginalRes.value;
  const whole = await page.send('GET', downloadURL);
  simulator.faults.add({ on: 'download', effect });
  return { size: size as number, whole: whole.bytes, broken: () => page.send('GET', downloadURL) };
}

describe('faults', () => {
  it('strike after `skip` requests, `times` times, and can be taken away', async () => {
    const remove = simulator.faults.add({
      on: 'query',
      skip: 1,
      times: 2,
      effect: { status: 503, headers: { 'Retry-After': '7' }, body: 'busy' },
    });
    const statuses = async (count: number) => {
      const list: number[] = [];
      for (let i = 0; i < count; i++) list.push((await query()).status);
      return list;
    };
    expect(await statuses(4)).toEqual([200, 503, 503, 200]);
    remove();
    simulator.faults.add({ on: '*', times: Number.POSITIVE_INFINITY, effect: { status: 429 } });
    expect(await statuses(2)).toEqual([429, 429]);
    simulator.faults.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  it('strike only what matches', async () => {
    simulator.faults.add({
      on: 'query',
      match: (url, body) => url.pathname.includes('/private/') && JSON.stringify(body).includes('CheckIndexing'),
      effect: { status: 500 },
    });
    expect((await query()).status).toBe(200);
    expect((await page.database('/records/query', indexQuery('CheckIndexingState'))).status).toBe(500);
  });

  it('cut a body in the middle, by reset or by a closed connection', async () => {
    for (const effect of [{ resetAfterBytes: 100 }, { truncateTo: 100 }]) {
      const { broken } = await download(effect);
      await expect(broken()).rejects.toThrow();
    }
    await expect((await download('reset')).broken()).rejects.toThrow();
    expect((await query()).status).toBe(200);
  });

  it('flip one byte at the right size', async () => {
    const { broken, whole, size } = await download('corrupt');
    const { bytes } = await broken();
    expect(bytes.length).toBe(size);
    expect([...bytes].filter((byte, i) => byte !== whole[i])).toHaveLength(1);
  });

  it('send a page instead, or a changed answer, or an answer late', async () => {
    const { broken } = await download('html');
    expect((await broken()).bytes.toString()).toContain('<html>');
    simulator.faults.add({ on: 'query', effect: { rewrite: (answer) => ({ ...(answer as object), records: [] }) } });
    expect((await query()).body).toMatchObject({ records: [], syncToken: expect.any(String) });
    simulator.faults.add({ on: 'query', effect: { delayMs: 1 } });
    expect((await query()).body.records.length).toBeGreaterThan(0);
  });

  it('never answer, until the simulator closes', async () => {
    simulator.faults.add({ on: 'query', effect: 'hang' });
    const waiting = query();
    const outcome = expect(waiting).rejects.toThrow();
    await simulator.close();
    await outcome;
  });
});

describe('the side door', () => {
  it('shows the code, the counts, and ends sessions', async () => {
    const door = (method: string, path: string) => page.send(method, `http://simulator.local/simulator/${path}`);
    await page.passwordStep();
    await page.idmsa('PUT', '/verify/trusteddevice/securitycode');
    expect((await door('GET', 'code')).body).toEqual({ code: simulator.account.currentCode() });
    expect((await door('GET', 'requests')).body).toMatchObject({ 'signin-init': 2 });
    await door('POST', 'expire-session');
    expect((await query()).status).toBe(401);
    await door('POST', 'revoke-trust');
    expect((await page.passwordStep({ trustTokens: [page.state.trustToken] })).status).toBe(409);
    expect((await page.send('GET', 'http://example.com/')).status).toBe(404);
  });
});
