import { bufferContent, type Content, patternContent } from './content.ts';
import { fileTypeOf } from './file-types.ts';
import type { AssetState, Description, FilenameForm, MasterState, Unfinished } from './record-states.ts';
import { Resource, type Resources } from './resource.ts';

/** What a test or the generator may say about a new asset; everything has a default. */
export interface AssetSpec extends Description {
  /** Default: drawn from the library's seed. */
  readonly recordName?: string;
  /** Zone name; default PrimarySync. */
  readonly zone?: string;
  /** Import name; `null` leaves `filenameEnc` out, bytes need not be UTF-8. */
  readonly filename?: string | Buffer | null;
  readonly filenameAs?: FilenameForm;
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
  /** Default com.adobe.xmp, on the master. */
  readonly sidecarUti?: string;
  readonly sidecarOn?: 'master' | 'asset';
  /** A full-size JPEG on the master, of a RAW or HEIC original: not an edit. */
  readonly fullSizeOnMaster?: number;
  /** A resource of a kind that nobody knows yet, in bytes. */
  readonly futureThing?: number;
  /** 0 for what is neither image nor film. */
  readonly dataClassType?: 0 | 1 | 2;
  readonly unfinished?: Unfinished;
  /** Full-size rendition of an edit on the asset, and its type. */
  readonly edited?: {
    readonly uti?: string;
    readonly size?: number;
    readonly videoSize?: number;
    readonly bytes?: Buffer;
    readonly type?: string;
    readonly markup?: boolean;
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
  /** The older field of the same kind, default 0. */
  readonly subtype?: number;
  readonly durationMs?: number;
  readonly hdr?: boolean;
  readonly burst?: { readonly id: string; readonly flags: number };
  /** Ready-made previews (JPEG), used by the 'real' library. */
  readonly thumb?: Buffer;
  readonly medium?: Buffer;
  readonly large?: Buffer;
  readonly width?: number;
  readonly height?: number;
  /** Asset record name of which this is a duplicate: same master (photos.md §6.4). */
  readonly duplicateOf?: string;
}

export const MOVIE = 'com.apple.quicktime-movie';
const DEVICE = 'A96C30C4A3152CA4C9A9FEF4F9A7D5F70C1BFEB58B50F821A11F7DB7ACA37E93';
const born = (nowMs: number) => ({ tag: 0, createdMs: nowMs, modifiedMs: nowMs, modifiedBy: DEVICE });

export interface Frame {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export const made = (frame: Frame, uti: string, part: string, size: number, bytes?: Buffer): Resource => {
  const content: Content = bytes === undefined ? patternContent(uti, `${frame.id} ${part}`, size) : bufferContent(bytes);
  return new Resource({ uti, width: frame.width, height: frame.height, content });
};

interface Previews {
  readonly thumb?: Buffer;
  readonly medium?: Buffer;
  readonly large?: Buffer;
}
const previewsOf = ({ thumb, medium, large }: Previews): Previews => ({
  ...(thumb === undefined ? {} : { thumb }),
  ...(medium === undefined ? {} : { medium }),
  ...(large === undefined ? {} : { large }),
});

function givenPreviews(frame: Frame, { thumb, medium, large }: Previews): Resources {
  const picture = (part: string, bytes: Buffer) => made(frame, 'public.jpeg', part, 0, bytes);
  return {
    ...(thumb === undefined ? {} : { resJPEGThumb: picture('thumb', thumb) }),
    ...(medium === undefined ? {} : { resJPEGMed: picture('medium', medium) }),
    ...(large === undefined ? {} : { resJPEGLarge: picture('large', large) }),
  };
}

function sidecar({ sidecarSize, sidecarUti }: AssetSpec, id: string): Resources {
  if (sidecarSize === undefined) return {};
  return { resSidecar: made({ id, width: 0, height: 0 }, sidecarUti ?? 'com.adobe.xmp', 'sidecar', sidecarSize) };
}

function aboutOf({ caption, description, keywords, location, locationAs }: AssetSpec): Description {
  return {
    ...(caption === undefined ? {} : { caption }),
    ...(description === undefined ? {} : { description }),
    ...(keywords === undefined ? {} : { keywords }),
    ...(location === undefined ? {} : { location }),
    ...(locationAs === undefined ? {} : { locationAs }),
  };
}

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
  if (spec.sidecarOn !== 'asset') Object.assign(resources, sidecar(spec, id));
  if (spec.fullSizeOnMaster !== undefined) resources.resJPEGFull = made(frame, 'public.jpeg', 'full-size JPEG', spec.fullSizeOnMaster);
  if (spec.futureThing !== undefined) resources.resFutureThing = made(frame, 'com.apple.future-thing', 'future thing', spec.futureThing);
  if (spec.edited === undefined) Object.assign(resources, givenPreviews(frame, spec));
  const name = spec.filename === undefined ? `IMG_0001.${type.extension}` : spec.filename;
  return {
    kind: 'master',
    recordName: original.fileChecksum,
    ...born(nowMs),
    ...(name === null ? {} : { filename: { text: name.toString(), bytes: Buffer.from(name), as: spec.filenameAs ?? 'bytes' } }),
    ...(spec.unfinished === undefined ? {} : { unfinished: spec.unfinished }),
    ...(spec.withoutItemType === true ? {} : { itemType: uti }),
    dataClassType: spec.dataClassType ?? (type.media === 'image' ? 1 : type.media === 'video' ? 2 : 0),
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
    resources: spec.sidecarOn === 'asset' ? sidecar(spec, recordName) : {},
    previewsMade: false,
    subtype: spec.subtype ?? 0,
    subtypeV2: spec.subtypeV2 ?? (master.live ? 2 : spec.slowMotion === true ? 101 : 0),
    durationMs: spec.durationMs ?? (master.video ? 11_902 : 0),
    hdr: spec.hdr ?? false,
    orientation: spec.orientation ?? 1,
    ...(spec.burst === undefined ? {} : { burst: spec.burst }),
    about: aboutOf(spec),
  };
  if (spec.slowMotion === true) asset.adjustment = { type: 'com.apple.video.slomo', renderType: 0 };
  if (spec.edited !== undefined) applyEdit(asset, master, { ...spec.edited, ...previewsOf(spec) });
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
  /** Drawn upon: another form of `adjustmentSimpleDataEnc`. */
  readonly markup?: boolean;
  readonly thumb?: Buffer;
  readonly medium?: Buffer;
  readonly large?: Buffer;
}

/** A new edit changes the asset only (photos.md §7): full-size rendition, for films and live photos `resVidFull`. */
export function applyEdit(asset: AssetState, master: MasterState, edit: EditSpec): void {
  asset.edits += 1;
  asset.adjustment = { type: edit.type ?? 'com.apple.photo', renderType: 2050, ...(edit.markup === true ? { markup: true } : {}) };
  asset.previewsMade = false;
  const original = master.resources.resOriginal;
  const frame = { id: `${asset.recordName} edit ${asset.edits}`, width: original?.width ?? 4032, height: original?.height ?? 3024 };
  const { resSidecar } = asset.resources;
  asset.resources = resSidecar === undefined ? {} : { resSidecar };
  if (!master.video) {
    const size = edit.size ?? Math.round((original?.size ?? 20_000) * 0.8);
    asset.resources.resJPEGFull = made(frame, edit.uti ?? 'public.jpeg', 'edited', size, edit.bytes);
  }
  Object.assign(asset.resources, givenPreviews(frame, edit));
  const filmSize = edit.videoSize ?? (master.video ? (edit.size ?? 30_000) : undefined);
  if (filmSize !== undefined) {
    const uti = master.video ? (edit.uti ?? original?.uti ?? MOVIE) : MOVIE;
    asset.resources.resVidFull = made(frame, uti, 'edited film', filmSize, master.video ? edit.bytes : undefined);
  }
}
