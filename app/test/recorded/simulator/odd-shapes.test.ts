import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exhibitName } from '../../../simulator/library.ts';
import { fault, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from '../../contract/simulator/web-page.ts';
import { fieldDifferences, haveRecordings, notRun, recordedAnswer, shapeDifferences } from './recordings.ts';

if (!haveRecordings) it.skip(notRun(5));

interface Record {
  readonly recordName: string;
  readonly recordType: string;
  // biome-ignore lint/suspicious/noExplicitAny: fields are looked at one by one
  readonly fields: { [name: string]: any };
}

describe.runIf(haveRecordings)('odd answers look like the recorded ones', () => {
  let simulator: Simulator;
  let page: ReturnType<typeof openWebPage>;
  beforeAll(async () => {
    simulator = await startSimulator({ library: { assets: 0, seed: 1, mix: 'museum' }, account: { iterations: 1000 } });
    page = openWebPage(simulator);
    await page.signIn();
  });
  afterAll(() => simulator.close());

  const body = (name: string) => recordedAnswer(`photos/${name}`).body;
  const masterOf = async (id: string): Promise<Record> => {
    const recordName = simulator.library.findAsset(exhibitName(id))?.master?.recordName ?? '';
    return (await page.database('/records/lookup', { zoneID: PRIMARY, records: [{ recordName }] })).body.records[0];
  };
  const remove = () =>
    page.database('/records/modify', {
      atomic: true,
      zoneID: PRIMARY,
      operations: [
        {
          operationType: 'update',
          record: { recordName: exhibitName('live'), recordType: 'CPLAsset', fields: { isDeleted: { value: 1 } } },
        },
      ],
    });

  it('a stray file that is no picture', async () => {
    const [recorded] = body('composed-master-not-a-picture').records;
    const made = await masterOf('ds store');
    expect(fieldDifferences([recorded], [made], /mediaMetaData|importedBy/)).toEqual([]);
    expect(made.fields.itemType).toBe(recorded.fields.itemType);
    expect(made.fields.dataClassType.value).toBe(recorded.fields.dataClassType.value);
    expect(made.fields.resOriginalFileType.value).toBe(recorded.fields.resOriginalFileType.value);
  });

  it('an original without an address', async () => {
    const name = simulator.library.addAsset({ filename: 'Uploading.JPG', unfinished: 'no-address' });
    const recordName = simulator.library.findAsset(name)?.master?.recordName ?? '';
    const { records } = (await page.database('/records/lookup', { zoneID: PRIMARY, records: [{ recordName }] })).body;
    const recorded = body('variant-download-url-missing').records.find(({ recordType }: Record) => recordType === 'CPLMaster');
    expect(Object.keys(records[0].fields.resOriginalRes.value).sort()).toEqual(Object.keys(recorded.fields.resOriginalRes.value).sort());
    simulator.library.finishUpload(name);
    const after = (await page.database('/records/lookup', { zoneID: PRIMARY, records: [{ recordName }] })).body.records[0];
    expect(after.fields.resOriginalRes.value.downloadURL).toContain('icloud-content');
    simulator.library.purgeAsset(name);
  });

  it('an op-lock after many deletes', async () => {
    simulator.lies.tell({ deletesUntilBusy: 0 });
    const answer = await remove();
    simulator.lies.stop();
    const recording = recordedAnswer('photos/composed-modify-cas-op-lock');
    expect([answer.status, answer.body]).toEqual([recording.status, recording.body]);
  });

  it('a closed account', async () => {
    simulator.faults.add(fault('access-denied', { on: 'query' }));
    const answer = await page.database('/records/query', indexQuery(ALL_PHOTOS));
    const recording = recordedAnswer('photos/composed-query-adp-denied');
    expect([answer.status, answer.body]).toEqual([recording.status, recording.body]);
  });

  it('tombstones of both kinds', async () => {
    const { syncToken } = (await page.database('/records/query', indexQuery('CheckIndexingState'))).body;
    simulator.library.purgeAsset(exhibitName('type public.jpeg'));
    const tombstone = async () => {
      let token = syncToken;
      for (;;) {
        const [zone] = (await page.database('/changes/zone', { zones: [{ zoneID: PRIMARY, syncToken: token }] })).body.zones;
        const found = zone.records.find(({ deleted }: { deleted: boolean }) => deleted);
        if (found !== undefined) return found;
        token = zone.syncToken;
      }
    };
    const wanted = (name: string) => body(name).zones[0].records.find(({ deleted }: { deleted: boolean }) => deleted);
    expect(shapeDifferences(wanted('composed-changes-zone-delete-kinds'), await tombstone())).toEqual([]);
    simulator.lies.tell({ tombstones: 'missing' });
    const bare = await tombstone();
    simulator.lies.stop();
    expect(shapeDifferences(wanted('changes-zone-asset-and-tombstone'), bare)).toEqual([]);
    expect('recordType' in bare).toBe('recordType' in wanted('changes-zone-asset-and-tombstone'));
  });
});
