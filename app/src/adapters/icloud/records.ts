import type { ListedAsset, ListedPreview, ListedRendition, RenditionKind } from '../../domain/asset.ts';
import { detailsOf } from './details.ts';
import { flagValue, numberValue, referenceValue, resourceValue, stringValue, textValue, type WireRecord } from './wire.ts';
import { zoneOffsetS } from './zone-offset.ts';

/** Resources that are kept, by the record that owns them (photos.md §7). */
const MASTER_KINDS: Readonly<Record<string, RenditionKind>> = {
  resOriginal: 'original',
  resOriginalAlt: 'alternative',
  resOriginalVidCompl: 'live-video',
  resSidecar: 'sidecar',
};
const ASSET_KINDS: Readonly<Record<string, RenditionKind>> = { resJPEGFull: 'edited', resVidFull: 'edited-video', resSidecar: 'sidecar' };

/** Derived from the kept ones, on either record; a full-size JPEG on the master is a rendering of a RAW or HEIC, not an edit. */
const PREVIEWS = new Set([
  'resJPEGFull',
  'resJPEGLarge',
  'resJPEGMed',
  'resJPEGThumb',
  'resVidFull',
  'resVidLarge',
  'resVidMed',
  'resVidSmall',
  'resVidHDRMed',
]);

export function isKnownResource(prefix: string): boolean {
  return PREVIEWS.has(prefix) || Object.hasOwn(MASTER_KINDS, prefix) || Object.hasOwn(ASSET_KINDS, prefix);
}

/** The asset half of an item, as far as it is known before its master. */
export interface AssetHalf {
  readonly record: WireRecord;
  readonly masterId: string | undefined;
}

export function isLive(record: WireRecord): boolean {
  const fields = record.fields ?? {};
  return record.deleted !== true && !flagValue(fields.isDeleted) && !flagValue(fields.isExpunged);
}

export function assetHalf(record: WireRecord): AssetHalf {
  return { record, masterId: referenceValue(record.fields?.masterRef) };
}

/** Joins the two halves into one asset. Fields that are missing stay undefined; nothing is guessed here. */
export function joinHalves(zone: string, asset: WireRecord, master: WireRecord, nowMs: number): ListedAsset {
  const fields = asset.fields ?? {};
  const captureMs = numberValue(fields.assetDate);
  const details = detailsOf(asset, master);
  return {
    zone,
    id: asset.recordName,
    masterId: master.recordName,
    filename: textValue(master.fields?.filenameEnc),
    captureMs,
    addedMs: numberValue(fields.addedDate),
    offsetS: numberValue(fields.timeZoneOffset) ?? offsetFromName(details.timeZone, captureMs),
    favorite: flagValue(fields.isFavorite),
    hidden: flagValue(fields.isHidden),
    renditions: renditionsOf(asset, master, nowMs),
    details,
    previews: previewsOf(asset, master, nowMs),
  };
}

function offsetFromName(timeZone: string | undefined, captureMs: number | undefined): number | undefined {
  return timeZone === undefined || captureMs === undefined ? undefined : zoneOffsetS(timeZone, captureMs);
}

/** Poster frames of films among them. The asset's come first: they show the edit (photos.md §7). */
function previewsOf(asset: WireRecord, master: WireRecord, nowMs: number): ListedPreview[] {
  const previews: ListedPreview[] = [];
  for (const [kind, prefix] of [
    ['thumb', 'resJPEGThumb'],
    ['medium', 'resJPEGMed'],
  ] as const) {
    const found = resourceOf(asset, prefix, nowMs) ?? resourceOf(master, prefix, nowMs);
    if (found) previews.push({ kind, ...found });
  }
  return previews;
}

/** Every file iCloud shows for an item. The original is always among them: without its bytes it is listed as not uploaded yet. */
export function renditionsOf(asset: WireRecord, master: WireRecord, nowMs: number): ListedRendition[] {
  const found = new Map<RenditionKind, ListedRendition>();
  collect(found, master, MASTER_KINDS, nowMs);
  collect(found, asset, ASSET_KINDS, nowMs);
  if (!found.has('original')) {
    const checksum = stringValue(master.fields?.resOriginalFingerprint) ?? master.recordName;
    found.set('original', {
      kind: 'original',
      checksum,
      size: 0,
      uti: stringValue(master.fields?.resOriginalFileType),
      download: undefined,
    });
  }
  return [...found.values()];
}

function collect(
  found: Map<RenditionKind, ListedRendition>,
  record: WireRecord,
  kinds: Readonly<Record<string, RenditionKind>>,
  nowMs: number,
): void {
  for (const name of Object.keys(record.fields ?? {})) {
    const prefix = /^(res\w+)Res$/.exec(name)?.[1];
    if (prefix === undefined) continue;
    const kind = kinds[prefix] ?? (PREVIEWS.has(prefix) ? undefined : (`other:${prefix}` as const));
    if (kind === undefined || found.has(kind)) continue;
    const resource = resourceOf(record, prefix, nowMs);
    if (resource) found.set(kind, { kind, ...resource });
  }
}

function resourceOf(record: WireRecord, prefix: string, nowMs: number): Omit<ListedPreview, 'kind'> | undefined {
  const fields = record.fields ?? {};
  const resource = resourceValue(fields[`${prefix}Res`]);
  if (!resource) return undefined;
  // Shared albums name it beside the resource (photos.md §15).
  const size = resource.size ?? numberValue(fields[`${prefix}FileSize`]) ?? 0;
  const checksum = resource.fileChecksum ?? stringValue(fields[`${prefix}Fingerprint`]) ?? `size:${size}`;
  // A size of 0 is an upload that has not finished (photos.md §7), not an empty file.
  const download =
    resource.downloadURL && size > 0 ? { url: resource.downloadURL, expiresAtMs: expiryOf(resource.downloadURL, nowMs) } : undefined;
  return { checksum, size, uti: stringValue(fields[`${prefix}FileType`]), download };
}

const HALF_HOUR_MS = 30 * 60_000;

/** `e` is the expiry in epoch seconds (photos.md §12.1); without it half an hour is assumed, the shortest reported. */
export function expiryOf(url: string, nowMs: number): number {
  const seconds = Number(/[?&]e=(\d+)/.exec(url)?.[1]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : nowMs + HALF_HOUR_MS;
}

/** The record that holds a rendition's address: what a lookup has to ask for (photos.md §3.7). */
export function holderOf(kind: RenditionKind): 'asset' | 'master' {
  return kind === 'edited' || kind === 'edited-video' ? 'asset' : 'master';
}
