import type { RenditionKind } from '../domain/asset.ts';
import { describe } from '../domain/description.ts';
import { plural } from '../domain/format.ts';
import { isOwnJson, renderJsonSidecar } from '../domain/json-sidecar.ts';
import type { Digest } from '../domain/names.ts';
import { asProblem } from '../domain/problem.ts';
import { hasSidecar, JSON_ENDING, type MetadataForm, neverHasSidecar, XMP_ENDING } from '../domain/sidecar-path.ts';
import type { ParseXmp } from '../domain/xmp-document.ts';
import { mergeXmp, renderWritten } from '../domain/xmp-merge.ts';
import { xmpProperties } from '../domain/xmp-properties.ts';
import { renderXmp } from '../domain/xmp-render.ts';
import type { Catalog, TodoItem } from '../ports/catalog.ts';
import type { Described, SidecarStore } from '../ports/descriptions.ts';
import type { Log } from '../ports/log.ts';

export interface SidecarParts {
  readonly catalog: Catalog;
  readonly sidecarStore: SidecarStore;
  readonly parseXmp: ParseXmp;
  readonly metadata: MetadataForm;
  readonly digest: Digest;
}

export interface SidecarsRefreshed {
  readonly written: number;
  /** Sidecars in which somebody else's words stand; these stay. */
  readonly theirs: number;
  /** Files that lie where a sidecar belongs and are none that we could add to. */
  readonly leftAlone: readonly string[];
  readonly failed: readonly string[];
}

/** Raise it when sidecars are to be looked at once more after an update of this program. */
const FORMAT = 1;
const FORM_NOTED = 'sidecar-form';
const BATCH = 200;

/** Sidecars of a photo that nothing lies beside yet. */
export interface NewSidecars {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What they are made from, to be stored with the photo; undefined = the refresh has to look. */
  readonly described: string | undefined;
}

export interface Sidecars {
  /** What is to appear just before a new photo does: other programs look for it at that moment (design.md). */
  ofNew(item: Pick<TodoItem, 'assetRow' | 'path' | 'rendition'>): NewSidecars;
  /**
   * Writes the sidecars of a photo that is about to appear under its real name, whatever lies there. A failure never keeps the
   * photo away; the refresh at the end of the run tries again. Answers what the sidecars were made from, to be stored with the
   * photo: as long as that holds, the refresh has nothing to read.
   */
  before(item: Pick<TodoItem, 'assetRow' | 'path' | 'rendition'>): Promise<string | undefined>;
  /** Brings every sidecar up to date whose photo is described differently than before. Photos are not touched. */
  refresh(signal: AbortSignal): Promise<SidecarsRefreshed>;
}

export function createSidecars(parts: SidecarParts): Sidecars {
  return {
    ofNew: (item) => describeNew(parts, item),
    before: (item) => describeBefore(parts, item),
    refresh: (signal) => refreshSidecars(parts, signal),
  };
}

/** Said of what has no sidecar, so that it is not looked at again for the sake of one. */
const NO_SIDECAR = 'no sidecar';

function describeNew(parts: SidecarParts, { assetRow, path, rendition: { kind } }: Parameters<Sidecars['ofNew']>[0]): NewSidecars {
  if (parts.metadata === 'xmp' && neverHasSidecar(kind)) return { files: [], described: NO_SIDECAR };
  const described = parts.metadata === 'none' ? undefined : parts.catalog.description(assetRow);
  if (!described) return { files: [], described: undefined };
  const targets = targetsOf(parts, described, { kind, path });
  const free = targets.filter((target) => !parts.catalog.isStored(target.path));
  const files = free.flatMap(({ path, make }) => {
    const text = make(undefined)?.text;
    return text === undefined ? [] : [{ path, text }];
  });
  // The JSON form names the files of the item, and this one is not among them yet.
  const isWhole = free.length === targets.length && parts.metadata === 'xmp';
  return { files, described: isWhole ? fingerprint(parts, described) : undefined };
}

async function describeBefore(parts: SidecarParts, item: Parameters<Sidecars['before']>[0]): Promise<string | undefined> {
  if (parts.metadata === 'none') return undefined;
  const described = parts.catalog.description(item.assetRow);
  if (!described) return undefined;
  try {
    const { theirs, leftAlone } = await writeFor(parts, described, { kind: item.rendition.kind, path: item.path });
    // What somebody else has written is looked at once more by the refresh, which tells of it; so is JSON, which names the files.
    return theirs || leftAlone.length > 0 || parts.metadata !== 'xmp' ? undefined : fingerprint(parts, described);
  } catch (error) {
    // A full disk is the photo's problem too; whatever else it was, the refresh names it if it lasts.
    if (asProblem(error).remedy === 'fix') throw error;
    return undefined;
  }
}

async function refreshSidecars(parts: SidecarParts, signal: AbortSignal): Promise<SidecarsRefreshed> {
  const { catalog, metadata } = parts;
  const result = { written: 0, theirs: 0, leftAlone: [] as string[], failed: [] as string[] };
  const form = `${metadata} ${FORMAT}`;
  if (metadata === 'none') catalog.describeNone();
  else if (catalog.memo(FORM_NOTED) !== form) catalog.describeAll();
  for (let after = 0; metadata !== 'none'; ) {
    const rows = catalog.toDescribe(after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last;
    for (const row of rows) {
      signal.throwIfAborted();
      await refreshAsset(parts, row, result);
    }
  }
  catalog.setMemo(FORM_NOTED, form);
  return result;
}

async function refreshAsset(
  parts: SidecarParts,
  row: number,
  result: { written: number; theirs: number; leftAlone: string[]; failed: string[] },
): Promise<void> {
  const { catalog } = parts;
  const described = catalog.description(row);
  if (!described) return;
  const from = fingerprint(parts, described);
  const stale = described.files.filter((file) => file.described !== from && hasSidecar(file.kind, { uti: described.originalUti }));
  let complete = true;
  for (const { kind, path } of stale) {
    try {
      const outcome = await writeFor(parts, described, { kind, path });
      result.written += outcome.written;
      if (outcome.theirs) result.theirs += 1;
      result.leftAlone.push(...outcome.leftAlone);
      catalog.setDescribed(row, kind, from);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.remedy === 'fix') throw problem;
      complete = false;
      result.failed.push(path);
    }
  }
  // Off the list only when nothing has changed meanwhile.
  const now = stale.length > 0 ? catalog.description(row) : undefined;
  if (complete && (!now || fingerprint(parts, now) === from)) catalog.described(row);
}

interface Outcome {
  readonly written: number;
  readonly theirs: boolean;
  readonly leftAlone: readonly string[];
}

interface Target {
  readonly path: string;
  /** For what lies there now; undefined = it is nothing that we could add to. */
  readonly make: (before: string | undefined) => { readonly text: string; readonly theirs: number } | undefined;
}

function targetsOf(parts: SidecarParts, described: Described, { kind, path }: { kind: RenditionKind; path: string }): Target[] {
  const { metadata } = parts;
  if (!hasSidecar(kind, { uti: described.originalUti })) return [];
  const targets: Target[] = [];
  if (metadata === 'xmp' || metadata === 'both')
    targets.push({ path: `${path}${XMP_ENDING}`, make: (before) => makeXmp(parts, described, before) });
  if ((metadata === 'json' || metadata === 'both') && kind === 'original')
    targets.push({
      path: `${path}${JSON_ENDING}`,
      make: (before) => (before === undefined || isOwnJson(before) ? { text: makeJson(described), theirs: 0 } : undefined),
    });
  return targets;
}

async function writeFor(parts: SidecarParts, described: Described, file: { kind: RenditionKind; path: string }): Promise<Outcome> {
  const outcome = { written: 0, theirs: false, leftAlone: [] as string[] };
  for (const { path, make } of targetsOf(parts, described, file)) {
    const put = () =>
      parts.sidecarStore.put(path, (before) => {
        const made = make(before);
        outcome.theirs ||= (made?.theirs ?? 0) > 0;
        return made?.text;
      });
    const done = parts.catalog.isStored(path) ? 'left-alone' : await put();
    if (done === 'written') outcome.written += 1;
    if (done === 'left-alone') outcome.leftAlone.push(path);
  }
  return outcome;
}

function makeXmp(
  { parseXmp, digest }: SidecarParts,
  described: Described,
  before: string | undefined,
): { text: string; theirs: number } | undefined {
  const properties = xmpProperties(describe(described.asset, described.details, described.albums));
  if (before === undefined) return { text: renderXmp(properties, renderWritten(properties, digest)), theirs: 0 };
  const document = parseXmp(before);
  if (!document) return undefined;
  const { text, theirs } = mergeXmp(document, properties, digest);
  return { text, theirs: theirs.length };
}

function makeJson({ asset, details, albums, files }: Described): string {
  const named = files.map(({ kind, path, checksum, size, sha256 }) => ({
    kind,
    name: path.slice(path.lastIndexOf('/') + 1),
    checksum,
    size,
    sha256,
  }));
  return renderJsonSidecar(describe(asset, details, albums), details, named);
}

/** Of all that the sidecars are made from: equal means that there is nothing to write. */
function fingerprint({ metadata, digest }: SidecarParts, described: Described): string {
  const { asset, details, albums } = described;
  // Only the JSON form names the files, so only there a new file is news to the others.
  const text = metadata === 'xmp' ? JSON.stringify(describe(asset, details, albums)) : makeJson(described);
  return [...digest(`${metadata} ${FORMAT} ${text}`).subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What of it the report names. */
export function tellOfSidecars({ written, theirs, leftAlone, failed }: SidecarsRefreshed, log: Log): string[] {
  if (written > 0) log.info(`${plural(written, 'sidecar')} written.`);
  if (theirs > 0) log.debug('Words of somebody else stay in sidecars.', { sidecars: theirs });
  const notices: string[] = [];
  if (leftAlone.length > 0)
    notices.push(
      `${plural(leftAlone.length, 'file')} in the place of a sidecar could not be understood and was left alone: ${few(leftAlone)}.`,
    );
  if (failed.length > 0)
    notices.push(`${plural(failed.length, 'sidecar')} could not be written; the next run tries again: ${few(failed)}.`);
  return notices;
}

const few = (paths: readonly string[]) => `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
