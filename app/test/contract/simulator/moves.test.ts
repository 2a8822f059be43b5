import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { kindsOf, readFeed } from './feed.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
let shared: { zoneName: string };
beforeEach(async () => {
  simulator = await startSimulator({ library: { assets: 40, seed: 8 }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
  shared = { zoneName: simulator.library.sharedZone ?? '' };
});
afterEach(() => simulator.close());

const originals = (zone: string) =>
  [...simulator.library.expected()].filter((file) => file.kind === 'original' && file.zone === zone).map((file) => file.assetRecordName);
const tokenOf = async (zoneID: object) =>
  (await page.database('/records/query', indexQuery('CheckIndexingState', {}, { zoneID }))).body.syncToken;
const databaseToken = async () => (await page.database('/changes/database', {})).body.syncToken as string;
const changedZones = async (syncToken: string) => {
  const { zones } = (await page.database('/changes/database', { syncToken })).body;
  return zones.map(({ zoneID, deleted }: { zoneID: { zoneName: string }; deleted: boolean }) => [zoneID.zoneName.slice(0, 10), deleted]);
};

describe('moving between libraries', () => {
  it('changes both zones, keeps the bytes and the albums', async () => {
    const [name = ''] = originals('PrimarySync');
    const album = simulator.library.addAlbum({ name: 'Both' });
    simulator.library.addToAlbum(name, album);
    const sums = simulator.library.filesOfAsset(name).map(({ fileChecksum }) => fileChecksum);
    const [own, theirs, database] = [await tokenOf(PRIMARY), await tokenOf(shared), await databaseToken()];
    const moved = simulator.library.moveToShared(name);
    expect(simulator.library.filesOfAsset(moved).map(({ fileChecksum }) => fileChecksum)).toEqual(sums);
    expect(kindsOf((await readFeed(page, PRIMARY, own)).records)).toEqual(
      expect.arrayContaining(['CPLContainerRelation', 'tombstone', 'tombstone', 'tombstone']),
    );
    expect(kindsOf((await readFeed(page, shared, theirs)).records)).toEqual(['CPLAsset', 'CPLMaster']);
    expect(await changedZones(database)).toEqual([
      ['SharedSync', false],
      ['PrimarySyn', false],
    ]);
    expect(simulator.library.albums().find(({ recordName }) => recordName === album)?.members).toEqual([moved]);
    expect(originals('PrimarySync')).not.toContain(name);
    expect(originals(shared.zoneName)).toContain(moved);
  });

  it('leaves a trashed record behind that says it was moved, on request under the same name', async () => {
    const [name = ''] = originals(shared.zoneName);
    const theirs = await tokenOf(shared);
    expect(simulator.library.moveToPersonal(name, { name: 'same', leaves: 'trashed' })).toBe(name);
    const left = (await readFeed(page, shared, theirs)).records.find(({ recordName }) => recordName === name);
    expect([left?.fields.isDeleted?.value, left?.fields.trashReason?.value]).toEqual([1, 0]);
    expect(originals('PrimarySync')).toContain(name);
    expect(simulator.library.findAsset(name)?.zone.name).toBe('PrimarySync');
    simulator.library.deleteAsset(name);
    expect(originals('PrimarySync')).not.toContain(name);
  });

  it('a shared library that was left is gone for every call, and named as deleted', async () => {
    const [token, database] = [await tokenOf(shared), await databaseToken()];
    simulator.library.leaveSharedLibrary();
    const query = await page.database('/records/query', indexQuery(ALL_PHOTOS, {}, { zoneID: shared }));
    expect([query.status, query.body.serverErrorCode]).toEqual([404, 'ZONE_NOT_FOUND']);
    const feed = await page.database('/changes/zone', { zones: [{ zoneID: shared, syncToken: token }, { zoneID: PRIMARY }] });
    expect(feed.body.zones[0]).toEqual({ zoneID: shared, serverErrorCode: 'ZONE_NOT_FOUND', reason: expect.any(String) });
    expect(feed.body.zones[1].records).toBeDefined();
    expect(await changedZones(database)).toEqual([['SharedSync', true]]);
    expect(originals(shared.zoneName)).toEqual([]);
  });

  it('a deletion in the shared library says so, a personal one has no reason', async () => {
    const [theirs = ''] = originals(shared.zoneName);
    const [own = ''] = originals('PrimarySync');
    const tokens = [await tokenOf(shared), await tokenOf(PRIMARY)];
    for (const name of [theirs, own]) simulator.library.deleteAsset(name);
    const reasons = await Promise.all(
      [shared, PRIMARY].map(async (zone, i) => {
        const { records } = await readFeed(page, zone, tokens[i]);
        return records.find(({ recordType }) => recordType === 'CPLAsset')?.fields.trashReason?.value;
      }),
    );
    expect(reasons).toEqual([1, undefined]);
  });
});

describe('tokens', () => {
  it('of another zone and of the database are refused in the entry', async () => {
    for (const syncToken of [await tokenOf(shared), await databaseToken(), 'AQAAAAAAAAAA']) {
      const { status, body } = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken }] });
      expect([status, body.zones]).toEqual([
        200,
        [{ zoneID: PRIMARY, serverErrorCode: 'BAD_REQUEST', reason: 'Unknown sync continuation type' }],
      ]);
    }
    const refused = await page.database('/changes/database', { syncToken: await tokenOf(PRIMARY) });
    expect([refused.status, refused.body.serverErrorCode]).toEqual([400, 'BAD_REQUEST']);
  });

  it('bring at most 200 records a page, whatever is asked', async () => {
    const { body } = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY }] });
    const { syncToken } = body.zones[0];
    for (let i = 0; i < 300; i++) simulator.library.addAsset();
    const next = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken, resultsLimit: 5000 }] });
    expect(next.body.zones[0].records).toHaveLength(200);
    const few = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken, resultsLimit: 7 }] });
    expect([few.body.zones[0].records.length, few.body.zones[0].moreComing]).toEqual([7, true]);
  });
});

describe('albums and duplicates', () => {
  it('a folder takes its albums along, first as flags, later as tombstones', async () => {
    const folder = simulator.library.addAlbum({ name: 'Folder', type: 3 });
    const album = simulator.library.addAlbum({ name: 'Inside', parent: folder });
    simulator.library.addToAlbum(originals('PrimarySync')[0] ?? '', album);
    let token = await tokenOf(PRIMARY);
    simulator.library.removeAlbum(folder);
    const flagged = (await readFeed(page, PRIMARY, token)).records;
    expect(flagged.map(({ recordName, fields }) => [recordName, fields.isDeleted?.value])).toEqual([
      [folder, 1],
      [album, 1],
    ]);
    token = await tokenOf(PRIMARY);
    simulator.library.purgeAlbum(folder);
    const { records } = await readFeed(page, PRIMARY, token);
    expect(records.map(({ recordType, deleted }) => [recordType, deleted])).toEqual(Array.from({ length: 3 }, () => [null, true]));
  });

  it('an album that was moved or brought back is in the feed and in the listing', async () => {
    const album = simulator.library.addAlbum({ name: 'Here' });
    const folder = simulator.library.addAlbum({ name: 'Folder', type: 3 });
    const token = await tokenOf(PRIMARY);
    simulator.library.moveAlbum(album, folder);
    const [moved] = (await readFeed(page, PRIMARY, token)).records;
    expect([moved?.recordName, moved?.fields.parentId?.value]).toEqual([album, folder]);
    simulator.library.removeAlbum(album);
    const operations = [
      { operationType: 'update', record: { recordName: album, recordType: 'CPLAlbum', fields: { isDeleted: { value: 0 } } } },
    ];
    await page.database('/records/modify', { zoneID: PRIMARY, operations });
    const { body } = await page.database('/records/query', indexQuery('CPLAlbumByPositionLive', { parentId: folder }));
    expect(body.records.map(({ recordName }: { recordName: string }) => recordName)).toEqual([album]);
  });

  it('a duplicate is a new asset of the old master', async () => {
    const [name = ''] = originals('PrimarySync');
    const token = await tokenOf(PRIMARY);
    const twin = simulator.library.duplicateAsset(name);
    expect(kindsOf((await readFeed(page, PRIMARY, token)).records)).toEqual(['CPLAsset', 'CPLLibraryInfo', 'CPLMaster']);
    expect(simulator.library.filesOfAsset(twin).map(({ fileChecksum }) => fileChecksum)).toEqual(
      simulator.library.filesOfAsset(name).map(({ fileChecksum }) => fileChecksum),
    );
    simulator.library.editAsset(twin);
    expect(simulator.library.filesOfAsset(name).some(({ kind }) => kind === 'edited')).toBe(false);
  });
});
