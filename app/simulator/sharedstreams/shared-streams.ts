import { randomUUID } from 'node:crypto';
import type { Account } from '../auth/account.ts';
import { checkSession } from '../cloudkit/database.ts';
import type { DownloadLinks } from '../cloudkit/download-links.ts';
import { wireRecord } from '../cloudkit/wire-record.ts';
import { type Answer, type Call, listProperty, type Route, textProperty } from '../http/answer.ts';
import type { Library } from '../library/photo-library.ts';
import type { SharedAlbum } from '../library/shared-albums.ts';

/** What one call works with. */
interface StreamContext {
  readonly account: Account;
  readonly library: Library;
  readonly links: DownloadLinks;
  readonly body: unknown;
}
type Operation = (context: StreamContext) => object | Answer;

const HEADERS = { 'Content-Type': 'application/json; charset=UTF-8' };
/** More guids in one `webgetalbumview` fail (photos.md §15). */
const MOST_GUIDS = 15;
const refuse = (status: number, error: string): Answer => ({ status, headers: HEADERS, body: { error } });

const ctagOf = ({ guid, store }: SharedAlbum) => `FT=-@RU=${guid.slice(0, 8)}@S=${store.counter}`;

function wireAlbum(album: SharedAlbum, { account }: StreamContext): object {
  const suffix = account.spec.region === 'china' ? 'icloud.com.cn' : 'icloud.com';
  return {
    albumguid: album.guid,
    albumctag: ctagOf(album),
    albumlocation: `https://p${account.spec.partition}-sharedstreams.${suffix}:443/${account.dsid}/sharedstreams/${album.guid}/`,
    ownerdsid: album.sharing === 'owned' ? account.dsid : '98765432109',
    sharingtype: album.sharing,
    iswebuploadsupported: album.allowContributions,
    publicurl: album.isPublic ? `https://www.icloud.com/sharedalbum/#${album.guid.slice(0, 15)}` : '',
    attributes: {
      name: album.name,
      creationDate: String(album.createdMs),
      allowcontributions: album.allowContributions,
      ispublic: album.isPublic,
    },
  };
}

/** Master and asset of each photo, shaped like those of the library (photos.md §15). */
function wirePhotos(album: SharedAlbum, { account, library, links }: StreamContext, from = 0, to = Number.POSITIVE_INFINITY): object[] {
  const wire = { zone: album.store, desired: undefined, previews: true, link: links.forAnswer(account.now()), withoutZone: true };
  const likes = { likeCount: { value: 0, type: 'INT64' }, likedByCaller: { value: 0, type: 'INT64' } };
  return library.sharedAlbums
    .photos(album.guid)
    .slice(from, to)
    .flatMap(({ master, asset }) => [wireRecord(master, wire), { ...wireRecord(asset, wire), pluginFields: likes }]);
}

function albumOf({ library, body }: StreamContext): SharedAlbum | undefined {
  return library.sharedAlbums.album(textProperty(body, 'albumguid') ?? '');
}

const albumsList: Operation = (context) => ({ albums: context.library.sharedAlbums.all().map((album) => wireAlbum(album, context)) });

const assetCount: Operation = (context) => {
  const album = albumOf(context);
  return album === undefined ? refuse(404, 'no such album') : { albumassetcount: context.library.sharedAlbums.photos(album.guid).length };
};

const assets: Operation = (context) => {
  const album = albumOf(context);
  if (album === undefined) return refuse(404, 'no such album');
  const [offset, limit] = ['offset', 'limit'].map((name) => textProperty(context.body, name));
  // Strings, as recorded; numbers are not understood.
  if (offset === undefined || limit === undefined) return refuse(400, 'offset and limit are texts');
  const from = Number(offset);
  const to = context.account.spec.sharedAlbumLimit === 'end' ? Number(limit) : from + Number(limit);
  return { albumguid: album.guid, albumctag: ctagOf(album), records: wirePhotos(album, context, from, to) };
};

/** The newer call of the web page; what it answers besides names and tags is open. */
const changes: Operation = (context) => {
  const albums = context.library.sharedAlbums.all();
  return {
    rootctag: `FT=-@S=${albums.reduce((sum, { store }) => sum + store.counter, albums.length)}`,
    albums: albums.map((album) => wireAlbum(album, context)),
  };
};

const albumView: Operation = (context) => {
  const guids = listProperty(context.body, 'albumguids');
  if (guids.length > MOST_GUIDS) return refuse(500, 'too many albums');
  const albums = context.library.sharedAlbums.all().filter(({ guid }) => guids.includes(guid));
  return { albums: albums.map((album) => ({ ...wireAlbum(album, context), records: wirePhotos(album, context) })) };
};

const OPERATIONS: Readonly<Record<string, readonly [kind: string, operation: Operation]>> = {
  webgetalbumslist: ['shared-albums', albumsList],
  webgetassetcount: ['shared-count', assetCount],
  webgetassets: ['shared-assets', assets],
  getchanges: ['shared-changes', changes],
  webgetalbumview: ['shared-view', albumView],
};
const PATH = /^\/(\d+)\/sharedstreams\/(?:[\w-]+\/)?(\w+)$/;

/** pNN-sharedstreams.icloud.com: albums shared with others, of the older kind (photos.md §15). */
export function sharedStreamRoutes(account: Account, library: Library, links: DownloadLinks): (method: string, path: string) => Route {
  return (method, path) => {
    const [, dsid, name = ''] = PATH.exec(path) ?? [];
    const [kind, operation] = OPERATIONS[name] ?? ['unknown', undefined];
    const handle = (call: Call): Answer => {
      const headers = { ...HEADERS, 'X-Apple-Request-UUID': randomUUID() };
      if (operation === undefined || method !== 'POST' || dsid !== account.dsid)
        return { status: 404, headers, body: { error: `simulator: no ${method} ${path}` } };
      const login = checkSession(account, call);
      if ('status' in login) return { ...login, headers };
      const answer = operation({ account, library, links, body: call.body });
      return 'status' in answer && typeof answer.status === 'number' ? (answer as Answer) : { status: 200, headers, body: answer };
    };
    return { kind, handle };
  };
}
