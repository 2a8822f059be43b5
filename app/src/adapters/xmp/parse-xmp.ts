import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import type { XmpBlock, XmpDocument, XmpFound } from '../../domain/xmp-document.ts';
import type { XmpForm } from '../../domain/xmp-properties.ts';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const CONTAINERS: Readonly<Record<string, XmpForm>> = { Alt: 'alt', Bag: 'bag', Seq: 'seq' };
/** x:xmpmeta is optional, so levels are counted from rdf:RDF: block, property, container, entry. */
const [BLOCK, PROPERTY, CONTAINER, ENTRY] = [1, 2, 3, 4];
const MOST_CHARACTERS = 4_000_000;

type Open = { -readonly [Key in keyof XmpFound]: XmpFound[Key] } & { words: string[] };

/** Reads a sidecar with the places of everything in it. Undefined when it is no XML, no XMP, or split in two. */
export function parseXmp(text: string): XmpDocument | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const reader = new Reader(text);
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => reader.open(tag, parser.position));
  parser.on('closetag', (tag) => reader.close(tag, parser.position));
  parser.on('text', (words) => reader.words(words));
  parser.on('cdata', (words) => reader.words(words));
  try {
    parser.write(text).close();
    return reader.result();
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #text: string;
  readonly #blocks: XmpBlock[] = [];
  /** Levels below rdf:RDF; undefined outside of it. */
  #level: number | undefined;
  #rdf: { prefix: string; end: number } | undefined;
  #about: string | undefined;
  #properties: XmpFound[] = [];
  #blockStart = 0;
  #property: Open | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  open(tag: SaxesTagNS, position: number): void {
    // No `<` can stand inside a tag, so the last one began it.
    const start = this.#text.lastIndexOf('<', position - 1);
    if (this.#level === undefined) {
      if (tag.uri !== RDF || tag.local !== 'RDF') return;
      if (this.#rdf || tag.isSelfClosing) throw new SyntaxError('one rdf:RDF with content is expected');
      this.#rdf = { prefix: tag.prefix, end: 0 };
      this.#level = 0;
      return;
    }
    this.#level += 1;
    if (this.#level === BLOCK) this.#openBlock(tag, start, position);
    else if (this.#level === PROPERTY) this.#openProperty(tag, start);
    else this.#openInside(tag);
  }

  #openBlock(tag: SaxesTagNS, start: number, position: number): void {
    const attributes = Object.values(tag.attributes);
    this.#blockStart = start;
    this.#about ??= attributes.find(({ uri, local }) => uri === RDF && local === 'about')?.value;
    this.#properties = attributes
      .filter(({ uri }) => uri !== RDF && uri !== XML && uri !== XMLNS && uri !== '')
      .map((attribute) => this.#attribute(attribute, start, position));
  }

  #attribute({ name, uri, local, value }: SaxesAttributeNS, from: number, to: number): XmpFound {
    // The parser has checked the tag: what looks like an attribute of this name outside of quotes is the one.
    for (const match of this.#text.slice(from, to).matchAll(/([^\s=<>"']+)\s*=\s*("[^"]*"|'[^']*')/g)) {
      if (match[1] !== name) continue;
      const start = from + match.index;
      return { uri, local, name, start, end: start + match[0].length, form: 'attribute', values: [value] };
    }
    throw new SyntaxError(`${name} was not found again`);
  }

  #openProperty(tag: SaxesTagNS, start: number): void {
    const isPlain = Object.values(tag.attributes).every(({ uri, name }) => uri === XMLNS || name === 'xml:lang');
    const { uri, local, name } = tag;
    this.#property = { uri, local, name, start, end: 0, form: 'text', values: isPlain ? [] : undefined, words: [] };
  }

  #openInside(tag: SaxesTagNS): void {
    const property = this.#property;
    if (!property) return;
    const form = tag.uri === RDF ? CONTAINERS[tag.local] : undefined;
    const isPlain = Object.values(tag.attributes).every(({ name }) => name === 'xml:lang');
    if (this.#level === CONTAINER && form && isPlain && property.form === 'text') property.form = form;
    else if (this.#level === ENTRY && tag.uri === RDF && tag.local === 'li' && isPlain) property.words = [];
    else property.values = undefined;
  }

  words(text: string): void {
    this.#property?.words.push(text);
  }

  close(tag: SaxesTagNS, position: number): void {
    if (this.#level === undefined) return;
    if (this.#level === 0 && this.#rdf) {
      const closing = this.#text.lastIndexOf('<', position - 1);
      this.#rdf.end = this.#text.slice(0, closing).trimEnd().length;
      this.#level = undefined;
      return;
    }
    if (this.#level === BLOCK) this.#blocks.push({ start: this.#blockStart, end: position, properties: this.#properties });
    if (this.#level === PROPERTY) this.#closeProperty(position);
    if (this.#level === ENTRY && this.#property?.values && tag.local === 'li')
      this.#property.values = [...this.#property.values, this.#said()];
    this.#level -= 1;
  }

  #closeProperty(end: number): void {
    const property = this.#property;
    this.#property = undefined;
    if (!property) return;
    const { words: _, ...found } = property;
    // In plain form the words are the value; around the entries of a list they are only white space.
    const values = found.form === 'text' ? found.values && [property.words.join('').trim()] : found.values;
    const several = found.form === 'alt' && (values?.length ?? 0) > 1;
    this.#properties.push({ ...found, end, values: several ? undefined : values });
  }

  #said(): string {
    return (this.#property?.words ?? []).join('').trim();
  }

  result(): XmpDocument | undefined {
    if (!this.#rdf?.prefix || this.#level !== undefined) return undefined;
    return { text: this.#text, end: this.#rdf.end, rdfPrefix: this.#rdf.prefix, about: this.#about ?? '', blocks: this.#blocks };
  }
}
