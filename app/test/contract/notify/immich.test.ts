import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../../src/adapters/http/http-client.ts';
import { createImmichScan } from '../../../src/adapters/notify/immich.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Answers as Immich documents it; remembers what was asked. */
async function newImmich(libraries: unknown, scanStatus = 204) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-api-key']}`);
    if (request.headers['x-api-key'] !== 'key') response.writeHead(401).end('{}');
    else if (request.method === 'GET') response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(libraries));
    else response.writeHead(scanStatus).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const scan = (apiKey = 'key') =>
    createImmichScan({ url, apiKey, http: createHttpClient({ log, sockets: 2, testServer: undefined }) })(AbortSignal.timeout(20_000));
  return { asked, scan };
}

describe('the scan in Immich', () => {
  it('is asked of the libraries that show our trees, and of no other', async () => {
    const { asked, scan } = await newImmich([
      { id: 'L1', importPaths: ['/mnt/icloud/_All-Photos', '/mnt/icloud/_Shared-Photos/'] },
      { id: 'L2', importPaths: ['/mnt/camera'] },
    ]);
    expect(await scan()).toBeUndefined();
    expect(asked).toEqual(['GET /api/libraries key', 'POST /api/libraries/L1/scan key']);
  });

  it('says why it did not work', async () => {
    const { scan } = await newImmich([{ id: 'L2', importPaths: ['/mnt/camera'] }]);
    expect(await scan()).toContain('no library of it has an import path');
    expect(await scan('wrong')).toContain('refuses the API key');
    const failing = await newImmich([{ id: 'L1', importPaths: ['/x/_All-Photos'] }], 500);
    expect(await failing.scan()).toContain('HTTP 500');
    const broken = await newImmich({ not: 'a list' });
    expect(await broken.scan()).toContain('HTTP 200');
  });
});
