import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { capturing } from '../../../src/adapters/http/capture.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../src/adapters/http/http-client.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capture-'));
});

const file = () => join(folder, 'network.har');
const request: HttpRequest = {
  method: 'POST',
  url: 'https://p12-ckdatabasews.icloud.com/database/1/com.apple.photos.cloud/production/private/records/query?dsid=12345678901&remapEnums=true',
  headers: { cookie: 'X-APPLE-WEBAUTH-TOKEN=very-secret', accept: 'application/json' },
  body: '{}',
  signal: new AbortController().signal,
  retries: 0,
};

function client(answer: HttpAnswer | Error, options: { maxBytes?: number; failures?: unknown[] } = {}): HttpClient {
  const plain: HttpClient = {
    async request() {
      if (answer instanceof Error) throw answer;
      return answer;
    },
    stream: () => Promise.reject(new Error('not part of a capture')),
    reset: () => undefined,
  };
  return capturing(plain, {
    file: file(),
    version: '1',
    now: () => 1_700_000_000_000,
    onFailure: (error) => options.failures?.push(error),
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
  });
}
const answer = (body: unknown): HttpAnswer => ({ status: 200, headers: { 'set-cookie': ['a=secret-cookie'] }, text: JSON.stringify(body) });
const entries = (path = file()) => (JSON.parse(readFileSync(path, 'utf8')) as { log: { entries: unknown[] } }).log.entries;

describe('a network capture', () => {
  it('is whole JSON after every request, and remembers across a restart', async () => {
    for (let count = 1; count <= 3; count++) {
      await client(answer({ records: [] })).request(request);
      expect(entries()).toHaveLength(count);
    }
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('writes down a request that failed, and lets the failure pass', async () => {
    await expect(client(new Error('no connection')).request(request)).rejects.toThrow('no connection');
    expect(entries()).toMatchObject([{ response: { status: 0 } }]);
  });

  it('begins anew behind a file that a crash has cut short', async () => {
    await client(answer({})).request(request);
    truncateSync(file(), statSync(file()).size - 5);
    await client(answer({})).request(request);
    expect(entries()).toHaveLength(1);
  });

  it('stays within its bounds', async () => {
    const http = client(answer({ records: Array.from({ length: 20 }, () => ({ recordType: 'CPLAsset' })) }), { maxBytes: 5_000 });
    for (let count = 0; count < 40; count++) await http.request(request);
    const names = readdirSync(folder).sort();
    expect(names).toEqual(['network.1.har', 'network.2.har', 'network.har']);
    for (const name of names) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(5_000 + 20);
      expect(entries(join(folder, name)).length).toBeGreaterThan(0);
    }
  });

  it('keeps the words of the protocol and drops every value of a person, also in fields nobody has seen before', async () => {
    const body = {
      records: [
        {
          recordName: 'AB12-secret-name',
          recordType: 'CPLAsset',
          fields: {
            isHidden: { value: 1, type: 'INT64' },
            latitude: { value: 48, type: 'DOUBLE' },
            assetDate: { value: 1_715_000_000_000, type: 'TIMESTAMP' },
            newFieldOfTomorrow: { value: 'Anna at the beach', type: 'STRING' },
            resOriginalRes: { value: { downloadURL: 'https://cvws.icloud-content.com/B/secret?x=1', size: 2_450_000 }, type: 'ASSETID' },
          },
        },
        { serverErrorCode: 'ZONE_BUSY', reason: 'Anna has no access' },
      ],
      'anna@example.com': { trusted: true },
    };
    await client(answer(body)).request(request);
    const text = readFileSync(file(), 'utf8');
    const [entry] = entries() as { response: { content: { text: string } } }[];
    const shown = JSON.parse(entry?.response.content.text ?? '');
    expect(shown.records[0]).toMatchObject({
      recordName: expect.stringMatching(/^<id [0-9a-f]{8}>$/),
      recordType: 'CPLAsset',
      fields: {
        isHidden: { value: 1, type: 'INT64' },
        latitude: { value: 0 },
        assetDate: { value: 0 },
        newFieldOfTomorrow: { value: '<text 17>' },
        resOriginalRes: { value: { downloadURL: '<address at cvws.icloud-content.com>', size: 2_450_000 } },
      },
    });
    expect(shown.records[1]).toEqual({ serverErrorCode: 'ZONE_BUSY', reason: '<text 18>' });
    for (const secret of ['nna', 'very-secret', 'secret-cookie', 'secret-name', '12345678901', '1715000000000'])
      expect(text).not.toContain(secret);
  });

  it('gives one record the same short name throughout, so that the structure can be followed', async () => {
    await client(answer({ records: [{ recordName: 'X1' }, { recordName: 'X1' }, { recordName: 'X2' }] })).request(request);
    const [entry] = entries() as { response: { content: { text: string } } }[];
    const [a, b, c] = (JSON.parse(entry?.response.content.text ?? '') as { records: { recordName: string }[] }).records.map(
      ({ recordName }) => recordName,
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });
});
