import { type FoundPlace, type FoundRendition, partsAt, placeFound } from '../domain/adopt.ts';
import type { ListedAsset, RenditionKind } from '../domain/asset.ts';
import type { Digest } from '../domain/names.ts';
import type { Catalog, Place } from '../ports/catalog.ts';

export interface PlaceParts {
  readonly catalog: Catalog;
  readonly digest: Digest;
}

/** Where a new item's files lie already, from what was read of the trees; undefined when nothing of it is there. */
export function findPlace(
  { catalog, digest }: PlaceParts,
  asset: ListedAsset,
  wish: { readonly folder: string; readonly stem: string },
): Place | undefined {
  return placeFound(foundOf(catalog, asset), {
    ...wish,
    identity: `${asset.zone}/${asset.id}`,
    digest,
    isTaken: (folder, folded) => catalog.isBaseTaken(folder, folded),
  });
}

/** Paths of an item's renditions that lie at its place already: they keep them, whatever their names would be today. */
export function findParts(catalog: Catalog, asset: ListedAsset, place: FoundPlace): Map<RenditionKind, string> {
  return partsAt(foundOf(catalog, asset), place);
}

/** A file of nobody lies there, and it is none of this item's: the name is taken. */
export function isNameFound(catalog: Catalog, asset: ListedAsset, folder: string, folded: string): boolean {
  return catalog.found.hasBase(folder, folded, new Set(asset.renditions.map(({ checksum }) => checksum)));
}

function foundOf(catalog: Catalog, asset: ListedAsset): FoundRendition[] {
  return asset.renditions.flatMap(({ kind, checksum }) =>
    catalog.found.withChecksum('', checksum).map(({ path }) => ({ kind, path, checksum })),
  );
}
