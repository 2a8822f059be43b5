import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileChecksum } from '../../../simulator/library.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { openWebPage } from './web-page.ts';

let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
let root: string;
beforeEach(async () => {
  simulator = await startSimulator({ library: { assets: 3, seed: 3 }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  const { body } = await page.signIn();
  root = `${body.webservices.sharedstreams.url}/${body.dsInfo.dsid}/sharedstreams`;
});
afterEach(() => simulator.close());

const post = (url: string, body: object) => page.send('POST', url, { body, headers: { Origin: 'https://www.icloud.com' } });
function fill(photos: number): string {
  const guid = simulator.library.sharedAlbums.add({ name: 'Garden party', isPublic: true });
  for (let i = 0; i < photos; i++) simulator.library.sharedAlbums.addPhoto(guid, { filename: `IMG_${i}.JPG`, size: 1000 + i });
  return guid;
}
const names = (records: { recordType: string; recordName: string }[]) =>
  records.filter(({ recordType }) => recordType === 'CPLAsset').map(({ recordName }) => recordName);

describe('shared albums', () => {
  it('are listed with where to ask for them', async () => {
    const guid = fill(2);
    simulator.library.sharedAlbums.add({ name: 'Theirs', sharing: 'subscribed', allowContributions: false });
    const { status, body } = await post(`${root}/webgetalbumslist`, {});
    expect(status).toBe(200);
    expect(body.albums[0]).toEqual({
      albumguid: guid,
      albumctag: expect.any(String),
      albumlocation: expect.stringMatching(/^https:\/\/p61-sharedstreams\.icloud\.com:443\/.*\/$/),
      ownerdsid: simulator.account.dsid,
      sharingtype: 'owned',
      iswebuploadsupported: true,
      publicurl: expect.stringContaining('sharedalbum'),
      attributes: { name: 'Garden party', creationDate: expect.stringMatching(/^\d{13}$/), allowcontributions: true, ispublic: true },
    });
    expect(body.albums[1]).toMatchObject({ sharingtype: 'subscribed', publicurl: '' });
  });

  it('give their photos in pages, whatever limit means, and the bytes', async () => {
    const guid = fill(250);
    const [{ albumlocation, albumctag }] = (await post(`${root}/webgetalbumslist`, {})).body.albums;
    expect((await post(`${albumlocation}webgetassetcount`, { albumguid: guid })).body).toEqual({ albumassetcount: 250 });
    const truth = simulator.library.sharedAlbums.photos(guid).map(({ asset }) => asset.recordName);
    for (const meaning of ['count', 'end'] as const) {
      simulator.account.spec = { ...simulator.account.spec, sharedAlbumLimit: meaning };
      const seen: string[] = [];
      for (let offset = 0; offset < 250; offset += 100) {
        const limit = meaning === 'count' ? 100 : offset + 100;
        const { body } = await post(`${albumlocation}webgetassets`, { albumguid: guid, albumctag, offset: `${offset}`, limit: `${limit}` });
        seen.push(...names(body.records));
      }
      expect(seen).toEqual(truth);
    }
    const { body } = await post(`${albumlocation}webgetassets`, { albumguid: guid, albumctag, offset: '249', limit: '250' });
    const [master, asset] = body.records;
    expect(asset.pluginFields.likeCount.value).toBe(0);
    expect([master.fields.resOriginalFileSize.value > 0, master.fields.originalCreationDate.type]).toEqual([true, 'TIMESTAMP']);
    const { downloadURL, fileChecksum: checksum } = master.fields.resOriginalRes.value;
    expect(fileChecksum((await page.send('GET', downloadURL)).bytes)).toBe(checksum);
    simulator.library.sharedAlbums.removePhoto(guid, truth[249] ?? '');
    expect((await page.send('GET', downloadURL)).status).toBe(404);
    expect((await post(`${albumlocation}webgetassets`, { albumguid: guid, offset: 0, limit: 100 })).status).toBe(400);
  });

  it('answer the newer calls too, for fifteen albums at most', async () => {
    const guids = Array.from({ length: 16 }, () => fill(1));
    const first = (await post(`${root}/getchanges`, { rootctag: null })).body;
    expect(first.albums.map(({ albumguid }: { albumguid: string }) => albumguid)).toEqual(guids);
    const view = (await post(`${root}/webgetalbumview`, { albumguids: guids.slice(0, 15) })).body;
    expect(view.albums.map(({ records }: { records: object[] }) => records.length)).toEqual(Array.from({ length: 15 }, () => 2));
    expect((await post(`${root}/webgetalbumview`, { albumguids: guids })).status).toBe(500);
    simulator.library.sharedAlbums.remove(guids[0] ?? '');
    expect((await post(`${root}/getchanges`, { rootctag: first.rootctag })).body.rootctag).not.toBe(first.rootctag);
  });

  it('need a session, can be struck by faults, and can be made from outside', async () => {
    const answer = await page.send('POST', `${root}/webgetalbumslist`, { body: {}, withoutCookies: true });
    expect(answer.status).toBe(421);
    simulator.faults.add({ on: 'shared-albums', effect: { status: 503 } });
    expect((await post(`${root}/webgetalbumslist`, {})).status).toBe(503);
    const made = await page.send('POST', 'http://simulator.local/simulator/shared-albums', {
      body: { name: 'From outside', photos: [{ filename: 'A.JPG' }, { filename: 'B.JPG' }] },
    });
    expect(made.body.photos).toHaveLength(2);
    const listed = await page.send('GET', 'http://simulator.local/simulator/shared-albums');
    expect(listed.body).toEqual([{ guid: made.body.guid, name: 'From outside', photos: 2 }]);
  });
});
