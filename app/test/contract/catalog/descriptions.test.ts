import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import type { Album } from '../../../src/domain/album.ts';
import type { ListedAsset } from '../../../src/domain/asset.ts';

const ZONE = { name: 'PrimarySync', owner: undefined, database: 'private' } as const;
const ALBUMS: readonly Album[] = [
  { id: 'F', name: 'Reisen', kind: 'folder', parent: undefined, position: 1 },
  { id: 'AL', name: 'Nordsee', kind: 'album', parent: 'F', position: 1 },
];

/** A catalog with two stored photos, whose sidecars are up to date. */
function newCatalog() {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  const catalog = openCatalog({ file: join(folder, 'catalog.sqlite'), appleId: 'a@example.com' });
  onTestFinished(() => {
    catalog.close();
    rmSync(folder, { recursive: true });
  });
  const listing = catalog.beginListing(ZONE, 1);
  const put = (id: string, more: Partial<ListedAsset> = {}) => {
    const rendition = { kind: 'original' as const, checksum: id, size: 1, uti: 'public.heic', download: undefined };
    const asset: ListedAsset = {
      zone: ZONE.name,
      id,
      masterId: id,
      filename: `${id}.HEIC`,
      captureMs: 1,
      addedMs: 1,
      offsetS: 0,
      favorite: false,
      hidden: false,
      renditions: [rendition],
      details: {},
      previews: [],
      ...more,
    };
    const row = catalog.putAsset(listing, asset, { folder: '_All-Photos', base: id, folded: id.toLowerCase() });
    catalog.putRenditions(row, [{ rendition, path: `_All-Photos/${id}.HEIC` }]);
    return row;
  };
  const [first, second] = [put('A'), put('B')];
  for (const row of [first, second]) catalog.addTodo(row, 'original', 1);
  for (const item of catalog.todo(0, 10)) catalog.stored(item, { sha256: 'x', size: 1, proof: 'apple', nowMs: 1 });
  const settle = () => {
    for (const row of catalog.toDescribe(0, 100)) catalog.described(row);
  };
  const readAlbum = (members: readonly string[]) => {
    const [album] = catalog.albums().filter(({ id }) => id === 'AL');
    if (!album) return expect.fail('no album');
    catalog.beginMembers(album.rowId);
    catalog.addMembers(album.rowId, members, 0);
    catalog.endMembers(album.rowId);
  };
  catalog.putAlbums(ALBUMS, 1);
  readAlbum(['A']);
  return { catalog, put, first, second, settle, readAlbum, stale: () => catalog.toDescribe(0, 100) };
}

describe('the list of sidecars that may be out of date', () => {
  it('begins with everything that was stored', () => {
    const { first, second, stale } = newCatalog();
    expect(stale()).toEqual([first, second]);
  });

  it('leaves out what came with its sidecar, until something else is said of it', () => {
    const { catalog, put, settle, stale } = newCatalog();
    settle();
    const third = put('C');
    catalog.addTodo(third, 'original', 1);
    for (const item of catalog.todo(0, 10))
      catalog.stored(item, { sha256: 'x', size: 1, proof: 'apple', nowMs: 1, described: 'all of it' });
    expect(stale()).toEqual([]);
    put('C', { favorite: true });
    expect(stale()).toEqual([third]);
  });

  it('knows what a photo is told of, album and folders included', () => {
    const { catalog, first } = newCatalog();
    expect(catalog.description(first)).toMatchObject({ albums: [['Reisen', 'Nordsee']], originalUti: 'public.heic' });
  });

  it('takes up a photo whose words, heart or date changed, and no other', () => {
    const { put, settle, stale, first } = newCatalog();
    settle();
    put('A');
    expect(stale()).toEqual([]);
    for (const change of [
      { details: { title: 'x' } },
      { favorite: true, details: { title: 'x' } },
      { captureMs: 2, favorite: true, details: { title: 'x' } },
    ]) {
      put('A', change);
      expect(stale()).toEqual([first]);
      settle();
    }
  });

  it('takes up who enters or leaves an album, and not who stays', () => {
    const { catalog, readAlbum, settle, stale, first, second } = newCatalog();
    settle();
    readAlbum(['A']);
    expect(stale()).toEqual([]);
    catalog.putAlbums(ALBUMS, 2);
    expect(stale()).toEqual([]);
    readAlbum(['A', 'B']);
    expect(stale()).toEqual([second]);
    settle();
    readAlbum(['B']);
    expect(stale()).toEqual([first]);
  });

  it('takes up the members of an album that is renamed, of one whose folder is, and of one that is gone', () => {
    const { catalog, settle, stale, first } = newCatalog();
    const [folder, album] = ALBUMS as [Album, Album];
    for (const albums of [
      [folder, { ...album, name: 'Ostsee' }],
      [
        { ...folder, name: 'Fahrten' },
        { ...album, name: 'Ostsee' },
      ],
      [folder],
    ]) {
      settle();
      catalog.putAlbums(albums, 2);
      expect(stale()).toEqual([first]);
    }
    expect(catalog.description(first)?.albums).toEqual([]);
  });
});
