import type { SkippedAlbum } from '../domain/album.ts';
import { PERSONAL_ZONE } from '../domain/asset.ts';
import { plural } from '../domain/format.ts';
import type { Listing } from '../ports/catalog.ts';
import type { ZoneState } from '../ports/feed-catalog.ts';
import type { AlbumChange, ChangePage, MemberChange } from '../ports/photos-service.ts';
import { type ListingParts, zoneTitle } from './listing.ts';
import { stagePage } from './stage.ts';

export interface ChangesRead {
  /** Items that changed or are new. */
  readonly changed: number;
  readonly gone: number;
  readonly skippedAlbums: readonly SkippedAlbum[];
}

/**
 * Brings the catalog up to date with one library by its change feed (photos.md §10). Every page is staged as it comes, in one
 * transaction; the new token is stored last, together with the albums, when all it covers is on the durable to-do list. Killed
 * anywhere before, the next run reads the same changes again, which changes nothing twice.
 */
export async function followChanges(
  parts: ListingParts,
  state: ZoneState & { syncToken: string },
  signal: AbortSignal,
): Promise<ChangesRead> {
  const { catalog, clock, log, photos } = parts;
  const listing = catalog.beginChanges(state.zoneId, clock.now());
  const albums: AlbumChange[] = [];
  const members: MemberChange[] = [];
  const skippedAlbums: SkippedAlbum[] = [];
  let token = state.syncToken;
  let changed = 0;
  let gone = 0;
  const assetsOf = (masters: readonly string[]) => catalog.assetsOfMasters(state.zoneId, masters);
  for await (const page of photos.changes(state.zone, state.syncToken, assetsOf, signal)) {
    const staged = takePage(parts, listing, page);
    changed += staged.assets;
    gone += staged.gone;
    parts.onStaged(staged.assets, staged.wanted, false);
    albums.push(...page.albums, ...staged.endedAlbums.map((id) => ({ is: 'gone', id }) as const));
    members.push(...page.members);
    skippedAlbums.push(...page.skippedAlbums);
    token = page.syncToken;
  }
  catalog.transaction(() => {
    if (state.zone.name === PERSONAL_ZONE) takeAlbums(parts, albums, members);
    catalog.refreshed(state.zoneId, token, clock.now());
  });
  if (changed + gone + albums.length + members.length > 0)
    log.info(
      `${zoneTitle(state.zone).replace(/^./, (first) => first.toUpperCase())}: ${plural(changed, 'item')} changed or new, ${gone} gone from iCloud.`,
    );
  return { changed, gone, skippedAlbums };
}

function takePage(parts: ListingParts, listing: Listing, page: ChangePage) {
  const { catalog, clock, tally } = parts;
  const nowMs = clock.now();
  return catalog.transaction(() => {
    const staged = stagePage(parts, listing, page, nowMs);
    for (const { what, detail } of page.troubles) tally.add(what === 'no-master' ? 'half-a-record' : 'listing-incomplete', detail);
    let gone = 0;
    const endedAlbums: string[] = [];
    for (const { id, because } of page.gone) if (catalog.markGone(listing.zoneId, id, because, nowMs)) gone += 1;
    // A tombstone does not say what it was; one of a name never seen is normal (photos.md §10.2).
    for (const name of page.tombstones) {
      if (catalog.markGone(listing.zoneId, name, 'tombstone', nowMs)) gone += 1;
      else endedAlbums.push(name);
    }
    return { ...staged, gone, endedAlbums };
  });
}

function takeAlbums({ catalog, clock }: ListingParts, albums: readonly AlbumChange[], members: readonly MemberChange[]): void {
  for (const change of albums) {
    if (change.is === 'there') catalog.putAlbum(change.album);
    else catalog.endAlbum(change.id, clock.now());
  }
  for (const { albumId, assetId, isIn } of members) {
    if (isIn) catalog.addMember(albumId, assetId);
    else catalog.dropMember(albumId, assetId);
  }
}
