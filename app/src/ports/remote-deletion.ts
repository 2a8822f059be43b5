import type { FreshItem } from '../domain/archive-plan.ts';
import type { Zone } from '../domain/asset.ts';
import type { VerifiedCopy } from '../domain/verified.ts';

/** An item that may be deleted: proof that it is here, and the version of the record that was looked at. */
export interface ProvenDeletion {
  readonly copy: VerifiedCopy;
  readonly tag: string;
}

/** What iCloud answered about one item. HTTP 200 is not success: only `done` is (photos.md §11). */
export type ChangeAnswer =
  | { readonly asset: string; readonly is: 'done'; readonly recoverableUntilMs: number | undefined }
  /** Somebody changed it since it was looked at. */
  | { readonly asset: string; readonly is: 'changed' }
  | { readonly asset: string; readonly is: 'refused'; readonly detail: string }
  /** Nothing was said about it: it may or may not have happened. */
  | { readonly asset: string; readonly is: 'unanswered' };

/** The one place where something is taken away from iCloud. Every method throws Problem; then nothing is known about the outcome. */
export interface RemoteDeletion {
  /** Items at this moment, in the order of the names, at most 100 of them. */
  look(
    zone: Zone,
    items: readonly { readonly asset: string; readonly master: string }[],
    albumId: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly FreshItem[]>;
  /** Into Recently Deleted, at most 100 at once; one answer for each, in order. */
  remove(zone: Zone, deletions: readonly ProvenDeletion[], signal: AbortSignal): Promise<readonly ChangeAnswer[]>;
  /** Back from Recently Deleted, at most 100 at once. */
  restore(
    zone: Zone,
    items: readonly { readonly asset: string; readonly tag: string }[],
    signal: AbortSignal,
  ): Promise<readonly ChangeAnswer[]>;
}

export const MOST_AT_ONCE = 100;
