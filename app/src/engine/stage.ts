import type { ListedAsset, RenditionKind } from '../domain/asset.ts';
import type { LeftOutBecause } from '../domain/filters.ts';
import { fold } from '../domain/fold.ts';
import type { Layout } from '../domain/layout.ts';
import { HIDDEN_TREE, placeFolder, treeOf } from '../domain/library-path.ts';
import { checksumPartName, checksumStem, chooseBase, type Digest, fileStem, partName } from '../domain/names.ts';
import { type AssetPlan, planAsset } from '../domain/plan.ts';
import type { Catalog, KnownAsset, Listing, Place } from '../ports/catalog.ts';
import type { AssetPage } from '../ports/photos-service.ts';
import type { Addresses } from './addresses.ts';
import type { Filter } from './filter.ts';
import { findParts, findPlace, isNameFound } from './rebuild-place.ts';

export interface StageParts {
  readonly catalog: Catalog;
  readonly addresses: Addresses;
  readonly digest: Digest;
  /** Longest file name of the volume, bytes. */
  readonly nameLimitBytes: number;
  /** Where new items are filed. */
  readonly layout: Layout;
  /** What of the listed items is fetched. */
  readonly filter: Pick<Filter, 'of'>;
}

/** Parts are named in this order, so that the original has the plain name whatever order Apple lists them in. */
const NAMING_ORDER: readonly RenditionKind[] = ['original', 'alternative', 'live-video', 'edited', 'edited-video', 'sidecar'];

/** What a page brought. */
export interface Staged {
  readonly assets: number;
  /** Renditions put on the to-do list. */
  readonly wanted: number;
  /** Stored renditions that iCloud no longer shows for a listed item: a reverted edit. */
  readonly unlisted: number;
}

/**
 * Takes one page of a listing into the catalog: rows, places and to-do entries in one transaction, so that downloads can
 * start at once and a crash repeats the page instead of losing it. Answers how many renditions are new on the to-do list.
 */
export function stagePage(parts: StageParts, listing: Listing, page: Pick<AssetPage, 'assets' | 'troubles'>, nowMs: number): Staged {
  const { catalog } = parts;
  return catalog.transaction(() => {
    let wanted = 0;
    let unlisted = 0;
    for (const asset of page.assets) {
      const plan = stageAsset(parts, listing, asset, nowMs);
      wanted += plan.wanted.length;
      unlisted += plan.unlisted.length;
    }
    for (const { record, what, detail } of page.troubles) catalog.putTrouble(listing, record, what, detail);
    return { assets: page.assets.length, wanted, unlisted };
  });
}

function stageAsset(parts: StageParts, listing: Listing, asset: ListedAsset, nowMs: number): AssetPlan {
  const { catalog, addresses } = parts;
  const known = catalog.findAsset(listing.zoneId, asset.id);
  const place = known && !changesTree(known, asset) ? known : choosePlace(parts, asset);
  const row = catalog.putAsset(listing, asset, place);
  if (known && place !== known) catalog.setPlace(row, place);
  const stored = known ? catalog.filesOf(row) : [];
  const paths = namePaths(place, asset, parts.layout.names);
  for (const [kind, path] of findParts(catalog, asset, place)) paths.set(kind, path);
  // A path, once given, stays, unless the item has changed trees: then the paths differ until the files have moved.
  for (const { kind, path, checksum } of stored.filter(({ path }) => path.startsWith(`${place.folder}/`)))
    if (asset.renditions.some((rendition) => rendition.kind === kind && rendition.checksum === checksum)) paths.set(kind, path);
  const everything = planAsset(asset, stored, (kind) => pathOf(paths, kind));
  const leftOut = leftOutOf(parts, asset, everything);
  catalog.putRenditions(
    row,
    asset.renditions.map((rendition) => ({ rendition, path: pathOf(paths, rendition.kind), leftOut: leftOut.get(rendition.kind) })),
  );
  const plan = { ...everything, wanted: everything.wanted.filter(({ rendition }) => !leftOut.has(rendition.kind)) };
  const wantedKinds = new Set(plan.wanted.map(({ rendition }) => rendition.kind));
  for (const { rendition } of plan.wanted) {
    catalog.addTodo(row, rendition.kind, nowMs);
    if (rendition.download) addresses.keep(row, rendition.kind, rendition.checksum, rendition.download);
  }
  // What is on the list from an earlier run but stored or no longer shown is done with.
  if (known) for (const kind of catalog.todoKinds(row)) if (!wantedKinds.has(kind)) catalog.dropTodo(row, kind);
  return plan;
}

/** Of what would be fetched. What is stored is never left out any more. */
function leftOutOf({ filter }: StageParts, asset: ListedAsset, { wanted }: AssetPlan): ReadonlyMap<RenditionKind, LeftOutBecause> {
  const because = filter.of(asset);
  return new Map(
    wanted.flatMap(({ rendition: { kind } }) => {
      const reason = because(kind);
      return reason ? [[kind, reason] as const] : [];
    }),
  );
}

/** Hiding and unhiding move an item, besides leaving a library the only reasons to (decisions.md 4). */
function changesTree(known: KnownAsset, asset: ListedAsset): boolean {
  const [tree] = known.folder.split('/');
  if (known.folded.includes('/')) return true; // it gave its files to its twin in the other library, and its name with them
  return tree !== treeOf(asset) && (tree === HIDDEN_TREE || asset.hidden);
}

function choosePlace(parts: StageParts, asset: ListedAsset): Place {
  const { catalog, digest, layout, nameLimitBytes: limitBytes } = parts;
  const folder = placeFolder(asset, layout);
  const original = asset.renditions.find(({ kind }) => kind === 'original');
  const filename = layout.names === 'checksum' ? undefined : asset.filename;
  const stem = fileStem({ filename, uti: original?.uti, masterId: asset.masterId, limitBytes });
  const found = findPlace(parts, asset, { folder, stem });
  if (found) return found;
  const base = chooseBase({
    stem,
    identity: `${asset.zone}/${asset.id}`,
    isTaken: (folded) => catalog.isBaseTaken(folder, folded) || isNameFound(catalog, asset, folder, folded),
    digest,
  });
  return { folder, base, folded: fold(base) };
}

function namePaths(place: Place | KnownAsset, asset: ListedAsset, names: Layout['names']): Map<RenditionKind, string> {
  const plain = checksumStem(asset.masterId);
  // Items that were placed under another layout keep their base, and their new parts go with it.
  const byChecksum = names === 'checksum' && place.base.startsWith(plain);
  const rank = (kind: RenditionKind) => (NAMING_ORDER.includes(kind) ? NAMING_ORDER.indexOf(kind) : NAMING_ORDER.length);
  const paths = new Map<RenditionKind, string>();
  const siblings: string[] = [];
  for (const { kind, uti, checksum } of asset.renditions.toSorted((a, b) => rank(a.kind) - rank(b.kind))) {
    const part = { base: place.base, kind, uti, importName: asset.filename, siblings };
    const name = byChecksum ? checksumPartName(part, checksum, place.base.slice(plain.length)) : partName(part);
    siblings.push(name);
    paths.set(kind, `${place.folder}/${name}`);
  }
  return paths;
}

function pathOf(paths: ReadonlyMap<RenditionKind, string>, kind: RenditionKind): string {
  const path = paths.get(kind);
  if (path === undefined) throw new RangeError(`No path was given to ${kind}`);
  return path;
}
