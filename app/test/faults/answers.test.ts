import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../simulator/simulator.ts';
import { type Home, newHome } from '../support/cli.ts';
import { countContents, expectedContents, hashTree } from '../support/tree.ts';

const library = { assets: 30, seed: 9, meanBytes: 3000 } as const;

/** One fault each: what the run that meets it ends with, and in how many runs all is well. */
const PASSING: readonly (readonly [string, FaultRule])[] = [
  ['a film cut short although its length was right', { on: 'download', skip: 3, effect: { truncateTo: 700 } }],
  ['a flipped byte', { on: 'download', skip: 3, effect: 'corrupt' }],
  ['an error page with status 200', { on: 'download', skip: 3, effect: 'html' }],
  ['a connection reset before the answer', { on: 'download', times: 2, effect: 'reset' }],
  ['a connection reset in the middle', { on: 'download', skip: 2, times: 3, effect: { resetAfterBytes: 900 } }],
  ['an address that has expired', { on: 'download', times: 6, effect: { status: 410 } }],
  ['a download host that asks for a pause', { on: 'download', times: 2, effect: { status: 503, headers: { 'retry-after': '1' } } }],
  ['a database that asks for a pause', { on: 'query', times: 2, effect: { status: 429, headers: { 'retry-after': '1' } } }],
  ['a bad gateway', { on: 'query', skip: 1, times: 2, effect: { status: 502, body: '<html>Bad Gateway</html>' } }],
  [
    'a query that says try again later',
    { on: 'query', skip: 1, times: 1, effect: { status: 200, body: { serverErrorCode: 'TRY_AGAIN_LATER', reason: 'op lock' } } },
  ],
  [
    'a login that ends during the listing',
    { on: 'query', skip: 2, times: 1, effect: { status: 421, body: { error: 'Missing X-APPLE-WEBAUTH-USER cookie' } } },
  ],
  ['a wrong connection', { on: 'query', skip: 1, times: 1, effect: { status: 421 } }],
  ['HTML instead of JSON', { on: 'query', skip: 1, times: 1, effect: 'html' }],
  ['a count that is far too high', { on: 'count', effect: { rewrite: (answer) => rewriteCount(answer, 90_000) } }],
  ['a count that is far too low', { on: 'count', effect: { rewrite: (answer) => rewriteCount(answer, 1) } }],
  ['no count at all', { on: 'count', times: 20, effect: { status: 500 } }],
];

describe('a fault that passes', () => {
  it.each(PASSING)('%s: at the latest the next run has everything, and nothing wrong is ever stored', async (_what, rule) => {
    const home = await newHome({ library });
    home.simulator.faults.add(rule);
    const first = await home.run(['sync']);
    expect([0, 4], first.stderr).toContain(first.exitCode);
    onlyTrueFiles(home);
    if (first.exitCode !== 0) {
      expect(first.stderr).toContain('next run');
      expect((await home.run(['sync'])).exitCode).toBe(0);
    }
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });
});

describe('a fault that stays', () => {
  it('a download that hangs is given up after DOWNLOAD_TIMEOUT without bytes, the rest arrives', async () => {
    const home = await newHome({ library: { ...library, assets: 10 } });
    let stuck = '';
    home.simulator.faults.add({
      on: 'download',
      times: Number.POSITIVE_INFINITY,
      match: (url) => {
        stuck ||= url.pathname;
        return url.pathname === stuck;
      },
      effect: 'hang',
    });
    const first = await home.run(['sync'], { DOWNLOAD_TIMEOUT: '0.02' });
    expect(first.exitCode).toBe(4);
    expect(first.stderr).toContain('The next run carries on with what has arrived so far.');
    home.simulator.faults.clear();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(countContents(hashTree(home.library).values())).toEqual(expectedContents(home.simulator.library));
  });

  it('an error entry inside a page is named, the rest arrives, and the library does not count as listed', async () => {
    const home = await newHome({ library });
    home.simulator.faults.add({ on: 'query', times: Number.POSITIVE_INFINITY, match: isPhotoQuery, effect: { rewrite: breakFirstAsset } });
    const { exitCode, stderr } = await home.run(['sync']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('INTERNAL_ERROR');
    expect(hashTree(home.library).size).toBeGreaterThan(30);
    const status = JSON.parse((await home.run(['status', '--json'])).stdout);
    expect(status).toMatchObject({ complete: false, listedAt: null });
    home.simulator.faults.clear();
    expect((await home.run(['sync'])).exitCode).toBe(0);
    expect(JSON.parse((await home.run(['status', '--json'])).stdout)).toMatchObject({ complete: true });
  });

  it('a master that never comes: the item is reported, what is stored of it stays', async () => {
    const home = await newHome({ library: { assets: 6, seed: 2, mix: 'plain', meanBytes: 500 } });
    await home.run(['sync']);
    const before = hashTree(home.library);
    const dropMasters = (answer: unknown) => ({
      ...(answer as object),
      records: (answer as { records: { recordType: string }[] }).records.filter(({ recordType }) => recordType !== 'CPLMaster'),
    });
    home.simulator.faults.add({ on: 'query', times: Number.POSITIVE_INFINITY, match: isPhotoQuery, effect: { rewrite: dropMasters } });
    home.simulator.faults.add({ on: 'lookup', times: Number.POSITIVE_INFINITY, effect: { status: 200, body: { records: [] } } });
    const { exitCode, stderr } = await home.run(['sync', '--full']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('6 items');
    expect(hashTree(home.library)).toEqual(before);
  });

  it('edits whose checksum disagrees are kept as unconfirmed after two identical downloads, originals never', async () => {
    const home = await newHome({ library: { assets: 0, seed: 1, mix: 'plain' } });
    const asset = home.simulator.library.addAsset({ filename: 'IMG_1.JPG', captureMs: Date.UTC(2024, 5, 1), timeZoneOffsetS: 0 });
    home.simulator.library.editAsset(asset, { uti: 'public.jpeg' });
    home.simulator.faults.add({ on: 'download', times: Number.POSITIVE_INFINITY, effect: 'corrupt' });
    expect((await home.run(['sync'])).exitCode).toBe(4);
    expect(hashTree(home.library).size).toBe(0);
    const second = await home.run(['sync']);
    expect(second.exitCode).toBe(4);
    expect([...hashTree(home.library).keys()]).toEqual(['_All-Photos/2024/2024-06/IMG_1-edited.JPG']);
    expect(JSON.parse((await home.run(['status', '--json'])).stdout)).toMatchObject({
      complete: false,
      intact: false,
      kinds: { edited: { stored: 1, verified: 0, unconfirmed: 1 } },
    });
  });

  it('an account without a photo library, and one whose data is closed to the web, say what to do', async () => {
    const home = await newHome({ library });
    const rule = home.simulator.faults.add({
      on: 'changes-database',
      times: Number.POSITIVE_INFINITY,
      effect: { status: 403, body: { serverErrorCode: 'ACCESS_DENIED', reason: 'private db access disabled for this account' } },
    });
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('Access iCloud Data on the Web') });
    rule();
    home.simulator.faults.add({ on: 'changes-database', times: 2, effect: { status: 200, body: { zones: [] } } });
    expect(await home.run(['sync'])).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('Switch on iCloud Photos') });
  });
});

/** Whatever lies under a real name is a rendition that iCloud holds, byte for byte. */
function onlyTrueFiles(home: Home): void {
  const expected = expectedContents(home.simulator.library);
  for (const [path, hash] of hashTree(home.library)) expect(expected.has(hash), path).toBe(true);
}

function isPhotoQuery(_url: URL, body: unknown): boolean {
  return JSON.stringify(body).includes('CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted');
}

function rewriteCount(answer: unknown, value: number): unknown {
  return JSON.parse(JSON.stringify(answer).replace(/("itemCount":\{"value":)\d+/, `$1${value}`));
}

function breakFirstAsset(answer: unknown): unknown {
  const { records, ...rest } = answer as { records: { recordName: string; recordType: string }[] };
  const first = records.findIndex(({ recordType }) => recordType === 'CPLAsset');
  return {
    ...rest,
    records: records.map((record, index) =>
      index === first ? { recordName: record.recordName, serverErrorCode: 'INTERNAL_ERROR', reason: 'try another day' } : record,
    ),
  };
}
