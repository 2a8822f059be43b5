import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { ALL_PHOTOS, indexQuery, openWebPage, PRIMARY } from '../../contract/simulator/web-page.ts';
import { fieldDifferences, haveRecordings, notRun, recordedAnswer, shapeDifferences } from './recordings.ts';

/** Fields of the recordings that say who imported a file, with what; no client reads them. */
const UNUSED = /importedBy|importGroupId|mediaMetaData|adjustmentSourceType|dummy|Dummy|userModificationDate|extendedDesc/;

if (!haveRecordings) it.skip(notRun(16));

describe.runIf(haveRecordings)('photo answers look like the recorded ones', () => {
  let simulator: Simulator;
  let page: ReturnType<typeof openWebPage>;
  beforeAll(async () => {
    simulator = await startSimulator({ library: { assets: 120, seed: 4 }, account: { iterations: 1000 } });
    page = openWebPage(simulator);
    await page.signIn();
  });
  afterAll(() => simulator.close());

  const body = (name: string) => recordedAnswer(`photos/${name}`).body;
  /** The envelope of a record, without its fields. */
  const envelope = ({ fields: _fields, ...rest }: { fields?: unknown }) => rest;
  const rest = ({ records: _records, ...other }: { records?: unknown }) => other;

  it('zones, from both databases', async () => {
    const own = await page.database('/zones/list', {});
    expect(shapeDifferences(body('zones-list-owner-of-shared-library'), own.body)).toEqual([]);
    expect(shapeDifferences(body('zones-list-private'), own.body)).toEqual([]);
    expect(own.body.zones[0].zoneID.zoneName).toMatch(/^SharedSync-/);
    simulator.library.sharedLibraryRole = 'participant';
    const shared = await page.database('/zones/list', {}, 'shared');
    simulator.library.sharedLibraryRole = 'owner';
    expect(shapeDifferences(body('zones-list-shared'), shared.body)).toEqual([]);
    expect(shapeDifferences(body('changes-database-two-zones'), (await page.database('/changes/database', {})).body)).toEqual([]);
  });

  it('headers of a query', async () => {
    const answer = await page.database('/records/query', indexQuery('CheckIndexingState'));
    const ignored = new Set(['date', 'transfer-encoding', 'via', 'apple-seq', 'apple-tk', 'apple-originating-system']);
    const names = Object.keys(recordedAnswer('photos/modify-delete-one').headers).map((name) => name.toLowerCase());
    expect(names.filter((name) => !ignored.has(name) && answer.headers[name] === undefined)).toEqual([]);
    expect(answer.headers['content-type']).toBe('application/json; charset=UTF-8');
  });

  it('indexing state', async () => {
    const answer = await page.database('/records/query', indexQuery('CheckIndexingState'));
    expect(shapeDifferences(body('check-indexing-finished'), answer.body)).toEqual([]);
  });

  it('counts', async () => {
    const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue: { type: 'STRING_LIST', value: ['CPLAssetByAddedDate'] } };
    const batch = [{ resultsLimit: 1, query: { recordType: 'HyperionIndexCountLookup', filterBy }, zoneWide: true, zoneID: PRIMARY }];
    const answer = await page.database('/internal/records/query/batch', { batch });
    expect(shapeDifferences(body('count-batch-private'), answer.body)).toEqual([]);
  });

  it.each(['page-full-200-records-2018', 'page-2023-heic-edited-mp4'])('a page of photos: %s', async (name) => {
    const recording = body(name);
    const first = await page.database('/records/query', indexQuery(ALL_PHOTOS, { startRank: 0, direction: 'ASCENDING' }));
    expect(shapeDifferences(rest(recording), rest(first.body))).toEqual([]);
    expect(fieldDifferences(recording.records, first.body.records, UNUSED)).toEqual([]);
    expect(shapeDifferences(envelope(recording.records[0]), envelope(first.body.records[0]))).toEqual([]);
    expect(shapeDifferences(envelope(recording.records.at(-1)), envelope(first.body.records.at(-1)))).toEqual([]);
    const kinds = (records: { recordType: string }[]) =>
      records
        .map(({ recordType }) => recordType)
        .join(' ')
        .replace(/(\w+)( \1)+/g, '$1');
    expect(kinds(first.body.records)).toBe(kinds(recording.records));
  });

  it('a page of the shared library', async () => {
    const zone = (await page.database('/zones/list', {})).body.zones[0].zoneID;
    const answer = await page.database('/records/query', indexQuery(ALL_PHOTOS, {}, { zoneID: zone }));
    const forms = /importedBy|importGroupId|mediaMetaData|adjustmentSourceType|timeZoneNameEnc|keywordsEnc/;
    expect(fieldDifferences(body('shared-library-page').records, answer.body.records, forms)).toEqual([]);
    expect(answer.body.continuationMarker).toBeUndefined();
  });

  it('recently deleted items, and the empty page at the end', async () => {
    const recording = body('recently-deleted-page');
    const answer = await page.database(
      '/records/query',
      indexQuery('CPLAssetAndMasterDeletedByExpungedDate', { startRank: 0, direction: 'ASCENDING' }),
    );
    const trashFields = ['isDeleted', 'dateExpunged', 'isExpunged'];
    for (const type of ['CPLMaster', 'CPLAsset']) {
      const [wanted, got] = [recording.records, answer.body.records].map((list) =>
        list.find((record: { recordType: string }) => record.recordType === type),
      );
      expect(shapeDifferences(envelope(wanted), envelope(got))).toEqual([]);
      for (const name of trashFields)
        expect(
          shapeDifferences(wanted.fields[name] ?? null, got.fields[name] ?? null, wanted.fields[name] === undefined ? ['$'] : []),
        ).toEqual([]);
      expect(got.fields.dateExpunged.value).toBeGreaterThan((got.expirationTime - 11 * 86_400) * 1000);
    }
    const end = await page.database(
      '/records/query',
      indexQuery('CPLAssetAndMasterDeletedByExpungedDate', { startRank: 32, direction: 'ASCENDING' }),
    );
    expect(end.body.records).toEqual([]);
    expect(Object.keys(end.body).sort()).toEqual(Object.keys(body('recently-deleted-end')).sort());
  });

  it('file names in each of their encodings', async () => {
    const { records } = (await page.database('/records/query', indexQuery(ALL_PHOTOS))).body;
    const forms = new Set(records.flatMap(({ fields }: { fields: Record<string, { type: string }> }) => fields.filenameEnc?.type ?? []));
    for (const name of ['variant-filename-chinese', 'variant-filename-plain-string'])
      expect(forms).toContain(body(name).records[0].fields.filenameEnc.type);
    expect(
      records.some(
        ({ recordType, fields }: { recordType: string; fields: object }) => recordType === 'CPLMaster' && !('filenameEnc' in fields),
      ),
    ).toBe(true);
    expect(
      records.some(
        ({ recordType, fields }: { recordType: string; fields: object }) => recordType === 'CPLMaster' && !('itemType' in fields),
      ),
    ).toBe(true);
  });

  it('the RAW half of a pair', async () => {
    const { records } = (await page.database('/records/query', indexQuery(ALL_PHOTOS))).body;
    const alternatives = (list: { fields: object }[]) => list.filter(({ fields }) => 'resOriginalAltRes' in fields) as never[];
    // The recording is a live photo edited by hand into a pair: only the second original is of interest.
    expect(
      fieldDifferences(alternatives(body('variant-raw-plus-jpeg-alt').records), alternatives(records), /^CPLMaster\.(?!resOriginalAlt)/),
    ).toEqual([]);
  });

  it('albums, special folders, smart albums', async () => {
    const recording = body('albums-root-level');
    const answer = await page.database('/records/query', indexQuery('CPLAlbumByPositionLive'));
    expect(shapeDifferences(rest(recording), rest(answer.body))).toEqual([]);
    expect(shapeDifferences(recording.records[0], answer.body.records[0])).toEqual([]);
    expect(fieldDifferences(recording.records, answer.body.records, /^$/)).toEqual([]);
    expect(fieldDifferences(body('composed-album-smart').records, answer.body.records, /^$/)).toEqual([]);
  });

  it('members of an album', async () => {
    const album = simulator.library.albums().find(({ members }) => members.length > 1);
    const answer = await page.database(
      '/records/query',
      indexQuery('CPLContainerRelationLiveByAssetDate', { parentId: album?.recordName ?? '' }),
    );
    const relation = answer.body.records.find(({ recordType }: { recordType: string }) => recordType === 'CPLContainerRelation');
    const wanted = body('modify-album-add-photo').records[0];
    expect(shapeDifferences(envelope(wanted), envelope(relation))).toEqual([]);
    expect(fieldDifferences([wanted], [relation], /^$/)).toEqual([]);
    const kinds = new Set(answer.body.records.map(({ recordType }: { recordType: string }) => recordType));
    for (const { recordType } of body('query-album-members').records) expect(kinds).toContain(recordType);
  });

  it('an index that a zone does not have', async () => {
    const foreign = simulator.library.zones.find(({ name }) => name.startsWith('SharedCollection-'));
    const answer = await page.database('/records/query', indexQuery('CPLAlbumByPositionLive', {}, { zoneID: { zoneName: foreign?.name } }));
    const recording = recordedAnswer('photos/composed-query-index-invalid');
    expect([answer.status, answer.body]).toEqual([recording.status, recording.body]);
  });

  it('deleting a photo, creating, filling and renaming an album', async () => {
    const [asset = '', other = ''] = [...simulator.library.expected()]
      .filter(({ kind, zone }) => kind === 'original' && zone === 'PrimarySync')
      .map(({ assetRecordName }) => assetRecordName);
    const modify = (operationType: string, record: object, extra: object = {}) =>
      page.database('/records/modify', { atomic: true, zoneID: PRIMARY, operations: [{ operationType, record }], ...extra });
    const one = await modify(
      'update',
      { recordName: asset, recordType: 'CPLAsset', fields: { isDeleted: { value: 1 } } },
      { desiredKeys: ['isDeleted'] },
    );
    expect(shapeDifferences(body('modify-delete-one'), one.body)).toEqual([]);
    expect(one.body.records[0].modified.deviceID).toBe('2');
    expect(Object.keys(one.body.records[0]).sort()).toEqual(Object.keys(body('modify-delete-one').records[0]).sort());
    const full = await modify('update', { recordName: other, recordType: 'CPLAsset', fields: { isDeleted: { value: 1 } } });
    expect(fieldDifferences(body('modify-photo-delete').records, full.body.records, /timeZoneNameEnc/)).toEqual([]);
    const fields = {
      albumNameEnc: { value: 'QWxidW0=' },
      albumType: { value: 0 },
      isDeleted: { value: 0 },
      isExpunged: { value: 0 },
      position: { value: 7 },
      sortAscending: { value: 1 },
      sortType: { value: 1 },
    };
    const created = await modify('create', { recordType: 'CPLAlbum', fields });
    expect(shapeDifferences(body('modify-album-create'), created.body)).toEqual([]);
    const { recordName, recordChangeTag } = created.body.records[0];
    const added = await modify('create', {
      recordName: `${asset}-IN-${recordName}`,
      recordType: 'CPLContainerRelation',
      fields: { itemId: { value: asset }, containerId: { value: recordName }, position: { value: 1024 } },
    });
    expect(shapeDifferences(body('modify-album-add-photo'), added.body)).toEqual([]);
    const stale = await modify('update', {
      recordName,
      recordType: 'CPLAlbum',
      recordChangeTag,
      fields: { albumNameEnc: { value: 'QQ==' } },
    });
    expect(stale.body.records[0].serverErrorCode).toBe('SERVER_RECORD_CHANGED');
    const renamed = await modify('update', {
      recordName,
      recordType: 'CPLAlbum',
      fields: { albumNameEnc: { value: 'QmV0dGVy' }, userModificationDate: { value: 1775666024305 } },
    });
    expect(shapeDifferences(body('modify-album-rename'), renamed.body)).toEqual([]);
  });

  it('changes: records, tombstones, an empty page, a token that is none', async () => {
    const changes = (syncToken?: string) =>
      page.database('/changes/zone', {
        zones: [{ zoneID: PRIMARY, resultsLimit: 200, ...(syncToken === undefined ? {} : { syncToken }) }],
      });
    const start = await changes();
    expect(shapeDifferences(body('composed-changes-zone-empty-but-more'), start.body)).toEqual([]);
    expect(start.body.zones[0].records).toEqual([]);
    const { syncToken } = (await page.database('/records/query', indexQuery('CheckIndexingState'))).body;
    const [file] = simulator.library.expected();
    simulator.library.purgeAsset(file?.assetRecordName ?? '');
    let after = await changes(syncToken);
    // The feed puts in pages without records now and then.
    if (after.body.zones[0].records.length === 0) after = await changes(after.body.zones[0].syncToken);
    const tombstone = after.body.zones[0].records.find(({ deleted }: { deleted: boolean }) => deleted);
    const [, recordedTombstone] = body('composed-changes-zone-delete-kinds').zones[0].records;
    expect(shapeDifferences(recordedTombstone, tombstone)).toEqual([]);
    expect(shapeDifferences(body('changes-zone-asset-and-tombstone').zones[0], after.body.zones[0], ['$.records[]'])).toEqual([]);
    const info = after.body.zones[0].records.find(({ recordType }: { recordType: string }) => recordType === 'CPLLibraryInfo');
    const recordedInfo = body('composed-changes-zone-delete-kinds').zones[0].records.at(-1);
    expect(shapeDifferences(recordedInfo, info)).toEqual([]);
    const bad = await changes('garbage');
    const recording = recordedAnswer('photos/composed-changes-zone-bad-token');
    expect([bad.status, bad.body]).toEqual([recording.status, recording.body]);
  });

  it('an original', async () => {
    const { records } = (await page.database('/records/query', indexQuery(ALL_PHOTOS))).body;
    const master = records.find(({ recordType }: { recordType: string }) => recordType === 'CPLMaster');
    const answer = await page.send('GET', master.fields.resOriginalRes.value.downloadURL);
    const recording = recordedAnswer('photos/download-original-ok');
    expect(answer.status).toBe(recording.status);
    const differs = new Set(['date', 'last-modified', 'content-length', 'access-control-allow-headers']);
    for (const [name, value] of Object.entries(recording.headers))
      if (!differs.has(name.toLowerCase())) expect([name, answer.headers[name.toLowerCase()]]).toEqual([name, value]);
    expect(answer.headers['last-modified']).toBeDefined();
  });
});
