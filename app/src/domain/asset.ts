/**
 * The values everything else speaks about. On the wire one item is a CPLAsset that points to a CPLMaster (photos.md §6);
 * here it is one `Asset` with its renditions. The identity of an item is zone + asset record name, never the master.
 */

/** Which CloudKit database a zone is served from: the owner of a shared library sees it in `private`, everyone else in `shared` (photos.md §2.1). */
export type Database = 'private' | 'shared';

/** A library of iCloud Photos: the personal one (`PrimarySync`) or the iCloud Shared Photo Library (`SharedSync-…`). */
export interface Zone {
  readonly name: string;
  readonly owner: string | undefined;
  readonly database: Database;
}

/**
 * One file of an asset. `edited` is the full-size picture of an edit, `edited-video` the full-size film of an edited
 * video or of an edited live photo, `alternative` the other half of RAW+JPEG. `other:<prefix>` is a resource this
 * version does not know: it is kept under the name's own extension rather than dropped (photos.md §7).
 */
export type RenditionKind = 'original' | 'alternative' | 'live-video' | 'edited' | 'edited-video' | 'sidecar' | `other:${string}`;

export interface Rendition {
  readonly kind: RenditionKind;
  /** CloudKit's `fileChecksum`: Apple's own name for exactly these bytes (photos.md §13). */
  readonly checksum: string;
  /** Bytes. */
  readonly size: number;
  /** Uniform type identifier as Apple gave it; undefined when the field was missing. */
  readonly uti: string | undefined;
}

/** Where the bytes can be fetched for a while. Signed: treat the address as a secret. */
export interface Download {
  readonly url: string;
  /** Epoch ms, from the address itself (photos.md §12.1). */
  readonly expiresAtMs: number;
}

/** A rendition as a listing or a lookup shows it. Without `download` the upload to iCloud has not finished yet. */
export interface ListedRendition extends Rendition {
  readonly download: Download | undefined;
}

export interface Asset {
  readonly zone: string;
  /** Record name of the CPLAsset: an upper-case UUID. */
  readonly id: string;
  /** Record name of the CPLMaster. */
  readonly masterId: string;
  /** Import name as Apple gives it, decoded; many items share one name. */
  readonly filename: string | undefined;
  /** Epoch ms. Undefined when missing or absurd. */
  readonly captureMs: number | undefined;
  readonly addedMs: number | undefined;
  /** Seconds east of UTC where the photo was taken; undefined when Apple does not say. */
  readonly offsetS: number | undefined;
  readonly favorite: boolean;
  readonly hidden: boolean;
}

/** What iCloud says of an item besides its files: for sidecars, search and the page. Everything may be missing. */
export interface AssetDetails {
  readonly title?: string | undefined;
  readonly caption?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  /** Degrees; south and west are negative. */
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  /** Metres. */
  readonly altitude?: number | undefined;
  /** `assetSubtypeV2` of photos.md §6.2: 1 panorama, 2 live photo, 3 screenshot, 101 slow motion, 102 time lapse, 103 screen recording. */
  readonly subtype?: number | undefined;
  readonly burstId?: string | undefined;
  readonly durationMs?: number | undefined;
  /** Of the original, pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** `Asia/Taipei`. */
  readonly timeZone?: string | undefined;
  readonly adjustmentType?: string | undefined;
}

/** A small picture of an item, made by iCloud; kept for the page only. */
export interface ListedPreview {
  readonly kind: 'thumb' | 'medium';
  readonly checksum: string;
  /** Bytes. */
  readonly size: number;
  readonly uti: string | undefined;
  readonly download: Download | undefined;
}

/** A picture that iCloud made of an item, found by lookup. `holder`: the asset's show the edit, if there is one. */
export interface FoundPreview extends Omit<ListedPreview, 'kind'> {
  readonly kind: ListedPreview['kind'] | 'large' | 'full';
  readonly holder: 'asset' | 'master';
}

export interface ListedAsset extends Asset {
  readonly renditions: readonly ListedRendition[];
  readonly details: AssetDetails;
  readonly previews: readonly ListedPreview[];
}

/** Why an item counts as gone from iCloud: each is proof, absence only from a complete and checked listing (decisions.md 1). */
export type GoneBecause = 'tombstone' | 'deleted' | 'expunged' | 'absent';

/** A rendition that is on disk under its real name. */
export interface StoredFile {
  readonly kind: RenditionKind;
  /** Relative to the library's root, `/`-separated. */
  readonly path: string;
  readonly checksum: string;
  readonly size: number;
  readonly sha256: string;
  readonly proof: Proof;
}

/**
 * How sure we are of the bytes. `apple`: Apple's own checksum was recomputed and matches. `unverifiable`: the checksum has
 * a form we cannot recompute. `unconfirmed`: it disagrees, but two separate downloads were identical (design.md).
 */
export type Proof = 'apple' | 'unverifiable' | 'unconfirmed';

/** Zones that are libraries; everything else (share links, shared albums, Apple Intelligence) is not (photos.md §2.1). */
export function isLibraryZone(name: string): boolean {
  return name === PERSONAL_ZONE || /^SharedSync-/.test(name);
}

export const PERSONAL_ZONE = 'PrimarySync';
