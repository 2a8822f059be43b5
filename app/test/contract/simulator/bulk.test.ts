import { afterEach, describe, expect, it } from 'vitest';
import { fileChecksum } from '../../../simulator/library.ts';
import { type LibrarySpec, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { kindsOf, readFeed } from './feed.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
afterEach(() => simulator.close());

async function start(library: LibrarySpec): Promise<void> {
  simulator = await startSimulator({ library, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
}
interface Record {
  readonly recordName: string;
  readonly recordType: string;
  readonly fields: { [name: string]: { value: { recordName: string; fileChecksum: string; downloadURL: string } } };
}
const query = async (recordType = ALL_PHOTOS, filters = {}, extra = {}) =>
  (await page.database('/records/query', indexQuery(recordType, filters, extra))).body as {
    records: Record[];
    continuationMarker?: string;
    syncToken: string;
  };
const only = (records: readonly Record[], type: string) => records.filter(({ recordType }) => recordType === type);

async function walk(recordType = ALL_PHOTOS): Promise<Record[]> {
  const all: Record[] = [];
  let marker: object = {};
  for (;;) {
    const { records, continuationMarker } = await query(recordType, {}, { desiredKeys: ['masterRef', 'assetDate'], ...marker });
    all.push(...records);
    if (continuationMarker === undefined) return all;
    marker = { continuationMarker };
  }
}
const small = { assets: 3000, seed: 4, store: 'bulk', meanBytes: 2000 } as const;

describe('a library whose items are made when somebody looks', () => {
  it('shows every item once, with its master, and the same in expected()', async () => {
    await start(small);
    const records = await walk();
    const assets = only(records, 'CPLAsset').map(({ recordName }) => recordName);
    const truth = [...simulator.library.expected()].filter(({ kind, zone }) => kind === 'original' && zone === 'PrimarySync');
    expect(assets).toEqual(truth.map(({ assetRecordName }) => assetRecordName));
    expect(new Set(only(records, 'CPLMaster').map(({ recordName }) => recordName))).toEqual(
      new Set(truth.map(({ masterRecordName }) => masterRecordName)),
    );
    const hidden = only(await walk('CPLAssetAndMasterHiddenByAssetDate'), 'CPLAsset');
    const deleted = only(await walk('CPLAssetAndMasterDeletedByExpungedDate'), 'CPLAsset');
    expect([hidden.length > 10, deleted.length > 10, assets.length + hidden.length + deleted.length]).toEqual([true, true, 3000]);
  });

  it('delivers the bytes that the records name, also after the item has moved into the records', async () => {
    await start(small);
    const { records } = await query(ALL_PHOTOS, { startRank: 1500, direction: 'ASCENDING' });
    const files = records.flatMap(({ fields }) => Object.entries(fields).filter(([name]) => name.endsWith('Res')));
    expect(files.length).toBeGreaterThan(200);
    for (const [, { value }] of files.slice(0, 40)) {
      const { bytes } = await page.send('GET', value.downloadURL);
      expect(fileChecksum(bytes)).toBe(value.fileChecksum);
    }
    const [asset] = only(records, 'CPLAsset');
    const address = records.find(({ recordName }) => recordName === asset?.fields.masterRef?.value.recordName)?.fields.resOriginalRes
      ?.value;
    simulator.library.setFavorite(asset?.recordName ?? '', true);
    expect((await page.send('GET', address?.downloadURL ?? '')).status).toBe(200);
    simulator.library.purgeAsset(asset?.recordName ?? '');
    expect((await page.send('GET', address?.downloadURL ?? '')).status).toBe(404);
  });

  it('is the same for the same seed: a token and a name of an earlier start still work', async () => {
    await start(small);
    const { token, records } = await readFeed(page, PRIMARY);
    const history = new Set(records.map(({ recordName }) => recordName));
    expect(history.size).toBe(records.length);
    expect(kindsOf(records).filter((kind) => kind === 'CPLAsset')).toHaveLength(3000);
    const [master = ''] = records
      .filter(({ recordType }) => recordType === 'CPLMaster')
      .map(({ recordName }) => recordName)
      .slice(2000);
    await simulator.close();
    await start(small);
    expect((await readFeed(page, PRIMARY, token)).records).toEqual([]);
    const { body } = await page.database('/records/lookup', {
      zoneID: PRIMARY,
      records: [{ recordName: master }, { recordName: 'A'.repeat(28) }],
    });
    expect(body.records.map((record: { serverErrorCode?: string }) => record.serverErrorCode)).toEqual([undefined, 'NOT_FOUND']);
  });

  it('lets anything happen to any item, as in a small library', async () => {
    await start({ ...small, albums: 0 });
    const names = only(await walk(), 'CPLAsset').map(({ recordName }) => recordName);
    const [favorite = '', gone = '', purged = '', twin = '', edited = '', moved = '', hidden = ''] = names.slice(1000);
    const { syncToken } = await query('CheckIndexingState');
    const { library } = simulator;
    library.setFavorite(favorite, true);
    library.deleteAsset(gone);
    library.purgeAsset(purged);
    const second = library.duplicateAsset(twin);
    library.editAsset(edited);
    library.moveToShared(moved);
    library.setHidden(hidden, true);
    const now = only(await walk(), 'CPLAsset').map(({ recordName }) => recordName);
    const left = names.filter((name) => ![gone, purged, moved, hidden].includes(name));
    expect(now.filter((name) => name !== second)).toEqual(left);
    expect(now.indexOf(second)).toBe(left.indexOf(twin) + (now[left.indexOf(twin)] === second ? 0 : 1));
    const { records } = await readFeed(page, PRIMARY, syncToken);
    expect(kindsOf(records)).toEqual([
      ...['CPLAsset', 'CPLAsset', 'CPLAsset', 'CPLAsset', 'CPLAsset'],
      ...['CPLLibraryInfo', 'CPLMaster', 'CPLMaster'],
      ...['tombstone', 'tombstone', 'tombstone', 'tombstone'],
    ]);
    library.restoreAsset(gone);
    library.purgeAsset(twin);
    expect(library.filesOfAsset(second).length).toBeGreaterThan(0);
    expect(only(await walk(), 'CPLAsset')).toHaveLength(left.length + 1);
  });

  it('starts with 200,000 items in a moment and answers from their middle', async () => {
    const startedAt = performance.now();
    await start({ assets: 200_000, seed: 1 });
    expect(performance.now() - startedAt).toBeLessThan(10_000); // under a second on an idle machine
    const { records } = await query(ALL_PHOTOS, { startRank: 100_000, direction: 'ASCENDING' });
    expect(records).toHaveLength(200);
    expect(simulator.library.albums().length).toBeGreaterThan(100);
    const { body } = await page.database('/changes/zone', {
      zones: [{ zoneID: PRIMARY, syncToken: records.length > 0 ? (await query('CheckIndexingState')).syncToken : '' }],
    });
    expect(body.zones[0]).toMatchObject({ records: [], moreComing: false });
  });
});
