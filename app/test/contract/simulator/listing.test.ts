import { afterEach, describe, expect, it } from 'vitest';
import { type LibrarySpec, type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/simulator.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY, type WireAnswer } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
afterEach(() => simulator.close());

async function start(library: LibrarySpec, account: SimulatorOptions['account'] = {}): Promise<void> {
  simulator = await startSimulator({ library, account: { iterations: 1000, ...account } });
  page = openWebPage(simulator);
  await page.signIn();
}

const query = (body: object) => page.database('/records/query', body);
const namesOf = (answer: WireAnswer, recordType: string): string[] =>
  answer.body.records
    .filter((record: { recordType: string }) => record.recordType === recordType)
    .map(({ recordName }: { recordName: string }) => recordName);

/** All pages of an index by its continuation marker. */
async function walk(recordType: string, filters: Record<string, string | number> = {}, extra: object = {}): Promise<WireAnswer[]> {
  const pages: WireAnswer[] = [];
  let marker: object = {};
  for (;;) {
    const answer = await query(indexQuery(recordType, filters, { desiredKeys: ['masterRef', 'itemId'], ...extra, ...marker }));
    expect(answer.status).toBe(200);
    pages.push(answer);
    if (answer.body.continuationMarker === undefined) return pages;
    marker = { continuationMarker: answer.body.continuationMarker };
  }
}
const expectedAssets = (zone = 'PrimarySync') => [
  ...new Set([...simulator.library.expected()].filter((file) => file.zone === zone).map(({ assetRecordName }) => assetRecordName)),
];

describe('photos', () => {
  it.each(['masters-first', 'asset-first', 'split'] as const)('a walk by marker covers every item once, in order: %s', async (order) => {
    await start({ assets: 450, seed: 2, order });
    const pages = await walk(ALL_PHOTOS, { startRank: 0, direction: 'ASCENDING' });
    expect(pages.flatMap((answer) => namesOf(answer, 'CPLAsset'))).toEqual(expectedAssets());
    for (const answer of pages) expect(answer.body.records.length).toBeLessThanOrEqual(200);
    const masters = new Set(pages.flatMap((answer) => namesOf(answer, 'CPLMaster')));
    for (const { masterRecordName, zone } of simulator.library.expected())
      if (zone === 'PrimarySync') expect(masters).toContain(masterRecordName);
    if (order === 'split') {
      const [first] = pages;
      const last = namesOf(first as WireAnswer, 'CPLAsset').at(-1) ?? '';
      expect(namesOf(first as WireAnswer, 'CPLMaster')).not.toContain(simulator.library.findAsset(last)?.master?.recordName);
    }
  });

  it('a walk by rank covers every item, upwards and downwards, and ends with an empty page', async () => {
    await start({ assets: 230, seed: 3, mix: 'plain' });
    for (const direction of ['ASCENDING', 'DESCENDING']) {
      const seen: string[] = [];
      let startRank = direction === 'ASCENDING' ? 0 : 229;
      for (;;) {
        const names = namesOf(await query(indexQuery(ALL_PHOTOS, { startRank, direction })), 'CPLAsset');
        if (names.length === 0) break;
        seen.push(...names);
        startRank += direction === 'ASCENDING' ? names.length : -names.length;
        if (startRank < 0) break;
      }
      expect(seen).toEqual(direction === 'ASCENDING' ? expectedAssets() : expectedAssets().reverse());
    }
  });

  it('a walk by marker survives that its last item goes away and that a new one comes', async () => {
    await start({ assets: 150, seed: 3, mix: 'plain' });
    const all = expectedAssets();
    const first = await query(indexQuery(ALL_PHOTOS));
    const names = namesOf(first, 'CPLAsset');
    simulator.library.deleteAsset(names.at(-1) ?? '');
    const early = simulator.library.addAsset({ captureMs: 0 });
    const second = await query(indexQuery(ALL_PHOTOS, {}, { continuationMarker: first.body.continuationMarker }));
    expect(namesOf(second, 'CPLAsset')).toEqual(all.slice(100));
    expect(names).not.toContain(early);
  });

  it('honours desiredKeys, getCurrentSyncToken and the ceiling of 200 records', async () => {
    await start({ assets: 130, seed: 3, mix: 'plain' });
    const answer = await query(indexQuery(ALL_PHOTOS, {}, { desiredKeys: ['filenameEnc', 'noSuchField'], resultsLimit: 5000 }));
    expect(answer.body.records).toHaveLength(200);
    expect(Object.keys(answer.body.records[0].fields)).toEqual(['filenameEnc']);
    expect(Buffer.from(answer.body.syncToken, 'base64')).toHaveLength(33);
    const url = 'https://p61-ckdatabasews.icloud.com:443/database/1/com.apple.photos.cloud/production/private/records/query';
    expect((await page.send('POST', url, { body: indexQuery(ALL_PHOTOS) })).body.syncToken).toBeUndefined();
  });

  it('lists hidden, deleted, favourite and other smart albums, and counts them', async () => {
    await start({ assets: 200, seed: 5 });
    const assetCount = async (recordType: string, filters = {}) =>
      (await walk(recordType, filters)).flatMap((answer) => namesOf(answer, 'CPLAsset')).length;
    const files = (visibility: 'hidden' | 'deleted') =>
      new Set([...simulator.library.expected(visibility)].map(({ assetRecordName }) => assetRecordName)).size;
    const visible = await assetCount(ALL_PHOTOS);
    expect(await assetCount('CPLAssetAndMasterHiddenByAssetDate')).toBe(
      files('hidden') -
        [...simulator.library.expected('hidden')].filter(({ zone, kind }) => zone !== 'PrimarySync' && kind === 'original').length,
    );
    expect(await assetCount('CPLAssetAndMasterByAddedDate')).toBe(visible);
    const smart = 'CPLAssetAndMasterInSmartAlbumByAssetDate';
    const ids: Record<string, number> = {
      CPLAssetByAssetDateWithoutHiddenOrDeleted: visible,
      CPLAssetDeletedByExpungedDate: await assetCount('CPLAssetAndMasterDeletedByExpungedDate'),
      'CPLAssetInSmartAlbumByAssetDate:Favorite': await assetCount(smart, { smartAlbum: 'FAVORITE' }),
      'CPLAssetInSmartAlbumByAssetDate:Live': await assetCount(smart, { smartAlbum: 'LIVE' }),
      'CPLAssetInSmartAlbumByAssetDate:Screenshot': await assetCount(smart, { smartAlbum: 'SCREENSHOT' }),
      CPLAssetBurstStackAssetByAssetDate: await assetCount('CPLBurstStackAssetAndMasterByAssetDate'),
    };
    const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue: { type: 'STRING_LIST', value: Object.keys(ids) } };
    const batch = [{ query: { recordType: 'HyperionIndexCountLookup', filterBy }, zoneWide: true, zoneID: PRIMARY }];
    const { body } = await page.database('/internal/records/query/batch', { batch });
    const counts = body.batch[0].records.map((record: { recordName: string; fields: { itemCount: { value: number } } }) => [
      record.recordName,
      record.fields.itemCount.value,
    ]);
    expect(Object.fromEntries(counts)).toEqual(ids);
    for (const count of Object.values(ids)) expect(count).toBeGreaterThan(0);
  });

  it('finds one item by its name and refuses what is no index', async () => {
    await start({ assets: 30, seed: 5 });
    const [name = ''] = expectedAssets();
    const one = await query(indexQuery(ALL_PHOTOS, { recordName: name }, { resultsLimit: 2 }));
    expect([one.body.records.length, namesOf(one, 'CPLAsset')]).toEqual([2, [name]]);
    const refused = await query(indexQuery('CPLMaster'));
    expect([refused.status, refused.body.reason]).toEqual([400, 'Type is not marked indexable: CPLMaster']);
    expect((await query(indexQuery(ALL_PHOTOS, { masterRef: 'x' }))).status).toBe(400);
  });

  it('looks records up by name, with an error in place of a missing one', async () => {
    await start({ assets: 30, seed: 5 });
    const [name = ''] = expectedAssets();
    const { body } = await page.database('/records/lookup', {
      records: [{ recordName: name }, { recordName: 'missing' }],
      zoneID: PRIMARY,
      desiredKeys: ['masterRef'],
    });
    expect(body.records[0].fields.masterRef.value.action).toBe('DELETE_SELF');
    expect(body.records[1]).toMatchObject({ recordName: 'missing', serverErrorCode: 'NOT_FOUND' });
    const many = await page.database('/records/lookup', {
      records: Array.from({ length: 201 }, () => ({ recordName: name })),
      zoneID: PRIMARY,
    });
    expect([many.status, many.body.serverErrorCode]).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('albums', () => {
  it('more than 200 albums need the marker', async () => {
    await start({ assets: 20, seed: 1, mix: 'plain', albums: 430 });
    const pages = await walk('CPLAlbumByPositionLive');
    expect(pages.map(({ body }) => body.records.length)).toEqual([200, 200, 32]);
    expect(new Set(pages.flatMap((answer) => namesOf(answer, 'CPLAlbum'))).size).toBe(432);
  });

  it('folders are walked by parentId and hold every album of the tree', async () => {
    await start({ assets: 200, seed: 5, albums: 9 });
    const seen: string[] = [];
    const visit = async (parentId?: string): Promise<void> => {
      for (const answer of await walk('CPLAlbumByPositionLive', parentId === undefined ? {} : { parentId }, { desiredKeys: undefined }))
        for (const { recordName, fields } of answer.body.records) {
          seen.push(recordName);
          if (fields.albumType.value === 3 && !recordName.startsWith('----')) await visit(recordName);
        }
    };
    await visit();
    expect(seen.filter((name) => !name.startsWith('----')).sort()).toEqual(
      simulator.library
        .albums()
        .map(({ recordName }) => recordName)
        .sort(),
    );
    expect(seen).toEqual(expect.arrayContaining(['----Root-Folder----', '----Project-Root-Folder----']));
  });

  it('members come in pages of 66 with three records each, all of them', async () => {
    await start({ assets: 0, seed: 1, mix: 'plain' });
    const album = simulator.library.addAlbum({ name: 'Big' });
    for (let i = 0; i < 150; i++) simulator.library.addToAlbum(simulator.library.addAsset({ captureMs: i * 1000 }), album, 1000 - i);
    for (const recordType of ['CPLContainerRelationLiveByAssetDate', 'CPLContainerRelationLiveByPosition']) {
      const pages = await walk(recordType, { parentId: album });
      expect(pages.map(({ body }) => body.records.length)).toEqual([198, 198, 54]);
      const [truth] = simulator.library.albums();
      const inOrder = recordType.endsWith('Date') ? truth?.members : [...(truth?.members ?? [])].reverse();
      expect(pages.flatMap((answer) => namesOf(answer, 'CPLAsset'))).toEqual(inOrder);
    }
  });

  it('a member from the shared library is a relation alone', async () => {
    await start({ assets: 60, seed: 1 });
    const shared = new Set(expectedAssets(simulator.library.zones.find(({ name }) => name.startsWith('SharedSync-'))?.name));
    const album = simulator.library.albums().find(({ members }) => members.some((name) => shared.has(name)));
    expect(album).toBeDefined();
    const pages = await walk('CPLContainerRelationLiveByAssetDate', { parentId: album?.recordName ?? '' });
    const relations = pages.flatMap((answer) => namesOf(answer, 'CPLContainerRelation'));
    expect(relations).toHaveLength(album?.members.length ?? 0);
    expect(pages.flatMap((answer) => namesOf(answer, 'CPLAsset'))).toHaveLength((album?.members.length ?? 0) - 1);
  });
});

describe('zones', () => {
  const zoneNames = async (database: 'private' | 'shared') =>
    (await page.database('/zones/list', {}, database)).body.zones.map(
      ({ zoneID }: { zoneID: { zoneName: string } }) => zoneID.zoneName.split('-')[0],
    );

  it('shows the shared library to its owner in private, to others in shared, and foreign zones to all', async () => {
    await start({ assets: 30, seed: 1 });
    expect(await zoneNames('private')).toEqual(['SharedSync', 'PrimarySync', 'SharedCollection']);
    expect(await zoneNames('shared')).toEqual(['CMM']);
    simulator.library.sharedLibraryRole = 'participant';
    expect(await zoneNames('private')).toEqual(['PrimarySync', 'SharedCollection']);
    expect(await zoneNames('shared')).toEqual(['SharedSync', 'CMM']);
    const { zoneID } = (await page.database('/zones/list', {}, 'shared')).body.zones[0];
    const ask = (zone: object) => page.database('/records/query', indexQuery(ALL_PHOTOS, {}, { zoneID: zone }), 'shared');
    expect((await ask(zoneID)).body.records.length).toBeGreaterThan(0);
    expect((await ask({ zoneName: zoneID.zoneName })).body.serverErrorCode).toBe('ZONE_NOT_FOUND');
    expect((await query(indexQuery(ALL_PHOTOS, {}, { zoneID }))).body.serverErrorCode).toBe('ZONE_NOT_FOUND');
    simulator.library.sharedLibraryRole = 'none';
    expect(await zoneNames('shared')).toEqual(['CMM']);
  });

  it('has no albums in a shared library, as an empty list or as an error', async () => {
    await start({ assets: 30, seed: 1 }, { sharedAlbumIndex: 'invalid' });
    const { zoneID } = (await page.database('/zones/list', {})).body.zones[0];
    expect((await query(indexQuery('CPLAlbumByPositionLive', {}, { zoneID }))).status).toBe(400);
    simulator.account.spec = { ...simulator.account.spec, sharedAlbumIndex: 'empty' };
    expect((await query(indexQuery('CPLAlbumByPositionLive', {}, { zoneID }))).body.records).toEqual([]);
  });

  it('names only changed zones for a database token', async () => {
    await start({ assets: 30, seed: 1 });
    const first = (await page.database('/changes/database', {})).body;
    const second = (await page.database('/changes/database', { syncToken: first.syncToken })).body;
    expect([second.zones, second.moreComing]).toEqual([[], false]);
    expect(second.syncToken).not.toBe(first.syncToken);
    simulator.library.addAsset();
    const third = (await page.database('/changes/database', { syncToken: second.syncToken })).body;
    expect(third.zones.map(({ zoneID }: { zoneID: { zoneName: string } }) => zoneID.zoneName)).toEqual(['PrimarySync']);
    const wrongKind = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken: first.syncToken }] });
    expect(wrongKind.body.zones[0].serverErrorCode).toBe('BAD_REQUEST');
  });

  it('renews the login cookie on some queries', async () => {
    await start({ assets: 3, seed: 1 }, { freshTokenEvery: 3, retireOldTokens: true });
    const before = page.cookies.get('X-APPLE-WEBAUTH-TOKEN');
    for (let i = 0; i < 12; i++) expect((await query(indexQuery('CheckIndexingState'))).status).toBe(200);
    expect(page.cookies.get('X-APPLE-WEBAUTH-TOKEN')).not.toBe(before);
    page.cookies.set('X-APPLE-WEBAUTH-TOKEN', before ?? '');
    expect((await query(indexQuery('CheckIndexingState'))).status).toBe(401);
  });
});
