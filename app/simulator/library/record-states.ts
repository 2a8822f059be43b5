import type { Resources } from './resource.ts';

/** What every record keeps, whatever its type (photos.md §1.4). Times are milliseconds since 1970. */
export interface RecordState {
  readonly recordName: string;
  /** The zone's counter at the last change; on the wire in base 36 as `recordChangeTag`. */
  tag: number;
  createdMs: number;
  modifiedMs: number;
  /** "1" server, "2" web, else the 64 hex digits of a device. */
  modifiedBy: string;
  /** Fields that a client wrote and that the simulator gives no meaning to. */
  extraFields?: Record<string, { value: unknown; type: string }>;
}

/** Base64 with its type, plain text, base64 without a type, or something that is no base64. */
export type FilenameForm = 'bytes' | 'string' | 'untyped' | 'broken';
export type Unfinished = 'no-original' | 'no-address' | 'no-bytes';

/** What the owner wrote about an item, and how Apple encodes it (photos.md §9). */
export interface Description {
  /** `captionEnc`. */
  readonly caption?: string;
  /** `extendedDescEnc`. */
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly altitude?: number };
  /** Default 'bplist', the recorded form; 'v2' is in `locationV2Enc`, 'plain' in two numbers. */
  readonly locationAs?: 'bplist' | 'bplist-lng' | 'xml' | 'v2' | 'plain';
}

export interface MasterState extends RecordState {
  readonly kind: 'master';
  /** Import name. Absent on some records; the ways it goes out are those of photos.md §9.1. */
  readonly filename?: { readonly text: string; readonly bytes: Buffer; readonly as: FilenameForm };
  /** UTI of the original; missing on some records. */
  readonly itemType?: string;
  /** 1 image, 2 video, 0 neither. */
  readonly dataClassType: 0 | 1 | 2;
  readonly orientation: number;
  readonly importedMs: number;
  readonly resources: Resources;
  /** The original is not there yet, has no address, or is empty (photos.md §7). */
  unfinished?: Unfinished;
  /** Previews are made when first asked for. */
  previewsMade: boolean;
  readonly video: boolean;
  readonly live: boolean;
  /** Set together with the asset only if no other live asset uses the master (photos.md §6.1). */
  deletedMs?: number;
}

export interface AssetState extends RecordState {
  readonly kind: 'asset';
  readonly masterName: string;
  /** Capture time, UTC; missing on some, negative before 1970. */
  readonly captureMs?: number;
  readonly addedMs: number;
  readonly timeZoneOffsetS?: number;
  readonly timeZoneName?: string;
  favorite: boolean;
  hidden: boolean;
  /** When it was moved to Recently Deleted. */
  deletedMs?: number;
  /** Shared library only: 1 deleted, 0 moved to the personal library (photos.md §6.2). */
  trashReason?: 0 | 1;
  /** Set while edited (or slow-motion): `adjustmentType`. */
  adjustment?: { readonly type: string; readonly renderType: number; readonly markup?: boolean };
  /** How often it was edited: gives each edit its own bytes. */
  edits: number;
  /** Renditions of the edit, photos.md §7. */
  resources: Resources;
  previewsMade: boolean;
  readonly subtypeV2: number;
  readonly subtype: number;
  readonly durationMs: number;
  readonly hdr: boolean;
  readonly orientation: number;
  readonly burst?: { readonly id: string; readonly flags: number };
  about: Description;
}

export interface AlbumState extends RecordState {
  readonly kind: 'album';
  name?: string;
  /** 0 album, 3 folder, 6 smart album (photos.md §5). */
  readonly albumType: number;
  parent?: string;
  position: number;
  sortType: number;
  sortAscending: number;
  userModifiedMs?: number;
  deletedMs?: number;
}

export interface RelationState extends RecordState {
  readonly kind: 'relation';
  readonly itemId: string;
  readonly containerId: string;
  readonly position: number;
}

/** `CPLLibraryInfo`: counts, computed when read (photos.md §4). */
export interface LibraryInfoState extends RecordState {
  readonly kind: 'library-info';
}

export type AnyRecord = MasterState | AssetState | AlbumState | RelationState | LibraryInfoState;
