import type { Digest } from './names.ts';
import type { XmpBlock, XmpDocument, XmpFound } from './xmp-document.ts';
import { isList, MANAGED_NAMES, type ManagedName, XMP_NAMESPACES, type XmpProperty } from './xmp-properties.ts';
import { renderBlock, renderElement } from './xmp-render.ts';

export interface MergedXmp {
  readonly text: string;
  /** Properties that somebody else has set or taken away: theirs now. */
  readonly theirs: readonly ManagedName[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Written = ReadonlyMap<string, readonly string[]>;

/**
 * Says the wanted things in a sidecar that exists, and leaves every other byte as it is. Who owns a property is decided by
 * three values: what was written last (`ips:Written`), what the file says, what iCloud says. A value that is not the one
 * written last is somebody's own and stays; in lists only entries of ours are added and taken away (neighbours.md §1.5).
 */
export function mergeXmp(document: XmpDocument, wanted: readonly XmpProperty[], digest: Digest): MergedXmp {
  const hash = (value: string) => shortHash(value, digest);
  const found = byManagedName(document);
  const written = readWritten(found.get(WRITTEN)?.[0]?.values?.[0] ?? '');
  const ownBlock = document.blocks.find(isOwn);
  const wantedValues = new Map(wanted.map(({ name, values }) => [name, values]));
  const inOwn: XmpProperty[] = [];
  const nowWritten: XmpProperty[] = [];
  const theirs: ManagedName[] = [];
  const removed = new Set<XmpFound>((found.get(WRITTEN) ?? []).filter((property) => !ownBlock?.properties.includes(property)));
  const edits: Edit[] = [];
  for (const name of MANAGED_NAMES) {
    const there = found.get(name) ?? [];
    const verdict = decide(name, there, { wanted: wantedValues.get(name) ?? [], written: written.get(name), hash });
    if (verdict.theirs) theirs.push(name);
    if (verdict.written.length > 0) nowWritten.push({ name, values: verdict.written });
    const [only] = there;
    const elsewhere = only !== undefined && !ownBlock?.properties.includes(only);
    if (elsewhere && verdict.stays) {
      const text =
        verdict.values && !same(verdict.values, only.values ?? [])
          ? renderElement(only.name, only.form, verdict.values, document.rdfPrefix)
          : undefined;
      if (text !== undefined) edits.push({ start: only.start, end: only.end, text });
      continue;
    }
    if (elsewhere) removed.add(only);
    if (verdict.values && verdict.values.length > 0) inOwn.push({ name, values: verdict.values });
  }
  const { about, rdfPrefix } = document;
  const block = renderBlock(inOwn, renderHashes(nowWritten), { about, declareRdf: rdfPrefix !== 'rdf' });
  edits.push(
    ownBlock ? { start: ownBlock.start, end: ownBlock.end, text: block } : { start: document.end, end: document.end, text: `\n  ${block}` },
  );
  return { text: apply(document.text, [...edits, ...removals(document, removed, ownBlock)]), theirs };
}

interface Verdict {
  /** Undefined: leave what is there, understood or not. */
  readonly values: readonly string[] | undefined;
  /** Somebody else's: it keeps its place in the file. */
  readonly stays: boolean;
  readonly theirs: boolean;
  /** Hashes of what counts as ours from now on. */
  readonly written: readonly string[];
}

interface Sides {
  readonly wanted: readonly string[];
  /** Hashes of what was written last; undefined = never written. */
  readonly written: readonly string[] | undefined;
  readonly hash: (value: string) => string;
}

function decide(name: ManagedName, there: readonly XmpFound[], sides: Sides): Verdict {
  const { wanted, written, hash } = sides;
  const [only, ...more] = there;
  if (only && (more.length > 0 || only.values === undefined))
    return { values: undefined, stays: true, theirs: true, written: written ?? [] };
  if (isList(name)) return decideList(only?.values ?? [], sides);
  const [value] = only?.values ?? [];
  const mine = { values: wanted, stays: false, theirs: false, written: wanted.map(hash) };
  if (value !== undefined) {
    return written?.[0] === hash(value) ? mine : { values: [value], stays: true, theirs: true, written: written ?? [] };
  }
  // Written once and gone: somebody took it away and does not want it back.
  return written ? { values: undefined, stays: false, theirs: wanted.length > 0, written } : mine;
}

function decideList(file: readonly string[], { wanted, written = [], hash }: Sides): Verdict {
  const isOurs = (value: string) => written.includes(hash(value));
  const stays = file.some((value) => !isOurs(value));
  const kept = file.filter((value) => wanted.includes(value) || !isOurs(value));
  const added = wanted.filter((value) => !file.includes(value) && !isOurs(value));
  return {
    // All ours: in iCloud's order, so that the file is what a new one would be.
    values: stays ? [...kept, ...added] : wanted.filter((value) => kept.includes(value) || added.includes(value)),
    stays,
    theirs: stays || wanted.some((value) => !file.includes(value) && isOurs(value)),
    // An entry that was there before us stays somebody else's, though iCloud says the same.
    written: wanted.filter((value) => isOurs(value) || !file.includes(value)).map(hash),
  };
}

const WRITTEN = 'ips:Written';

function byManagedName({ blocks }: XmpDocument): Map<string, XmpFound[]> {
  const names = new Map<string, XmpFound[]>();
  for (const property of blocks.flatMap(({ properties }) => properties)) {
    const name = managedName(property);
    if (name !== undefined) names.set(name, [...(names.get(name) ?? []), property]);
  }
  return names;
}

function managedName({ uri, local }: XmpFound): string | undefined {
  const prefix = Object.entries(XMP_NAMESPACES).find(([, known]) => known === uri)?.[0];
  const name = `${prefix}:${local}`;
  return name === WRITTEN || MANAGED_NAMES.includes(name as ManagedName) ? name : undefined;
}

/** Ours from end to end: nothing else is in it, so that it can be written anew as a whole. */
function isOwn({ properties }: XmpBlock): boolean {
  const names = properties.map(managedName);
  return (
    names.includes(WRITTEN) &&
    new Set(names).size === names.length &&
    properties.every((property, index) => names[index] !== undefined && property.values !== undefined)
  );
}

function removals({ text, blocks }: XmpDocument, removed: ReadonlySet<XmpFound>, ownBlock: XmpBlock | undefined): Edit[] {
  const withSpaceBefore = ({ start, end }: { start: number; end: number }) => ({
    start: text.slice(0, start).trimEnd().length,
    end,
    text: '',
  });
  return blocks.flatMap((block) => {
    if (block === ownBlock) return [];
    const going = block.properties.filter((property) => removed.has(property));
    // A block that holds nothing any more goes with them.
    return going.length > 0 && going.length === block.properties.length ? [withSpaceBefore(block)] : going.map(withSpaceBefore);
  });
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, start) + replacement + result.slice(end);
  return result;
}

/** What is written now, as short hashes: so the next time tells our values from changed ones, with or without a catalog. */
export function renderWritten(wanted: readonly XmpProperty[], digest: Digest): string {
  return renderHashes(wanted.map(({ name, values }) => ({ name, values: values.map((value) => shortHash(value, digest)) })));
}

const renderHashes = (hashes: readonly XmpProperty[]) => hashes.map(({ name, values }) => `${name}=${values.join(',')}`).join(' ');

function readWritten(text: string): Written {
  return new Map(
    text.split(' ').flatMap((entry) => {
      const [name, hashes] = entry.split('=');
      return name && hashes ? [[name, hashes.split(',')] as const] : [];
    }),
  );
}

function shortHash(value: string, digest: Digest): string {
  return [...digest(value).subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((value, index) => value === b[index]);
