import type { FoundPreview, Zone } from '../../domain/asset.ts';
import type { CloudKit } from './cloudkit.ts';
import { parsePage } from './page.ts';
import { LOOKUP_NAMES, zoneId } from './queries.ts';
import { expiryOf, isLive } from './records.ts';
import { resourceValue, stringValue, type WireRecord } from './wire.ts';

const PREFIXES = [
  ['resJPEGThumb', 'thumb'],
  ['resJPEGMed', 'medium'],
  ['resJPEGLarge', 'large'],
  ['resJPEGFull', 'full'],
] as const;
const PREVIEW_KEYS = PREFIXES.flatMap(([prefix]) => [`${prefix}Res`, `${prefix}FileType`]).concat('masterRef', 'isDeleted', 'isExpunged');

/** Pictures by lookup (photos.md §7): on the asset once it was edited, otherwise on the master; of films the poster frame. */
export async function lookUpPreviews(
  cloudKit: CloudKit,
  zone: Zone,
  requests: readonly { readonly assetId: string; readonly masterId: string }[],
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly (readonly FoundPreview[])[]> {
  const names = [...new Set(requests.flatMap(({ assetId, masterId }) => [assetId, masterId]))];
  const records = new Map<string, WireRecord>();
  for (let start = 0; start < names.length; start += LOOKUP_NAMES) {
    const body = {
      records: names.slice(start, start + LOOKUP_NAMES).map((recordName) => ({ recordName })),
      zoneID: zoneId(zone),
      desiredKeys: PREVIEW_KEYS,
    };
    for (const record of parsePage(await cloudKit(zone.database, '/records/lookup', body, signal)).records)
      records.set(record.recordName, record);
  }
  return requests.map(({ assetId, masterId }) => {
    const halves = [
      { holder: 'asset', record: records.get(assetId) },
      { holder: 'master', record: records.get(masterId) },
    ] as const;
    return PREFIXES.flatMap(([prefix, kind]) => {
      for (const { holder, record } of halves) {
        const found = record && isLive(record) && previewOf(record, prefix, nowMs);
        if (found) return [{ kind, holder, ...found }];
      }
      return [];
    });
  });
}

function previewOf({ fields = {} }: WireRecord, prefix: string, nowMs: number): Omit<FoundPreview, 'kind' | 'holder'> | undefined {
  const resource = resourceValue(fields[`${prefix}Res`]);
  if (!resource?.downloadURL) return undefined;
  return {
    checksum: resource.fileChecksum ?? '',
    size: resource.size ?? 0,
    uti: stringValue(fields[`${prefix}FileType`]),
    download: { url: resource.downloadURL, expiresAtMs: expiryOf(resource.downloadURL, nowMs) },
  };
}
