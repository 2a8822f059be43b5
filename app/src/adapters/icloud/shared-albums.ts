import { z } from 'zod';
import type { ListedAsset } from '../../domain/asset.ts';
import { Problem } from '../../domain/problem.ts';
import type { SharedAlbum, SharedAlbumsService } from '../../ports/shared-albums.ts';
import type { SharedStreams } from './cloudkit.ts';
import { parsePage } from './page.ts';
import { createPairing } from './pairing.ts';
import { numberValue, type WireRecord } from './wire.ts';

const Album = z.looseObject({
  albumguid: z.string(),
  albumctag: z.string().optional(),
  albumlocation: z.string(),
  attributes: z.looseObject({ name: z.string().optional() }).optional(),
});
const AlbumsAnswer = z.looseObject({ albums: z.array(z.unknown()) });

const PAGE_PHOTOS = 100;
const MOST_PAGES = 1_000;
/** Cookies go with the request, so an answer must not be able to send them elsewhere. */
const APPLE = /^https:\/\/[\w-]+\.icloud\.com(\.cn)?(:443)?\/[\w/-]+\/$/;

/** Shared albums of the older kind (photos.md §15). `isOffered`: the login named a host for them. */
export function createSharedAlbums(ask: SharedStreams, isOffered: () => boolean, now: () => number): SharedAlbumsService {
  return {
    async albums(signal) {
      if (!isOffered()) return undefined;
      const answer = AlbumsAnswer.safeParse(await ask('webgetalbumslist', undefined, {}, signal));
      if (!answer.success) throw new Problem('answer-not-understood', "iCloud's list of shared albums was not understood.");
      return answer.data.albums.flatMap((entry) => {
        const album = Album.safeParse(entry);
        return album.success && APPLE.test(album.data.albumlocation) ? [albumOf(album.data)] : [];
      });
    },
    photos: (album, signal) => readPhotos(ask, album, now, signal),
  };
}

function albumOf({ albumguid, albumctag = '', albumlocation, attributes }: z.infer<typeof Album>): SharedAlbum {
  return { guid: albumguid, name: attributes?.name ?? '', tag: albumctag, location: albumlocation };
}

/** `limit` is a number of photos to one server and the end of the stretch to another: asked like this both send enough. */
async function* readPhotos(ask: SharedStreams, album: SharedAlbum, now: () => number, signal: AbortSignal): AsyncGenerator<ListedAsset[]> {
  const pairing = createPairing(`SharedStream-${album.guid}`, now);
  const seen = new Set<string>();
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const offset = seen.size;
    const body = { albumguid: album.guid, albumctag: album.tag, offset: String(offset), limit: String(offset + PAGE_PHOTOS) };
    const page = parsePage(await ask('webgetassets', album.location, body, signal));
    const masters = new Map(page.records.map((record) => [record.recordName, record]));
    const fresh = pairing.page(page.records).filter(({ id }) => !seen.has(id));
    if (fresh.length === 0) return;
    for (const { id } of fresh) seen.add(id);
    yield fresh.map((asset) => ({ ...asset, captureMs: asset.captureMs ?? createdMs(masters.get(asset.masterId)) }));
  }
  throw new Problem('listing-incomplete', `iCloud keeps saying that the shared album "${album.name}" has more photos.`);
}

const createdMs = (master: WireRecord | undefined) => numberValue(master?.fields?.originalCreationDate);
