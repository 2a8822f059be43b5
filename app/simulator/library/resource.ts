import { hash } from 'node:crypto';
import { referenceChecksum } from './apple-checksum.ts';
import { type Content, contentSha256 } from './content.ts';

/** Field prefixes of stored files (photos.md §7). The last one is of no known kind: the next thing that Apple invents. */
export const RESOURCE_PREFIXES = [
  'resOriginal',
  'resOriginalAlt',
  'resOriginalVidCompl',
  'resSidecar',
  'resJPEGFull',
  'resVidFull',
  'resJPEGLarge',
  'resJPEGMed',
  'resJPEGThumb',
  'resVidMed',
  'resVidSmall',
  'resFutureThing',
] as const;
export type ResourcePrefix = (typeof RESOURCE_PREFIXES)[number];

export type Resources = { [prefix in ResourcePrefix]?: Resource };

export interface ResourceShape {
  readonly uti: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly content: Content;
}

/** One stored file. Checksums and keys are computed when first asked for and then kept. */
export class Resource {
  readonly uti: string;
  readonly width: number;
  readonly height: number;
  readonly content: Content;
  #checksum: string | undefined;
  #sha256: string | undefined;
  #key: { wrappingKey: string; referenceChecksum: string } | undefined;

  constructor(shape: ResourceShape) {
    this.uti = shape.uti;
    this.width = shape.width;
    this.height = shape.height;
    this.content = shape.content;
  }

  get size(): number {
    return this.content.size;
  }

  get fileChecksum(): string {
    this.#checksum ??= this.content.checksum();
    return this.#checksum;
  }

  get sha256(): string {
    this.#sha256 ??= contentSha256(this.content);
    return this.#sha256;
  }

  /** 16 bytes, base64. Derived from the checksum so that one seed gives one library; Apple's is random. */
  get wrappingKey(): string {
    return this.#keys().wrappingKey;
  }

  get referenceChecksum(): string {
    return this.#keys().referenceChecksum;
  }

  #keys() {
    if (this.#key === undefined) {
      const key = hash('md5', `wrapping key of ${this.fileChecksum}`, 'buffer');
      this.#key = { wrappingKey: key.toString('base64'), referenceChecksum: referenceChecksum(key) };
    }
    return this.#key;
  }
}
