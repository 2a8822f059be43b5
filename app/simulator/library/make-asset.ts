import { bufferContent, type Content, patternContent } from './content.ts';
import { fileTypeOf } from './file-types.ts';
import type { AssetState, MasterState } from './record-states.ts';
import { Resource, type ResourcePrefix, type Resources } from './resource.ts';
import { seededRandom } from './seeded-random.ts';

/** What a test or the generator may say about a new asset; everything has a default. */
export interface AssetSpec {
  /** Zone name; default PrimarySync. */
  readonly zone?: string;
  /** Import name; `null` leaves `filenameEnc` out. */
  readonly filename?: string | null;
  readonly filenameAs?: 'bytes' | 'string';
  /** UTI of the original, default public.jpeg. */
  readonly uti?: string;
  /** Leaves `itemType` out of the master. */
  readonly withoutItemType?: boolean;
  /** Bytes, default about 20,000. */
  readonly size?: number;
  /** The original's real bytes instead of made-up ones. */
  readonly bytes?: Buffer;
  /** Film half of a live photo, in bytes. */
  readonly liveVideoSize?: number;
  /** Second original of a RAW+JPEG pair. */
  readonly alternativeUti?: string;
  readonly alternativeSize?: number;
  readonly alternativeBytes?: Buffer;
  readonly sidecarSize?: number;
  /** Full-size rendition of an edit on the asset, and its type. */
  readonly edited?: {
    readonly uti?: string;
    readonly size?: number;
    readonly videoSize?: number;
    readonly bytes?: Buffer;
    readonly type?: string;
  };
  /** Slow-motion: adjustment type without a rendition (photos.md §7). */
  readonly slowMotion?: boolean;
  /** ms since 1970, UTC; `null` leaves `assetDate` out. */
  readonly captureMs?: number | null;
  readonly addedMs?: number;
  /** Seconds east of UTC; `null` leaves it out. */
  readonly timeZoneOffsetS?: number | null;
  readonly timeZoneName?: string;
  readonly favorite?: boolean;
  readonly hidden?: boolean;
  readonly deletedMs?: number;
  readonly orientation?: number;
  readonly subtypeV2?: number;
  readonly durationMs?: number;
  readonly hdr?: boolean;
  readonly burst?: { readonly id: string; readonly flags: number };
  readonly location?: { readonly latitude: number; readonly longitude: number };
  readonly caption?: string;
  readonly keywords?: readonly string[];
  /** Ready-made previews (JPEG), used by the 'real' library. */
  readonly thumb?: Buffer;
  readonly medium?: Buffer;
  readonly width?: number;
  readonly height?: number;
  /** Asset record name of which this is a duplicate: same master (photos.md §6.4). */
  readonly duplicateOf?: string;
}

const MOVIE = 'com.apple.quicktime-movie';
const DEVICE = 'A96C30C4A3152CA4C9A9FEF4F9A7D5F70C1BFEB58B50F821A11F7DB7ACA37E93';
const born = (nowMs: number) => ({ tag: 0, createdMs: nowMs, modifiedMs: nowMs, modifiedBy: DEVICE });

interface Frame {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
const made = (frame: Frame, uti: string, part: string, size: number, bytes?: Buffer): Resource => {
  const content: Content = bytes === undefined ? patternContent(uti, `${frame.id} ${part}`, size) : bufferContent(bytes);
  return new Resource({ uti, width: frame.width, height: frame.height, content });
};

/** The imported file of an asset. Its record name is the checksum of the original (photos.md §6.1). `id` makes its bytes unique. */
export function makeMaster(spec: AssetSpec, id: string, nowMs: number): MasterState {
  const uti = spec.uti ?? 'public.jpeg';
  const type = fileTypeOf(uti);
  const frame = { id, width: spec.width ?? 4032, height: spec.height ?? 3024 };
  const original = made(frame, uti, 'original', spec.size ?? 20_000, spec.bytes);
  const resources: Resources = { resOriginal: original };
  if (spec.alternativeUti !== undefined)
    resources.resOriginalAlt = made(frame, spec.alternativeUti, 'alternative', spec.alternativeSize ?? 15_000, spec.alternativeBytes);
  if (spec.liveVideoSize !== undefined)
    resources.resOriginalVidCompl = made({ id, width: 1308, height: 980 }, MOVIE, 'live film', spec.liveVideoSize);
  if (spec.sidecarSize !== undefined)
    resources.resSidecar = made({ id, width: 0, height: 0 }, 'com.adobe.xmp', 'sidecar', spec.sidecarSize);
  if (spec.edited === undefined && spec.thumb !== undefined) resources.resJPEGThumb = made(frame, 'public.jpeg', 'thumb', 0, spec.thumb);
  if (spec.edited === undefined && spec.medium !== undefined) resources.resJPEGMed = made(frame, 'public.jpeg', 'medium', 0, spec.medium);
  const name = spec.filename === undefined ? `IMG_0001.${type.extension}` : spec.filename;
  return {
    kind: 'master',
    recordName: original.fileChecksum,
    ...born(nowMs),
    ...(name === null ? {} : { filename: { text: name, as: spec.filenameAs ?? 'bytes' } }),
    ...(spec.withoutItemType === true ? {} : { itemType: uti }),
    dataClassType: type.media === 'image' ? 1 : type.media === 'video' ? 2 : 0,
    orientation: spec.orientation ?? 1,
    importedMs: spec.addedMs ?? nowMs,
    resources,
    previewsMade: false,
    video: type.media === 'video',
    live: spec.liveVideoSize !== undefined,
  };
}

/** One item as the user sees it. */
export function makeAsset(spec: AssetSpec, recordName: string, master: MasterState, nowMs: number): AssetState {
  const asset: AssetState = {
    kind: 'asset',
    recordName,
    ...born(nowMs),
    masterName: master.recordName,
    ...(spec.captureMs === null ? {} : { captureMs: spec.captureMs ?? nowMs - 60_000 }),
    addedMs: spec.addedMs ?? nowMs,
    ...(spec.timeZoneOffsetS === null ? {} : { timeZoneOffsetS: spec.timeZoneOffsetS ?? 7200 }),
    ...(spec.timeZoneName === undefined ? {} : { timeZoneName: spec.timeZoneName }),
    favorite: spec.favorite ?? false,
    hidden: spec.hidden ?? false,
    ...(spec.deletedMs === undefined ? {} : { deletedMs: spec.deletedMs }),
    edits: 0,
    resources: {},
    previewsMade: false,
    subtypeV2: spec.subtypeV2 ?? (master.live ? 2 : spec.slowMotion === true ? 101 : 0),
    durationMs: spec.durationMs ?? (master.video ? 11_902 : 0),
    hdr: spec.hdr ?? false,
    orientation: spec.orientation ?? 1,
    ...(spec.burst === undefined ? {} : { burst: spec.burst }),
    ...(spec.location === undefined ? {} : { location: spec.location }),
    ...(spec.caption === undefined ? {} : { caption: spec.caption }),
    ...(spec.keywords === undefined ? {} : { keywords: spec.keywords }),
  };
  if (spec.slowMotion === true) asset.adjustment = { type: 'com.apple.video.slomo', renderType: 0 };
  if (spec.edited !== undefined) applyEdit(asset, master, { ...spec.edited, ...(spec.thumb === undefined ? {} : { thumb: spec.thumb }) });
  return asset;
}

export interface EditSpec {
  readonly uti?: string;
  readonly size?: number;
  readonly bytes?: Buffer;
  /** Also (live photo) or only (video) a new film, in bytes. */
  readonly videoSize?: number;
  /** `adjustmentType`, default com.apple.photo. */
  readonly type?: string;
  readonly thumb?: Buffer;
}

/** A new edit changes the asset only (photos.md §7): full-size rendition, for films and live photos `resVidFull`. */
export function applyEdit(asset: AssetState, master: MasterState, edit: EditSpec): void {
  asset.edits += 1;
  asset.adjustment = { type: edit.type ?? 'com.apple.photo', renderType: 2050 };
  asset.previewsMade = false;
  const original = master.resources.resOriginal;
  const frame = { id: `${asset.recordName} edit ${asset.edits}`, width: original?.width ?? 4032, height: original?.height ?? 3024 };
  asset.resources = {};
  if (!master.video) {
    const size = edit.size ?? Math.round((original?.size ?? 20_000) * 0.8);
    asset.resources.resJPEGFull = made(frame, edit.uti ?? 'public.jpeg', 'edited', size, edit.bytes);
  }
  if (edit.thumb !== undefined) asset.resources.resJPEGThumb = made(frame, 'public.jpeg', 'thumb', 0, edit.thumb);
  const filmSize = edit.videoSize ?? (master.video ? (edit.size ?? 30_000) : undefined);
  if (filmSize !== undefined) {
    const uti = master.video ? (edit.uti ?? original?.uti ?? MOVIE) : MOVIE;
    asset.resources.resVidFull = made(frame, uti, 'edited film', filmSize, master.video ? edit.bytes : undefined);
  }
}

/** Previews on the master, and on the asset once it is edited; also the poster frames of films (photos.md §7). */
export function makePreviews(record: MasterState | AssetState, video: boolean, live: boolean): void {
  if (record.previewsMade) return;
  record.previewsMade = true;
  if (record.kind === 'asset' && record.adjustment === undefined) return;
  if (record.kind === 'asset' && Object.keys(record.resources).length === 0) return; // slow-motion: nothing was rendered
  const id = record.kind === 'asset' ? `${record.recordName} edit ${record.edits}` : record.recordName;
  const random = seededRandom(`previews of ${id}`);
  const preview = (prefix: ResourcePrefix, uti: string, width: number, height: number, size: number) => {
    record.resources[prefix] ??= made({ id, width, height }, uti, prefix, size + random.int(size));
  };
  preview('resJPEGThumb', 'public.jpeg', 480, 360, 1500);
  preview('resJPEGMed', 'public.jpeg', 2048, 1536, 4000);
  if (!video && !live) return;
  const film = video ? 'public.mpeg-4' : MOVIE;
  preview('resVidMed', film, 1280, 720, 5000);
  preview('resVidSmall', film, 640, 360, 2500);
}
