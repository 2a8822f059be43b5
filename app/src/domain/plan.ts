import type { ListedAsset, ListedRendition, RenditionKind, StoredFile } from './asset.ts';

/** A rendition that has to be fetched, and the path it gets. */
export interface Wanted {
  readonly rendition: ListedRendition;
  readonly path: string;
  /** `changed`: another version of it is stored and leaves only when this one is in place. */
  readonly because: 'new' | 'changed';
}

export interface AssetPlan {
  readonly wanted: readonly Wanted[];
  /** Stored renditions that iCloud no longer shows, for instance after an edit was reverted. Reported only: removal needs proof (decisions.md 1). */
  readonly unlisted: readonly StoredFile[];
}

/** What one listed asset asks for, given what is stored of it. Repeating it after a crash yields what is left. */
export function planAsset(asset: ListedAsset, stored: readonly StoredFile[], pathFor: (kind: RenditionKind) => string): AssetPlan {
  const byKind = new Map(stored.map((file) => [file.kind, file]));
  const wanted: Wanted[] = [];
  for (const rendition of asset.renditions) {
    const have = byKind.get(rendition.kind);
    byKind.delete(rendition.kind);
    if (have?.checksum === rendition.checksum) continue;
    wanted.push({ rendition, path: pathFor(rendition.kind), because: have ? 'changed' : 'new' });
  }
  return { wanted, unlisted: [...byKind.values()] };
}
