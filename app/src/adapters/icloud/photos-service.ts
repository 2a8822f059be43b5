import type { Zone } from '../../domain/asset.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PhotosService, Refreshed, RefreshRequest } from '../../ports/photos-service.ts';
import { readAlbumTree, readMembers } from './album-tree.ts';
import { readChanges, readDatabaseChanges, readItems, readPresence } from './changes.ts';
import type { CloudKit } from './cloudkit.ts';
import type { Downloads } from './download.ts';
import { createExtraResources, type ExtraResourceMemory } from './extra-resources.ts';
import { parsePage } from './page.ts';
import { lookUpPreviews } from './previews.ts';
import { countBatch, countName, indexingQuery, type Keys, LOOKUP_NAMES, lookupBody, photoKeys } from './queries.ts';
import { holderOf, isLive, renditionsOf } from './records.ts';
import { walkPhotos } from './walk.ts';
import { BatchAnswer, numberValue, stringValue, WireRecord } from './wire.ts';

export interface PhotosServiceOptions {
  readonly cloudKit: CloudKit;
  readonly clock: Clock;
  readonly downloads: Downloads;
  /** Kinds of files learned of in earlier runs. Undefined = start anew. */
  readonly extraResources?: ExtraResourceMemory | undefined;
}

/** iCloud Photos over CloudKit's web interface (photos.md). */
export function createPhotosService(options: PhotosServiceOptions): PhotosService {
  const { cloudKit, clock } = options;
  const now = () => clock.now();
  const extra = createExtraResources(options.extraResources);
  return {
    libraries: (database, token, signal) => readDatabaseChanges(cloudKit, database, token, signal),
    changes: (zone, token, assetsOf, signal) => readChanges(cloudKit, zone, token, assetsOf, now, extra, signal),
    items: (zone, assetIds, signal) => readItems(cloudKit, zone, assetIds, now, signal),
    presence: (zone, assetIds, signal) => readPresence(cloudKit, zone, assetIds, signal),
    async indexed(zone, signal) {
      const page = parsePage(await cloudKit(zone.database, '/records/query', indexingQuery(zone), signal));
      const state = stringValue(page.records.find(({ recordType }) => recordType === 'CheckIndexingState')?.fields?.state);
      return state === 'FINISHED';
    },
    async count(zone, signal, index = 'all') {
      const answer = BatchAnswer.safeParse(await cloudKit(zone.database, '/internal/records/query/batch', countBatch(zone, index), signal));
      const records = answer.success ? (answer.data.batch[0]?.records ?? []) : [];
      const counted = records
        .map((record) => WireRecord.safeParse(record))
        .find((record) => record.success && record.data.recordName === countName(index));
      return counted?.success ? numberValue(counted.data.fields?.itemCount) : undefined;
    },
    assets: (zone, expected, signal, index = 'all') => walkPhotos(cloudKit, { zone, index, extra }, expected, now, signal),
    albums: (zone, signal) => readAlbumTree(cloudKit, zone, signal),
    members: (zone, albumId, signal) => readMembers(cloudKit, zone, albumId, signal),
    refresh: (zone, requests, signal) => refresh(cloudKit, zone, requests, now(), signal),
    previews: (zone, requests, signal) => lookUpPreviews(cloudKit, zone, requests, now(), signal),
    ...options.downloads,
  };
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
  // A kind that is not among the usual keys is sent only when all of them are asked for.
  const keys: Keys = requests.some(({ kind }) => kind.startsWith('other:')) ? undefined : photoKeys([]);
  const names = [...new Set(requests.flatMap((request) => (isLoose(request) ? [request.assetId, request.masterId] : [nameOf(request)])))];
  const records = new Map<string, WireRecord>();
  const failed = new Map<string, string>();
  for (let start = 0; start < names.length; start += LOOKUP_NAMES) {
    const page = parsePage(
      await cloudKit(zone.database, '/records/lookup', lookupBody(zone, names.slice(start, start + LOOKUP_NAMES), keys), signal),
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
