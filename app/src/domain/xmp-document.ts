import type { XmpForm } from './xmp-properties.ts';

/** A sidecar that exists, as far as it must be understood to change parts of it. Offsets count UTF-16 units of `text`. */
export interface XmpDocument {
  readonly text: string;
  /** Behind the last block: a new one goes here. */
  readonly end: number;
  readonly rdfPrefix: string;
  readonly about: string;
  readonly blocks: readonly XmpBlock[];
}

/** One `rdf:Description`. */
export interface XmpBlock {
  readonly start: number;
  readonly end: number;
  readonly properties: readonly XmpFound[];
}

export interface XmpFound {
  readonly uri: string;
  readonly local: string;
  /** As the file spells it, prefix included. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly form: XmpForm;
  /** Undefined: built in a way that is not looked into. */
  readonly values: readonly string[] | undefined;
}

/** Undefined: no XMP that could be changed without guessing. */
export type ParseXmp = (text: string) => XmpDocument | undefined;
