import { type Database, isLibraryZone, type Zone } from '../../domain/asset.ts';
import { asProblem, Problem } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PhotosService, Refreshed, RefreshRequest } from '../../ports/photos-service.ts';
import { readAlbumTree, readMembers } from './album-tree.ts';
import type { CloudKit } from './cloudkit.ts';
import type { OpenDownload } from './download.ts';
import { parsePage } from './page.ts';
import { ALL_PHOTOS_COUNT, countBatch, indexingQuery, LOOKUP_NAMES, lookupBody } from './queries.ts';
import { holderOf, isLive, renditionsOf } from './records.ts';
import { walkPhotos } from './walk.ts';
import { BatchAnswer, numberValue, stringValue, WireRecord, ZonesAnswer } from './wire.ts';

export interface PhotosServiceOptions {
  readonly cloudKit: CloudKit;
  readonly clock: Clock;
  readonly openDownload: OpenDownload;
}

/** iCloud Photos over CloudKit's web interface (photos.md). */
export function createPhotosService(options: PhotosServiceOptions): PhotosService {
  const { cloudKit, clock } = options;
  const now = () => clock.now();
  return {
    async zones(signal) {
      const found = new Map<string, Zone>();
      const failed: { database: Database; problem: Problem }[] = [];
      for (const database of ['private', 'shared'] as const) {
        try {
          for (const zone of await listZones(cloudKit, database, signal)) if (!found.has(zone.name)) found.set(zone.name, zone);
        } catch (error) {
          signal.throwIfAborted();
          if (database === 'private') throw error;
          failed.push({ database, problem: asProblem(error) });
        }
      }
      return { zones: [...found.values()], failed };
    },
    async indexed(zone, signal) {
      const page = parsePage(await cloudKit(zone.database, '/records/query', indexingQuery(zone), signal));
      const state = stringValue(page.records.find(({ recordType }) => recordType === 'CheckIndexingState')?.fields?.state);
      return state === 'FINISHED';
    },
    async count(zone, signal) {
      const answer = BatchAnswer.safeParse(await cloudKit(zone.database, '/internal/records/query/batch', countBatch(zone), signal));
      const records = answer.success ? (answer.data.batch[0]?.records ?? []) : [];
      const counted = records
        .map((record) => WireRecord.safeParse(record))
        .find((record) => record.success && record.data.recordName === ALL_PHOTOS_COUNT);
      return counted?.success ? numberValue(counted.data.fields?.itemCount) : undefined;
    },
    assets: (zone, expected, signal) => walkPhotos(cloudKit, zone, expected, now, signal),
    albums: (zone, signal) => readAlbumTree(cloudKit, zone, signal),
    members: (zone, albumId, signal) => readMembers(cloudKit, zone, albumId, signal),
    refresh: (zone, requests, signal) => refresh(cloudKit, zone, requests, now(), signal),
    open: options.openDownload,
  };
}

/** Only libraries: share links, shared albums and others break every query made to them (photos.md §2.1). */
async function listZones(cloudKit: CloudKit, database: Database, signal: AbortSignal): Promise<Zone[]> {
  const answer = ZonesAnswer.safeParse(await cloudKit(database, '/zones/list', {}, signal));
  if (!answer.success) throw new Problem('answer-not-understood', `iCloud's list of libraries (${database}) was not understood.`);
  return answer.data.zones
    .filter(({ zoneID, deleted }) => deleted !== true && isLibraryZone(zoneID.zoneName))
    .map(({ zoneID }) => ({ name: zoneID.zoneName, owner: zoneID.ownerRecordName, database }));
}

/** One lookup fetches the records that hold the addresses; the other half's renditions are not asked for (photos.md §3.7). */
async function refresh(
  cloudKit: CloudKit,
  zone: Zone,
  requests: readonly RefreshRequest[],
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly Refreshed[]> {
  const nameOf = (request: RefreshRequest) => (holderOf(request.kind) === 'asset' ? request.assetId : request.masterId);
  // A sidecar or an unknown kind may hang on either record.
  const isLoose = (request: RefreshRequest) => request.kind === 'sidecar' || request.kind.startsWith('other:');
  const names = [...new Set(requests.flatMap((request) => (isLoose(request) ? [request.assetId, request.masterId] : [nameOf(request)])))];
  const records = new Map<string, WireRecord>();
  const failed = new Map<string, string>();
  for (let start = 0; start < names.length; start += LOOKUP_NAMES) {
    const page = parsePage(
      await cloudKit(zone.database, '/records/lookup', lookupBody(zone, names.slice(start, start + LOOKUP_NAMES)), signal),
    );
    for (const record of page.records) records.set(record.recordName, record);
    for (const { record, detail } of page.troubles) if (!/^(NOT_FOUND|UNKNOWN_ITEM)/i.test(detail)) failed.set(record, detail);
  }
  const empty = (recordName: string): WireRecord => ({ recordName });
  return requests.map((request) => {
    const [asset, master] = [records.get(request.assetId), records.get(request.masterId)];
    const holder = isLoose(request) ? (asset ?? master) : records.get(nameOf(request));
    const detail = failed.get(nameOf(request));
    if (detail !== undefined) return { is: 'failed', detail };
    if (!holder || !isLive(holder)) return { is: 'gone' };
    const rendition = renditionsOf(asset ?? empty(request.assetId), master ?? empty(request.masterId), nowMs).find(
      ({ kind }) => kind === request.kind,
    );
    if (!rendition) return { is: 'gone' };
    return rendition.download ? { is: 'there', checksum: rendition.checksum, download: rendition.download } : { is: 'not-uploaded' };
  });
}
