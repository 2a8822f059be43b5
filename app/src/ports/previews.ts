/** `small`: for grids, about 480 pixels wide. `large`: fills a screen. JPEG, as iCloud made them. */
export type PreviewSize = 'small' | 'large';

/** Small pictures that were fetched before. Bounded: what was not looked at for the longest time goes first. */
export interface PreviewCache {
  /** `key`: Apple's checksum of the file that the picture shows. */
  get(key: string, size: PreviewSize): Promise<Uint8Array | undefined>;
  has(key: string, size: PreviewSize): Promise<boolean>;
  put(key: string, size: PreviewSize, bytes: Uint8Array): Promise<void>;
  /** Bytes kept at the moment, and at most. */
  usage(): Promise<{ readonly bytes: number; readonly limit: number }>;
}

/** Pictures small enough for a screen, of items whose own files a browser may not understand. */
export interface Previews {
  /** Undefined: there is none, or it cannot be had at the moment. Never starts a sign-in. */
  read(row: number, size: PreviewSize, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Only what is kept already; `checksum`: Apple's, of the file that the picture shows. For files that no item has any more. */
  kept(checksum: string, size: PreviewSize): Promise<Uint8Array | undefined>;
}
