import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { kindsOf, readFeed } from './feed.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from './web-page.ts';

interface Record {
  readonly recordName: string;
  readonly recordType?: string;
  readonly serverErrorCode?: string;
}
let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
beforeEach(async () => {
  simulator = await startSimulator({ library: { assets: 250, seed: 8, mix: 'plain' }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
});
afterEach(() => simulator.close());

const names = (records: readonly Record[], type: string) =>
  records.filter(({ recordType }) => recordType === type).map(({ recordName }) => recordName);
const all = () => [...simulator.library.expected()].map(({ assetRecordName }) => assetRecordName);

/** All pages by their markers; each page's records. */
async function walk(recordType = ALL_PHOTOS, filters: { [name: string]: string } = {}): Promise<Record[][]> {
  const pages: Record[][] = [];
  let marker: object = {};
  for (;;) {
    const { body } = await page.database('/records/query', indexQuery(recordType, filters, { desiredKeys: ['masterRef'], ...marker }));
    pages.push(body.records);
    if (body.continuationMarker === undefined) return pages;
    marker = { continuationMarker: body.continuationMarker };
  }
}
async function count(id = 'CPLAssetByAssetDateWithoutHiddenOrDeleted'): Promise<number> {
  const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue: { type: 'STRING_LIST', value: [id] } };
  const batch = [{ query: { recordType: 'HyperionIndexCountLookup', filterBy }, zoneWide: true, zoneID: PRIMARY }];
  return (await page.database('/internal/records/query/batch', { batch })).body.batch[0].records[0].fields.itemCount.value;
}
const tokenNow = async () => (await page.database('/records/query', indexQuery('CheckIndexingState'))).body.syncToken as string;

describe('lists that lie', () => {
  it('end early, with counts that agree or tell the truth', async () => {
    simulator.lies.tell({ listsEndEarly: 120 });
    expect(names((await walk()).flat(), 'CPLAsset')).toEqual(all().slice(0, 130));
    expect(await count()).toBe(250);
    simulator.lies.tell({ countsAgree: true });
    expect(await count()).toBe(130);
    simulator.lies.stop();
    expect(names((await walk()).flat(), 'CPLAsset')).toEqual(all());
  });

  it('leave out some, or all', async () => {
    const [first = '', ...others] = all();
    simulator.lies.tell({ listsLeaveOut: [first] });
    expect(names((await walk()).flat(), 'CPLAsset')).toEqual(others);
    simulator.lies.tell({ listsLeaveOut: { every: 2 } });
    const half = names((await walk()).flat(), 'CPLAsset').length;
    expect(half).toBeGreaterThan(60);
    expect(half).toBeLessThan(190);
    simulator.lies.tell({ emptyLists: ['photos'], countsOffBy: 7 });
    expect(await walk()).toEqual([[]]);
    expect(await count()).toBe(257);
  });

  it('bring halves, errors in place of records, and empty pages that are not the end', async () => {
    simulator.lies.tell({ listsWithoutTypes: ['CPLMaster'] });
    expect(names((await walk()).flat(), 'CPLMaster')).toEqual([]);
    const [bad = ''] = all();
    simulator.lies.tell({ listsWithoutTypes: [], errorsInPages: [bad], emptyListPages: 3 });
    const pages = await walk();
    expect(pages.map(({ length }) => length)).toEqual([0, 0, 0, 200, 0, 0, 0, 200, 0, 0, 0, 100]);
    expect(pages.flat().find(({ recordName }) => recordName === bad)?.serverErrorCode).toBe('INTERNAL_ERROR');
  });

  it('repeat the last items of a page on the next, and still come to an end', async () => {
    simulator.lies.tell({ repeatedItems: 5 });
    const pages = (await walk()).map((records) => names(records, 'CPLAsset'));
    expect(pages[1]?.slice(0, 5)).toEqual(pages[0]?.slice(-5));
    expect([...new Set(pages.flat())]).toEqual(all());
    const ranked = await page.database('/records/query', indexQuery(ALL_PHOTOS, { startRank: 100, direction: 'ASCENDING' }));
    expect(names(ranked.body.records, 'CPLAsset')[0]).toBe(all()[95]);
  });

  it('leave out albums and members, refuse lookups of some records', async () => {
    const [first = '', second = ''] = all();
    const album = simulator.library.addAlbum({ name: 'One' });
    for (const name of [first, second]) simulator.library.addToAlbum(name, album);
    const members = async () => names((await walk('CPLContainerRelationLiveByAssetDate', { parentId: album })).flat(), 'CPLAsset');
    simulator.lies.tell({ membersLeaveOut: [first], errorsInLookups: (name) => name === second });
    expect(await members()).toEqual([second]);
    const looked = await page.database('/records/lookup', { zoneID: PRIMARY, records: [{ recordName: first }, { recordName: second }] });
    expect(looked.body.records.map((record: Record) => record.serverErrorCode)).toEqual([undefined, 'INTERNAL_ERROR']);
    simulator.lies.tell({ emptyLists: ['members'] });
    expect(await members()).toEqual([]);
    simulator.lies.tell({ albumsLeaveOut: [album] });
    expect(names((await walk('CPLAlbumByPositionLive')).flat(), 'CPLAlbum')).not.toContain(album);
  });

  it('refuses a lie that does not exist', () => {
    expect(() => simulator.lies.tell({ noSuchLie: 1 } as never)).toThrow(/listsEndEarly/);
  });
});

describe('a feed that lies', () => {
  it('leaves records out although its token moves on', async () => {
    const token = await tokenNow();
    const [one, two] = [simulator.library.addAsset(), simulator.library.addAsset()];
    simulator.lies.tell({ feedLeavesOut: [one] });
    const first = await readFeed(page, PRIMARY, token);
    expect(names(first.records as never, 'CPLAsset')).toEqual([two]);
    simulator.lies.stop();
    expect((await readFeed(page, PRIMARY, first.token)).records).toEqual([]);
  });

  it('brings halves, in small pages with empty ones between', async () => {
    const token = await tokenNow();
    simulator.library.addAsset();
    simulator.lies.tell({ feedPageLimit: 1, emptyFeedPages: 4 });
    const { pages, records } = await readFeed(page, PRIMARY, token);
    expect(kindsOf(records)).toEqual(['CPLAsset', 'CPLLibraryInfo', 'CPLMaster']);
    expect(pages.join('')).toBe('000010000100001');
    simulator.lies.tell({ feedWithoutTypes: ['CPLMaster'] });
    expect(kindsOf((await readFeed(page, PRIMARY, token)).records)).toEqual(['CPLAsset', 'CPLLibraryInfo']);
  });

  it('says nothing, as the gate does, or refuses every token', async () => {
    const token = await tokenNow();
    const database = (await page.database('/changes/database', {})).body.syncToken;
    simulator.library.purgeAsset(all()[0] ?? '');
    simulator.lies.tell({ feedSilent: true, gateSilent: true });
    expect((await readFeed(page, PRIMARY, token)).records).toEqual([]);
    expect((await page.database('/changes/database', { syncToken: database })).body.zones).toEqual([]);
    simulator.lies.tell({ feedSilent: false, tombstones: 'missing' });
    const tombstones = (await readFeed(page, PRIMARY, token)).records.filter(({ deleted }) => deleted);
    expect(tombstones.map((record) => 'recordType' in record)).toEqual([false, false]);
    simulator.lies.tell({ tokensRefused: true });
    const { body } = await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken: token }] });
    expect(body.zones[0]).toEqual({ zoneID: PRIMARY, serverErrorCode: 'BAD_REQUEST', reason: 'Unknown sync continuation type' });
  });
});

describe('writes that are not what they seem', () => {
  const remove = (recordNames: readonly string[], atomic = false) =>
    page.database('/records/modify', {
      atomic,
      zoneID: PRIMARY,
      operations: recordNames.map((recordName) => ({
        operationType: 'update',
        record: { recordName, recordType: 'CPLAsset', fields: { isDeleted: { value: 1 } } },
      })),
    });
  const left = () => new Set(all()).size;

  it('answer nothing, done or not', async () => {
    const [first = '', second = ''] = all();
    simulator.lies.tell({ writesAnswerNothing: 'not-done' });
    expect((await remove([first])).body).toEqual({});
    expect(left()).toBe(250);
    simulator.lies.tell({ writesAnswerNothing: 'but-done' });
    expect((await remove([first, second])).body).toEqual({});
    expect(left()).toBe(248);
  });

  it('name only some of the records, refuse one, and with it an atomic batch', async () => {
    const [first = '', second = '', third = ''] = all();
    simulator.lies.tell({ writesLeaveOut: [first] });
    expect((await remove([first, second])).body.records.map(({ recordName }: Record) => recordName)).toEqual([second]);
    simulator.lies.tell({ writesLeaveOut: [], writesRefused: [third], refusedAs: 'CONFLICT' });
    const codes = (await remove([all()[5] ?? '', third], true)).body.records.map(({ serverErrorCode }: Record) => serverErrorCode);
    expect(codes).toEqual(['ATOMIC_ERROR', 'CONFLICT']);
    expect(left()).toBe(248);
  });

  it('are refused after so many deletes, as an op-lock or as 503, and go on then', async () => {
    simulator.lies.tell({ deletesUntilBusy: 4, busyTimes: 2 });
    const names = all();
    expect((await remove(names.slice(0, 4))).body.records).toHaveLength(4);
    for (let i = 0; i < 2; i++) {
      const { status, body } = await remove(names.slice(4, 5));
      expect([status, body]).toEqual([200, { serverErrorCode: 'TRY_AGAIN_LATER', reason: expect.stringContaining('CAS Op-Lock') }]);
    }
    expect((await remove(names.slice(4, 5))).body.records).toHaveLength(1);
    simulator.lies.tell({ deletesUntilBusy: 1, busyWith: 503 });
    expect((await remove(names.slice(5, 6))).status).toBe(503);
    expect(left()).toBe(245);
  });
});
