import type { ListedAsset, RenditionKind } from '../domain/asset.ts';
import { type Filters, type LeftOutBecause, wants, wantsRendition } from '../domain/filters.ts';
import { fold } from '../domain/fold.ts';
import type { AlbumRow, Catalog } from '../ports/catalog.ts';

/** Decides what of the listed items is fetched. Never asked about what is stored. */
export interface Filter {
  /** Why a part of an item is left out; undefined = it is wanted. */
  of(asset: ListedAsset): (kind: RenditionKind) => LeftOutBecause | undefined;
  /** Puts on the to-do list what was left out until its album was read. Answers how many files that are. */
  admitMembers(nowMs: number): number;
}

export function createFilter(catalog: Catalog, filters: Filters): Filter {
  const named = () => rowsOf(catalog.albums(), filters.albums);
  return {
    of(asset) {
      const { because } = wants(asset, filters, (id) => catalog.isInAlbums(id, named()));
      return (kind) => because ?? (wantsRendition(kind, filters) ? undefined : 'live-video');
    },
    admitMembers(nowMs) {
      if (filters.albums.length === 0) return 0;
      return catalog.transaction(() => {
        const admitted = catalog.leftOutMembers(named());
        for (const { assetRow, kind } of admitted) {
          const wanted = wantsRendition(kind, filters);
          catalog.setLeftOut(assetRow, kind, wanted ? undefined : 'live-video');
          if (wanted) catalog.addTodo(assetRow, kind, nowMs);
        }
        return admitted.length;
      });
    },
  };
}

/** `Nordsee 2024`, or with its folders `Reisen/Nordsee 2024`; a folder's name means all albums in it. Case does not matter. */
function rowsOf(albums: readonly AlbumRow[], names: readonly string[]): readonly number[] {
  const wished = new Set(names.map(fold));
  const byId = new Map(albums.map((album) => [album.id, album]));
  const isWished = (album: AlbumRow): boolean => {
    const path: string[] = [];
    for (
      let at: AlbumRow | undefined = album;
      at && path.length < byId.size;
      at = at.parent === undefined ? undefined : byId.get(at.parent)
    )
      path.unshift(at.name);
    // Every folder on the way counts by its name and by its path.
    return path.some((name, index) => wished.has(fold(name)) || wished.has(fold(path.slice(0, index + 1).join('/'))));
  };
  return albums.filter((album) => album.kind === 'album' && isWished(album)).map(({ rowId }) => rowId);
}
