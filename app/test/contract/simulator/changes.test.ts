import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { indexQuery, openWebPage, PRIMARY } from './web-page.ts';

interface Change {
  readonly recordName: string;
  readonly recordType: string | null;
  readonly deleted: boolean;
  readonly fields: Record<string, { value: number }>;
}
let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
beforeEach(async () => {
  simulator = await startSimulator({ library: { assets: 120, seed: 8 }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
});
afterEach(() => simulator.close());

/** Every change since a token, and the token after them. */
async function feed(since?: string): Promise<{ records: Change[]; token: string; emptyPages: number }> {
  const records: Change[] = [];
  let [token, emptyPages] = [since, 0];
  for (;;) {
    const request = {
      zoneID: PRIMARY,
      resultsLimit: 50,
      desiredKeys: ['isDeleted', 'isHidden', 'isFavorite', 'resJPEGFullFingerprint', 'albumNameEnc'],
    };
    const { body } = await page.database('/changes/zone', {
      zones: [{ ...request, ...(token === undefined ? {} : { syncToken: token }) }],
    });
    const [zone] = body.zones;
    records.push(...zone.records);
    if (zone.records.length === 0 && zone.moreComing) emptyPages += 1;
    token = zone.syncToken as string;
    if (!zone.moreComing) return { records, token, emptyPages };
  }
}
const currentToken = async () => (await page.database('/records/query', indexQuery('CheckIndexingState'))).body.syncToken as string;
const originals = () =>
  [...simulator.library.expected()]
    .filter(({ kind, zone }) => kind === 'original' && zone === 'PrimarySync')
    .map(({ assetRecordName }) => assetRecordName);
const kinds = (records: readonly Change[]) => records.map(({ recordType, deleted }) => (deleted ? 'tombstone' : recordType)).sort();

describe('the change feed', () => {
  it('tells the whole history without a token, each record once, with empty pages in between', async () => {
    const { records, emptyPages } = await feed();
    const names = records.map(({ recordName }) => recordName);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names)).toEqual(new Set([...simulator.library.zone().records()].map(({ recordName }) => recordName)));
    expect(emptyPages).toBeGreaterThan(0);
  });

  it('tells nothing for the newest token, for an empty one, and for a query token nobody wrote after', async () => {
    expect((await feed(await currentToken())).records).toEqual([]);
    expect((await feed('')).records).toEqual([]);
    expect((await feed((await feed()).token)).records).toEqual([]);
  });

  it('tells what each action of a user changes', async () => {
    const [first = '', second = '', third = ''] = originals();
    const actions: Record<string, [() => void, (string | null)[]]> = {
      add: [() => simulator.library.addAsset({ filename: 'New.JPG' }), ['CPLAsset', 'CPLLibraryInfo', 'CPLMaster']],
      favorite: [() => simulator.library.setFavorite(first, true), ['CPLAsset']],
      hide: [() => simulator.library.setHidden(first, true), ['CPLAsset', 'CPLLibraryInfo']],
      edit: [() => simulator.library.editAsset(second), ['CPLAsset']],
      revert: [() => simulator.library.revertEdit(second), ['CPLAsset']],
      purge: [() => simulator.library.purgeAsset(third), expect.arrayContaining(['CPLLibraryInfo', 'tombstone', 'tombstone']) as never],
    };
    for (const [name, [act, wanted]] of Object.entries(actions)) {
      const token = await currentToken();
      act();
      expect([name, kinds((await feed(token)).records)]).toEqual([name, wanted]);
    }
  });

  it('tells album changes, and a removed member by its name', async () => {
    const [asset = ''] = originals();
    const album = simulator.library.addAlbum({ name: 'One' });
    let token = await currentToken();
    simulator.library.addToAlbum(asset, album);
    expect(kinds((await feed(token)).records)).toEqual(['CPLAlbum', 'CPLContainerRelation']);
    token = await currentToken();
    simulator.library.removeFromAlbum(asset, album);
    const { records } = await feed(token);
    expect(kinds(records)).toEqual(['CPLAlbum', 'tombstone']);
    expect(records.find(({ deleted }) => deleted)?.recordName).toBe(`${asset}-IN-${album}`);
    simulator.library.removeAlbum(album);
    expect(simulator.library.albums().some(({ recordName }) => recordName === album)).toBe(false);
  });

  it('says in the entry that a zone is gone', async () => {
    const { body } = await page.database('/changes/zone', { zones: [{ zoneID: { zoneName: 'SharedSync' } }, { zoneID: PRIMARY }] });
    expect(body.zones[0].serverErrorCode).toBe('ZONE_NOT_FOUND');
    expect(body.zones[1].moreComing).toBe(true);
  });
});

describe('writes', () => {
  const modify = (operations: object[], atomic = true) => page.database('/records/modify', { atomic, zoneID: PRIMARY, operations });
  const update = (recordName: string, fields: Record<string, number>, recordChangeTag?: string) => ({
    operationType: 'update',
    record: {
      recordName,
      recordType: 'CPLAsset',
      ...(recordChangeTag === undefined ? {} : { recordChangeTag }),
      fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }])),
    },
  });
  const deleted = () => new Set([...simulator.library.expected('deleted')].map(({ assetRecordName }) => assetRecordName));

  it('moves to Recently Deleted and back, and the flag goes away', async () => {
    const [asset = ''] = originals();
    expect((await modify([update(asset, { isDeleted: 1 })])).body.records[0].fields.isDeleted.value).toBe(1);
    expect(deleted()).toContain(asset);
    expect(originals()).not.toContain(asset);
    expect((await modify([update(asset, { isDeleted: 0 })])).body.records[0].fields.isDeleted).toBeUndefined();
    expect(originals()).toContain(asset);
  });

  it('refuses a stale tag, and with it the whole atomic batch', async () => {
    const [first = '', second = ''] = originals();
    const { body } = await modify([update(first, { isDeleted: 1 }), update(second, { isDeleted: 1 }, 'zzz')]);
    expect(body.records.map(({ serverErrorCode }: { serverErrorCode: string }) => serverErrorCode)).toEqual([
      'ATOMIC_ERROR',
      'SERVER_RECORD_CHANGED',
    ]);
    expect(originals()).toEqual(expect.arrayContaining([first, second]));
    const single = await modify([update(first, { isDeleted: 1 }), update(second, { isDeleted: 1 }, 'zzz')], false);
    expect(single.body.records[0].fields.isDeleted.value).toBe(1);
    expect(originals()).toContain(second);
  });

  it('purges, sets favourites, takes out of an album', async () => {
    const [first = '', second = ''] = originals();
    const album = simulator.library.addAlbum({ name: 'One' });
    simulator.library.addToAlbum(second, album);
    expect((await modify([update(first, { isExpunged: 1 })])).body.records[0]).toEqual({ recordName: first, deleted: true });
    expect(simulator.library.findAsset(first)).toBeUndefined();
    await modify([update(second, { isFavorite: 1 })]);
    expect(simulator.library.findAsset(second)?.asset.favorite).toBe(true);
    const recordName = `${second}-IN-${album}`;
    const { body } = await modify([{ operationType: 'forceDelete', record: { recordName } }]);
    expect(body.records).toEqual([{ recordName, deleted: true }]);
    expect(simulator.library.albums().find((entry) => entry.recordName === album)?.members).toEqual([]);
  });
});
