import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultEffect, fault, KNOWN_FAULTS, type KnownFault, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
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

describe('known faults', () => {
  it('are answers that were seen, by name', async () => {
    const statuses: Partial<Record<KnownFault, number>> = {
      unauthorized: 401,
      forbidden: 403,
      'slow-index': 408,
      gone: 410,
      misdirected: 421,
      throttled: 429,
      'bad-gateway': 502,
      unavailable: 503,
      'zone-not-found': 404,
    };
    for (const [name, status] of Object.entries(statuses)) {
      simulator.faults.add(fault(name as KnownFault, { on: 'query' }));
      const answer = await query();
      expect([name, answer.status]).toEqual([name, status]);
      if (status === 429 || status === 503) expect(answer.headers['retry-after']).toBe('1');
    }
    expect(simulator.faults.struck).toBe(Object.keys(statuses).length);
    for (const [name, code] of [
      ['try-again-later', 'TRY_AGAIN_LATER'],
      ['throttled-in-body', 'THROTTLED'],
      ['access-denied', 'ACCESS_DENIED'],
    ] as const) {
      simulator.faults.add(fault(name, { on: 'query', containing: 'ByAssetDate' }));
      expect((await query()).body.serverErrorCode).toBe(code);
    }
  });

  it('a file that is cut short and looks whole, and one that stops in the middle', async () => {
    const { broken } = await download(KNOWN_FAULTS.shortened);
    expect((await broken()).bytes).toHaveLength(100);
    const stalled = (await download(KNOWN_FAULTS['hang-in-body'])).broken();
    const outcome = expect(stalled).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    await simulator.close();
    await outcome;
  });

  it('something happens in the middle of a walk', async () => {
    const before = (await query()).body.records.length;
    simulator.faults.add({ on: 'query', skip: 1, effect: { first: () => void simulator.library.addAsset() } });
    expect((await query()).body.records.length).toBe(before);
    expect((await query()).body.records.length).toBe(before + 2);
  });

  it('addresses that have expired, and an account that has moved', async () => {
    const { body } = await query();
    const { downloadURL } = body.records[0].fields.resOriginalRes.value;
    simulator.expireAddresses();
    expect((await page.send('GET', downloadURL)).status).toBe(410);
    const fresh = (await query()).body.records[0].fields.resOriginalRes.value.downloadURL;
    expect((await page.send('GET', fresh)).status).toBe(200);
    simulator.account.moveToPartition(77);
    expect((await query()).status).toBe(421);
    await page.accountLogin();
    expect((await query()).status).toBe(200);
  });

  it('a slow line: all downloads together get its bytes', async () => {
    const { body } = await query();
    const urls = body.records
      .map(({ fields }: { fields: Record<string, { value: { downloadURL: string } }> }) => fields.resOriginalRes?.value.downloadURL)
      .filter((url: string | undefined) => url !== undefined)
      .slice(0, 3);
    simulator.line.bytesPerSecond = 200_000;
    const startedAt = performance.now();
    const sizes = (await Promise.all(urls.map((url: string) => page.send('GET', url)))).map(({ bytes }) => bytes.length);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(sizes.reduce((sum, size) => sum + size, 0) / seconds).toBeLessThan(220_000);
    simulator.line.latencyMs = 30;
    const asked = performance.now();
    await query();
    expect(performance.now() - asked).toBeGreaterThan(28);
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

  it('changes library, lies, faults and line from outside', async () => {
    const door = (method: string, path: string, body?: unknown) => page.send(method, `http://simulator.local/simulator/${path}`, { body });
    const [first] = (await door('GET', 'assets')).body;
    const removed = await door('POST', 'library', { do: 'deleteAsset', args: [first.recordName] });
    expect([removed.status, simulator.library.findAsset(first.recordName)?.asset.deletedMs === undefined]).toEqual([200, false]);
    const [album, asset] = (
      await door('POST', 'library', [
        { do: 'addAlbum', args: [{ name: 'From outside' }] },
        { do: 'addAsset', args: [{ filename: 'X.JPG' }] },
      ])
    ).body.result;
    await door('POST', 'library', { do: 'addToAlbum', args: [asset, album] });
    expect((await door('GET', 'albums')).body.at(-1)).toMatchObject({ name: 'From outside', members: [expect.any(String)] });
    await door('POST', 'lies', { emptyLists: ['photos'] });
    expect((await query()).body.records).toEqual([]);
    await door('DELETE', 'lies');
    await door('POST', 'faults', { on: 'query', fault: 'throttled', times: 2 });
    expect((await query()).status).toBe(429);
    await door('DELETE', 'faults');
    expect((await query()).status).toBe(200);
    await door('POST', 'line', { latencyMs: 1 });
    await door('POST', 'account', { indexing: 'RUNNING' });
    expect([simulator.line.latencyMs, simulator.account.spec.indexing]).toEqual([1, 'RUNNING']);
    for (const [path, body] of [
      ['library', { do: 'burnDown' }],
      ['faults', { on: 'query', fault: 'nonsense' }],
      ['lies', { nonsense: 1 }],
    ] as const)
      expect([(await door('POST', path, body)).status, path]).toEqual([400, path]);
  });
});
