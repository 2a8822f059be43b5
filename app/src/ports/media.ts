/** A stored file that is being read. Close it, or read `bytes` to the end. */
export interface OpenMedia {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `start` up to and including `end`; closes the file afterwards. */
  bytes(start: number, end: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Files of the library, to be looked at. Paths come from the catalog, never from a request. */
export interface MediaStore {
  /** Undefined when no regular file lies there. Throws Problem `disk-error`. */
  open(path: string): Promise<OpenMedia | undefined>;
  /** Bytes on the library's volume. */
  space(): Promise<{ readonly free: number; readonly total: number }>;
}
