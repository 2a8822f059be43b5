import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXHIBITS, exhibitName, fileChecksum } from '../../../simulator/library.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { readFeed } from './feed.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from './web-page.ts';

interface Record {
  readonly recordName: string;
  readonly recordType: string;
  // biome-ignore lint/suspicious/noExplicitAny: fields are looked at one by one
  readonly fields: { [name: string]: any };
}
let simulator: Simulator;
let page: ReturnType<typeof openWebPage>;
let feed: Map<string, Record>;
beforeAll(async () => {
  simulator = await startSimulator({ library: { assets: 0, seed: 1, mix: 'museum' }, account: { iterations: 1000 } });
  page = openWebPage(simulator);
  await page.signIn();
  const { records } = await readFeed(page, PRIMARY);
  feed = new Map((records as unknown as Record[]).map((record) => [record.recordName, record]));
});
afterAll(() => simulator.close());

async function listed(recordType: string, filters: { [name: string]: string } = {}): Promise<string[]> {
  const names: string[] = [];
  let marker: object = {};
  for (;;) {
    const { body } = await page.database('/records/query', indexQuery(recordType, filters, { desiredKeys: ['masterRef'], ...marker }));
    names.push(...body.records.filter((record: Record) => record.recordType === 'CPLAsset').map(({ recordName }: Record) => recordName));
    if (body.continuationMarker === undefined) return names;
    marker = { continuationMarker: body.continuationMarker };
  }
}
const asset = (id: string): Record => feed.get(exhibitName(id)) ?? expect.fail(`no exhibit ${id}`);
const master = (id: string): Record => feed.get(asset(id).fields.masterRef.value.recordName) ?? expect.fail(`no master of ${id}`);

describe('the museum', () => {
  it('has each exhibit under a name of its own, in the feed and in the index where it belongs', async () => {
    const ids = EXHIBITS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const own = EXHIBITS.filter(({ shared }) => shared !== true);
    for (const { id } of own) expect([id, feed.has(exhibitName(id))]).toEqual([id, true]);
    const lists = new Set(
      (
        await Promise.all(
          [
            ALL_PHOTOS,
            'CPLAssetAndMasterHiddenByAssetDate',
            'CPLAssetAndMasterDeletedByExpungedDate',
            'CPLBurstStackAssetAndMasterByAssetDate',
          ].map((type) => listed(type)),
        )
      ).flat(),
    );
    expect(own.filter(({ id }) => !lists.has(exhibitName(id))).map(({ id }) => id)).toEqual([]);
  });

  it('shows the key frame of a burst among all photos and every frame in the burst index', async () => {
    const frames = EXHIBITS.filter(({ id }) => id.startsWith('burst '));
    const all = new Set(await listed(ALL_PHOTOS));
    expect(frames.filter(({ id }) => all.has(exhibitName(id))).map(({ id }) => id)).toEqual(['burst A 1', 'burst B 2']);
    expect((await listed('CPLBurstStackAssetAndMasterByAssetDate')).length).toBe(frames.length);
    expect(asset('burst A 3').fields.burstId.value).toBe(asset('burst A 1').fields.burstId.value);
  });

  it('writes names in each way that was seen', () => {
    const name = (id: string) => master(`name ${id}`).fields.filenameEnc;
    expect(name('missing')).toBeUndefined();
    expect(name('as string')).toEqual({ value: 'Plain text name.JPG', type: 'STRING' });
    expect(name('untyped')).toEqual({ value: Buffer.from('Untyped name.JPG').toString('base64') });
    expect(name('broken').value).toContain('!');
    expect(Buffer.from(name('not utf-8').value, 'base64')).toEqual(Buffer.from('b\xe4d latin1.jpg', 'latin1'));
    expect(Buffer.from(name('screenshot space').value, 'base64').toString()).toContain('\u202fPM');
  });

  it('writes places, titles and keywords in each way that was seen', () => {
    const fields = (id: string) => asset(`about ${id}`).fields;
    const decoded = (id: string, field: string) => Buffer.from(fields(id)[field].value, 'base64').toString('latin1');
    expect(decoded('place', 'locationEnc')).toMatch(/^bplist00[\s\S]*lon/);
    expect(decoded('place as lng', 'locationEnc')).toMatch(/^bplist00[\s\S]*lng/);
    expect(decoded('place as xml', 'locationEnc')).toContain('<key>lon</key>\n\t<real>7.14213</real>');
    expect(decoded('place v2', 'locationV2Enc')).toContain('bplist00');
    expect(fields('place plain').locationLatitude).toEqual({ value: 53.70502, type: 'DOUBLE' });
    expect(decoded('title', 'captionEnc')).toBe('Am Deich');
    expect(Buffer.from(fields('caption').extendedDescEnc.value, 'base64').toString()).toContain('🌊');
    expect(decoded('keywords', 'keywordsEnc')).toContain('bplist00');
    expect(Buffer.from(asset('zone 0').fields.timeZoneNameEnc.value, 'base64').toString()).toBe('Asia/Kathmandu');
  });

  it('has the odd resources: sidecars, pairs, renderings, and one of the future', () => {
    expect(master('xmp').fields.resSidecarFileType.value).toBe('com.adobe.xmp');
    expect(asset('aae').fields.resSidecarFileType.value).toMatch(/adjustment-envelope$/);
    expect(master('raw with full jpeg').fields.resJPEGFullRes.value.size).toBeGreaterThan(0);
    expect(asset('raw with full jpeg').fields.resJPEGFullRes).toBeUndefined();
    expect(master('future').fields.resFutureThingRes.value.downloadURL).toContain('icloud-content');
    expect([master('raw and jpeg').fields.resOriginalFileType.value, master('raw and jpeg').fields.resOriginalAltFileType.value]).toEqual([
      'com.adobe.raw-image',
      'public.jpeg',
    ]);
    expect([master('ds store').fields.dataClassType.value, master('ds store').fields.itemType]).toEqual([0, undefined]);
    expect(asset('duplicate').fields.masterRef.value.recordName).toBe(asset('live').fields.masterRef.value.recordName);
    expect(asset('reverted').fields.resJPEGFullRes).toBeUndefined();
    expect(asset('slow motion').fields.adjustmentType.value).toBe('com.apple.video.slomo');
  });

  it('delivers every file that a backup has to hold, unchanged', async () => {
    const files = [...simulator.library.expected(), ...simulator.library.expected('hidden')];
    expect(files.length).toBeGreaterThan(200);
    for (const file of files) expect([file.filename, fileChecksum(file.read())]).toEqual([file.filename, file.fileChecksum]);
    const { downloadURL, fileChecksum: checksum } = master('future').fields.resFutureThingRes.value;
    expect(fileChecksum((await page.send('GET', downloadURL)).bytes)).toBe(checksum);
  });

  it('has albums of every kind and name', () => {
    const albums = simulator.library.albums();
    const names = albums.map(({ name }) => name);
    for (const name of ['..', '', undefined, 'CON', '_Trash', '@eaDir', 'Ko\u0308ln', 'K\u00f6ln']) expect(names).toContain(name);
    expect(names.filter((name) => name?.toLowerCase() === 'party')).toHaveLength(3);
    const mixed = albums.find(({ name }) => name === 'Mixed');
    expect(mixed?.members).toContain(exhibitName('shared member'));
    expect(simulator.library.findAsset(exhibitName('shared member'))?.zone.name).toMatch(/^SharedSync-/);
  });
});

describe('previews', () => {
  it('are pictures that can be opened, of the size that the record says', async () => {
    const { default: sharp } = await import('sharp');
    for (const id of ['live', 'edited', 'film', 'panorama', 'type com.canon.cr3-raw-image']) {
      const fields = { ...master(id).fields, ...asset(id).fields };
      for (const size of ['Thumb', 'Med']) {
        const { bytes } = await page.send('GET', fields[`resJPEG${size}Res`].value.downloadURL);
        const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
        expect([id, info.width, info.height]).toEqual([id, fields[`resJPEG${size}Width`].value, fields[`resJPEG${size}Height`].value]);
      }
    }
  });

  it('show what the original shows when pictures are asked for', async () => {
    const real = await startSimulator({ library: { assets: 0, seed: 1, mix: 'museum', photos: 'real' }, account: { iterations: 1000 } });
    const { default: sharp } = await import('sharp');
    const { asset: shown, master: file } = real.library.findAsset(exhibitName('name plain')) ?? {};
    expect(file?.resources.resOriginal?.uti).toBe('public.heic');
    const [thumb, large] = [file?.resources.resJPEGThumb, file?.resources.resJPEGLarge];
    expect([thumb?.size ?? 0, (large?.size ?? 0) > (thumb?.size ?? 0), shown?.adjustment]).toEqual([expect.any(Number), true, undefined]);
    const edited = [...real.library.filesOfAsset(exhibitName('edited'))].find(({ kind }) => kind === 'edited');
    expect((await sharp(edited?.read()).metadata()).format).toBe('jpeg');
    const nameless = (library: typeof real.library) => library.findAsset(exhibitName('name missing'))?.master?.recordName;
    expect(nameless(real.library)).toBe(nameless(simulator.library));
    await real.close();
  }, 60_000);
});
