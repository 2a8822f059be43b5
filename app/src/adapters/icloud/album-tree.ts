import type { Album, SkippedAlbum } from '../../domain/album.ts';
import type { Zone } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { AlbumChange, MemberChange } from '../../ports/photos-service.ts';
import type { CloudKit } from './cloudkit.ts';
import { parsePage } from './page.ts';
import { albumsQuery, membersQuery } from './queries.ts';
import { isLive } from './records.ts';
import { numberValue, stringValue, textValue, type WireRecord } from './wire.ts';

const ALBUM = 0;
const FOLDER = 3;
/** Containers of the web page and of books; not folders of the owner (photos.md §5). */
const SPECIAL = new Set(['----Root-Folder----', '----Project-Root-Folder----']);
const MOST_PAGES = 10_000;

/** The whole tree, level by level, following the marker at each: without it albums after the 200th are lost (photos.md §5, §17). */
export async function readAlbumTree(
  cloudKit: CloudKit,
  zone: Zone,
  signal: AbortSignal,
): Promise<{ albums: Album[]; skipped: SkippedAlbum[] }> {
  const albums = new Map<string, Album>();
  const skipped: SkippedAlbum[] = [];
  const folders: (string | undefined)[] = [undefined];
  for (let index = 0; index < folders.length; index++) {
    const parent = folders[index];
    for await (const records of queryPages(cloudKit, zone, albumsQuery(zone, parent), signal)) {
      for (const record of records) {
        if (record.recordType !== 'CPLAlbum' || SPECIAL.has(record.recordName) || !isLive(record) || albums.has(record.recordName))
          continue;
        const kind = kindOf(record);
        if (kind === undefined) {
          skipped.push(skippedOf(record));
          continue;
        }
        albums.set(record.recordName, albumOf(record, kind, parent));
        // Seen once only, so a broken tree that loops ends here.
        if (kind === 'folder') folders.push(record.recordName);
      }
    }
  }
  return { albums: [...albums.values()], skipped };
}

/** Record names of the assets in an album, in its order; an orphaned relation still names its asset (photos.md §5). */
export async function* readMembers(
  cloudKit: CloudKit,
  zone: Zone,
  albumId: string,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for await (const records of queryPages(cloudKit, zone, membersQuery(zone, albumId), signal)) {
    const relations = records.filter(({ recordType }) => recordType === 'CPLContainerRelation');
    // Answers without relations have been recorded: then the assets beside them are the members.
    const members =
      relations.length > 0
        ? relations.map(memberOf)
        : records.filter(({ recordType }) => recordType === 'CPLAsset').map(({ recordName }) => recordName);
    yield members.filter((name) => name !== undefined);
  }
}

async function* queryPages(cloudKit: CloudKit, zone: Zone, body: object, signal: AbortSignal): AsyncGenerator<readonly WireRecord[]> {
  let marker: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = parsePage(
      await cloudKit(zone.database, '/records/query', { ...body, ...(marker ? { continuationMarker: marker } : {}) }, signal),
    );
    const [trouble] = page.troubles;
    if (trouble) throw new Problem('listing-incomplete', `iCloud could not show an album record (${trouble.detail}).`);
    yield page.records;
    marker = page.marker;
    if (marker === undefined) return;
  }
  throw new Problem('listing-incomplete', 'iCloud keeps saying that more albums follow.');
}

function skippedOf(record: WireRecord): SkippedAlbum {
  return {
    id: record.recordName,
    name: textValue(record.fields?.albumNameEnc) ?? '',
    albumType: numberValue(record.fields?.albumType),
  };
}

function kindOf(record: WireRecord): Album['kind'] | undefined {
  const type = numberValue(record.fields?.albumType);
  if (type === ALBUM) return 'album';
  return type === FOLDER ? 'folder' : undefined;
}

function albumOf(record: WireRecord, kind: Album['kind'], parent: string | undefined): Album {
  return {
    id: record.recordName,
    name: textValue(record.fields?.albumNameEnc) ?? '',
    kind,
    parent,
    position: numberValue(record.fields?.position) ?? 0,
  };
}

/** What the change feed tells of an album; undefined for the containers of Apple's own. */
export function albumChangeOf(record: WireRecord): AlbumChange | { readonly is: 'skipped'; readonly album: SkippedAlbum } | undefined {
  if (SPECIAL.has(record.recordName)) return undefined;
  if (!isLive(record)) return { is: 'gone', id: record.recordName };
  const kind = kindOf(record);
  if (kind === undefined) return { is: 'skipped', album: skippedOf(record) };
  const parent = stringValue(record.fields?.parentId);
  // In the feed a top-level album may name the root as its parent (photos.md §5).
  return { is: 'there', album: albumOf(record, kind, parent !== undefined && SPECIAL.has(parent) ? undefined : parent) };
}

/** A relation, live or as a tombstone: its name `<asset>-IN-<album>` tells both ends (photos.md §10.2). */
export function relationOf(record: WireRecord): MemberChange | undefined {
  const [, asset, album] = /^(.+)-IN-(.+)$/.exec(record.recordName) ?? [];
  if (record.recordType !== 'CPLContainerRelation' && !(record.deleted === true && asset !== undefined)) return undefined;
  const assetId = stringValue(record.fields?.itemId) ?? asset;
  const albumId = stringValue(record.fields?.containerId) ?? album;
  return assetId !== undefined && albumId !== undefined ? { assetId, albumId, isIn: isLive(record) } : undefined;
}

/** `itemId`, or the first half of the relation's own name `<asset>-IN-<album>` (photos.md §5). */
function memberOf(record: WireRecord): string | undefined {
  return stringValue(record.fields?.itemId) ?? /^(.+)-IN-/.exec(record.recordName)?.[1];
}
