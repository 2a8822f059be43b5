import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileChecksum, type Library } from '../../../simulator/library.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20, 8);
  simulator = await startSimulator({ library: { assets: 60, seed: 3 }, account: { iterations: 1000 }, now: () => nowMs });
  page = openWebPage(simulator);
  await page.signIn();
});
afterEach(() => simulator.close());

interface Res {
  readonly downloadURL: string;
  readonly size: number;
  readonly fileChecksum: string;
  readonly referenceChecksum: string;
  readonly wrappingKey: string;
}
/** Every file of the all-photos index, previews included. */
async function allResources(): Promise<{ name: string; res: Res }[]> {
  const { body } = await page.database('/records/query', indexQuery(ALL_PHOTOS));
  return body.records.flatMap(({ fields }: { fields: Record<string, { value: Res; type: string }> }) =>
    Object.entries(fields).flatMap(([name, { value, type }]) => (type === 'ASSETID' ? { name, res: value } : [])),
  );
}
const someOriginal = async (): Promise<Res> => {
  const found = (await allResources()).find(({ name }) => name === 'resOriginalRes');
  if (found === undefined) throw new Error('no original');
  return found.res;
};

describe('downloads', () => {
  it('deliver the bytes whose checksum and size the record names, previews too', async () => {
    const resources = await allResources();
    expect(new Set(resources.map(({ name }) => name)).size).toBeGreaterThanOrEqual(9);
    for (const { name, res } of resources) {
      const { status, bytes } = await page.send('GET', res.downloadURL);
      expect([name, status, bytes.length, fileChecksum(bytes)]).toEqual([name, 200, res.size, res.fileChecksum]);
    }
  });

  it('agree with what the library says a backup must hold', async () => {
    const byChecksum = new Map((await allResources()).map(({ res }) => [res.fileChecksum, res]));
    for (const file of (simulator.library as Library).expected()) {
      if (file.zone !== 'PrimarySync') continue;
      const res = byChecksum.get(file.fileChecksum);
      const { bytes } = await page.send('GET', res?.downloadURL ?? '');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
      expect(bytes.length).toBe(file.size);
    }
  });

  it('have addresses of the known form', async () => {
    const res = await someOriginal();
    const url = new URL(res.downloadURL);
    const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    expect(res.downloadURL).toMatch(/\/\$\{f\}\?/);
    expect(url.host).toBe('cvws.icloud-content.com');
    expect(url.pathname.split('/')[2]).toBe(urlSafe(res.fileChecksum) + urlSafe(res.referenceChecksum));
    expect([...url.searchParams.keys()]).toEqual(['o', 'v', 'x', 'a', 'e', 'fl', 'r', 'k', 'ckc', 'ckz', 'y', 'p', 's']);
    expect(url.searchParams.get('k')).toBe(urlSafe(res.wrappingKey));
    expect(Number(url.searchParams.get('e'))).toBe(nowMs / 1000 + 3600);
    expect(Buffer.from(url.searchParams.get('s') ?? '', 'base64url')).toHaveLength(20);
  });

  it('end after an hour, and a lookup brings a new address', async () => {
    const res = await someOriginal();
    nowMs += 3_600_000;
    expect((await page.send('GET', res.downloadURL)).status).toBe(410);
    const { body } = await page.database('/records/lookup', { records: [{ recordName: res.fileChecksum }], zoneID: PRIMARY });
    expect((await page.send('GET', body.records[0].fields.resOriginalRes.value.downloadURL)).status).toBe(200);
  });

  it('need cookies, a signature, a file that still exists', async () => {
    const res = await someOriginal();
    const bare = await page.send('GET', res.downloadURL, { withoutCookies: true });
    expect([bare.status, bare.bytes.length]).toEqual([200, 17]);
    expect((await page.send('GET', res.downloadURL.replace(/&s=../, '&s=xx'))).status).toBe(403);
    expect((await page.send('GET', 'https://cvws.icloud-content.com/nonsense')).status).toBe(400);
    for (const { assetRecordName, fileChecksum: checksum } of [...simulator.library.expected()])
      if (checksum === res.fileChecksum) simulator.library.purgeAsset(assetRecordName);
    expect((await page.send('GET', res.downloadURL)).status).toBe(404);
  });

  it('serve ranges', async () => {
    const res = await someOriginal();
    const { bytes } = await page.send('GET', res.downloadURL);
    const part = (Range: string) => page.send('GET', res.downloadURL, { headers: { Range } });
    const rest = await part('bytes=1000-');
    expect([rest.status, rest.headers['content-range']]).toEqual([206, `bytes 1000-${res.size - 1}/${res.size}`]);
    expect(rest.bytes.equals(bytes.subarray(1000))).toBe(true);
    expect((await part('bytes=10-19')).bytes.equals(bytes.subarray(10, 20))).toBe(true);
    expect((await part(`bytes=${res.size}-`)).status).toBe(416);
  });

  it('stream films of many megabytes', async () => {
    const name = simulator.library.addAsset({ uti: 'com.apple.quicktime-movie', filename: 'Long.MOV', size: 30_000_000 });
    const [file] = simulator.library.filesOfAsset(name);
    const { body } = await page.database('/records/lookup', { records: [{ recordName: file?.masterRecordName }], zoneID: PRIMARY });
    const { bytes } = await page.send('GET', body.records[0].fields.resOriginalRes.value.downloadURL);
    expect([bytes.length, fileChecksum(bytes)]).toEqual([file?.size, file?.fileChecksum]);
  });

  it('may be broken off by the client', async () => {
    const name = simulator.library.addAsset({ uti: 'com.apple.quicktime-movie', filename: 'Long.MOV', size: 20_000_000 });
    const [file] = simulator.library.filesOfAsset(name);
    const { body } = await page.database('/records/lookup', { records: [{ recordName: file?.masterRecordName }], zoneID: PRIMARY });
    const { host, pathname, search } = new URL(body.records[0].fields.resOriginalRes.value.downloadURL);
    const cookies = [...page.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    await new Promise<void>((resolve) => {
      const call = request(`${simulator.address}${pathname}${search}`, { headers: { Host: host, Cookie: cookies } }, (answer) => {
        answer.on('error', () => undefined);
        answer.once('data', () => answer.destroy());
        answer.once('close', resolve);
      });
      call.on('error', () => undefined);
      call.end();
    });
    expect((await page.database('/zones/list', {})).status).toBe(200);
  });
});
