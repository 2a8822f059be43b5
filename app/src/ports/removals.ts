import type { GoneBecause, RenditionKind, StoredFile } from '../domain/asset.ts';
import type { Listing } from './catalog-rows.ts';

/** An item that iCloud no longer shows, proven, whose files are still in the library. */
export interface GoneItem {
  readonly assetRow: number;
  readonly zone: string;
  readonly id: string;
  readonly because: GoneBecause;
  /** Epoch ms. */
  readonly sinceMs: number;
  /** We deleted it in iCloud ourselves after archiving it, and the archived copy stands (decisions.md 3). */
  readonly expected: boolean;
  readonly files: readonly StoredFile[];
}

/** A stored file that belongs somewhere else now: hidden, unhidden, or moved between the libraries. */
export interface PendingMove {
  readonly assetRow: number;
  readonly kind: RenditionKind;
  readonly from: string;
  readonly to: string;
  readonly sha256: string;
}

/** A file of an item that left one library, wanted by its twin in another one (photos.md §10.2, "move in/out"). */
export interface Transfer {
  readonly from: { readonly assetRow: number; readonly kind: RenditionKind; readonly path: string; readonly sha256: string };
  readonly to: { readonly assetRow: number; readonly kind: RenditionKind; readonly path: string };
}

/** A stored version that iCloud no longer shows of an item that it does show: an edit that was undone. */
export interface Superseded {
  readonly assetRow: number;
  readonly zone: string;
  readonly id: string;
  readonly file: StoredFile;
}

export interface RemovalTotals {
  readonly items: number;
  readonly files: number;
  /** Bytes. */
  readonly bytes: number;
}

/** What iCloud no longer shows and what follows from it. Marking is proof, never absence alone (decisions.md 1). */
export interface RemovalCatalog {
  /** After a complete, checked listing: whatever it did not see is gone. Answers how many items that were live before. */
  markUnseenGone(listing: Listing, nowMs: number): number;
  /** A tombstone, `isDeleted` or `isExpunged`. False when the item was not known, or known to be gone. */
  markGone(zoneId: number, assetId: string, because: GoneBecause, nowMs: number): boolean;
  /** Items that a listing of this zone saw and that are not gone. */
  countLive(zoneId: number): number;
  /** Gone items with files, after `afterRow`, in row order; without what is kept as "only here". */
  goneItems(afterRow: number, limit: number): readonly GoneItem[];
  /** Without the expected ones: what the brake looks at. */
  goneTotals(): RemovalTotals;
  /** All of them become "only here": never asked about again. */
  keepGone(nowMs: number): number;
  /** An item becomes "only here". */
  keep(assetRow: number, nowMs: number): void;
  /** Live items of all libraries together with what is gone but still here: what the brake's percentage is of. */
  libraryItems(): number;
  countOnlyHere(): number;
  findByRecord(zone: string, assetId: string): { readonly assetRow: number; readonly isGone: boolean } | undefined;
  /** A file of an item that is gone from iCloud is back from the trash: the item becomes "only here". */
  restored(assetRow: number, file: StoredFile, nowMs: number): void;
  /** A file left the library. */
  dropFile(assetRow: number, kind: RenditionKind): void;
  superseded(limit: number): readonly Superseded[];
  pendingMoves(limit: number): readonly PendingMove[];
  moved(assetRow: number, kind: RenditionKind, path: string): void;
  transfers(limit: number): readonly Transfer[];
  /** The twin owns the file now; an item that has given all its files away gives up its name too. */
  transferred(transfer: Transfer): void;
  /** A library that the account no longer takes part in: all it left here is "only here" from now on (decisions.md 4). */
  leaveZone(zoneId: number, nowMs: number): RemovalTotals;
}
