import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { knownAppleIds, openCatalog, readLibraryId } from '../../../src/adapters/catalog/open-catalog.ts';
import type { ListedAsset, RenditionKind, Zone } from '../../../src/domain/asset.ts';
import type { Catalog, Listing } from '../../../src/ports/catalog.ts';

const ZONE: Zone = { name: 'PrimarySync', owner: '_owner', database: 'private' };
let file: string;
let catalog: Catalog;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'catalog-')), 'catalog.sqlite');
  catalog = openCatalog({ file, appleId: 'tester@example.com' });
});

function asset(id: string, checksums: Readonly<Record<string, string>> = { original: `sum-${id}` }): ListedAsset {
  const renditions = Object.entries(checksums).map(([kind, checksum]) => ({
    kind: kind as RenditionKind,
    checksum,
    size: 10,
    uti: 'public.jpeg',
    download: undefined,
  }));
  return {
    zone: ZONE.name,
    id,
    masterId: `m-${id}`,
    filename: `${id}.JPG`,
    captureMs: 1,
    addedMs: 2,
    offsetS: 3600,
    favorite: true,
    hidden: false,
    renditions,
    details: {},
    previews: [],
  };
}

function put(listing: Listing, listed: ListedAsset): number {
  const row = catalog.putAsset(listing, listed, { folder: 'F', base: listed.id, folded: listed.id });
  catalog.putRenditions(
    row,
    listed.renditions.map((rendition) => ({ rendition, path: `F/${listed.id}.${rendition.kind}` })),
  );
  for (const { kind } of listed.renditions) catalog.addTodo(row, kind, 5);
  return row;
}

function store(proof: 'apple' | 'unconfirmed' = 'apple'): void {
  for (const item of catalog.todo(0, 100)) catalog.stored(item, { sha256: 'sha', size: item.rendition.size, proof, nowMs: 9 });
}

describe('the catalog', () => {
  it('is readable by its owner only and remembers its library and accounts', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readLibraryId(file)).toBeUndefined();
    catalog.setLibraryId('lib-1');
    expect(readLibraryId(file)).toBe('lib-1');
    expect(knownAppleIds(file)).toEqual(['tester@example.com']);
  });

  it('hands out to-do items whole and in the order in which they came', () => {
    const listing = catalog.beginListing(ZONE, 1);
    put(listing, asset('B'));
    put(listing, asset('A', { original: 'x', 'live-video': 'y' }));
    const items = catalog.todo(0, 10);
    expect(items.map(({ path }) => path)).toEqual(['F/B.original', 'F/A.original', 'F/A.live-video']);
    expect(items[0]?.asset).toEqual({
      zone: 'PrimarySync',
      id: 'B',
      masterId: 'm-B',
      filename: 'B.JPG',
      captureMs: 1,
      addedMs: 2,
      offsetS: 3600,
      favorite: true,
      hidden: false,
    });
    expect(catalog.todo(items[0]?.seq ?? 0, 1)).toHaveLength(1);
    expect(catalog.todoTotal()).toEqual({ count: 3, bytes: 30 });
  });

  it('records a stored file and takes it off the list in one step', () => {
    const row = put(catalog.beginListing(ZONE, 1), asset('A'));
    store();
    expect(catalog.todoTotal().count).toBe(0);
    expect(catalog.filesOf(row)).toMatchObject([{ kind: 'original', path: 'F/A.original', checksum: 'sum-A', proof: 'apple' }]);
    expect(catalog.fileWithChecksum('sum-A')?.path).toBe('F/A.original');
  });

  it('keeps a failed item with its reason, its tries and what it remembers of the bytes', () => {
    put(catalog.beginListing(ZONE, 1), asset('A'));
    const [item] = catalog.todo(0, 1);
    if (!item) throw new Error('nothing to do');
    catalog.failed(item, { code: 'content-mismatch', message: 'A.JPG differs', nowMs: 9, nextTryMs: 99, disagreedSha256: 'abc' });
    expect(catalog.todo(0, 1)).toMatchObject([{ attempts: 1, disagreedSha256: 'abc' }]);
    expect(catalog.coverage().missing).toMatchObject([{ code: 'content-mismatch', count: 1, examples: ['A.JPG differs'], nextTryMs: 99 }]);
  });

  it('gives an asset the same place for ever', () => {
    put(catalog.beginListing(ZONE, 1), asset('A'));
    const listing = catalog.beginListing(ZONE, 2);
    catalog.putAsset(listing, asset('A'), { folder: 'Elsewhere', base: 'other', folded: 'other' });
    expect(catalog.findAsset(listing.zoneId, 'A')).toMatchObject({ folder: 'F', base: 'A' });
    expect(catalog.isBaseTaken('F', 'A')).toBe(true);
  });

  it('takes back a page that fails half-way', () => {
    const listing = catalog.beginListing(ZONE, 1);
    expect(() =>
      catalog.transaction(() => {
        put(listing, asset('A'));
        throw new Error('crash');
      }),
    ).toThrow('crash');
    expect(catalog.todoTotal().count).toBe(0);
    expect(catalog.findAsset(listing.zoneId, 'A')).toBeUndefined();
  });

  it('keeps rows of one account from another', () => {
    put(catalog.beginListing(ZONE, 1), asset('A'));
    const other = openCatalog({ file, appleId: 'other@example.com' });
    expect(other.todoTotal().count).toBe(0);
    expect(other.coverage().assets).toBe(0);
    other.close();
  });

  it('plans in a copy that leaves nothing behind', () => {
    put(catalog.beginListing(ZONE, 1), asset('A'));
    const copy = catalog.scratchCopy();
    const [item] = copy.todo(0, 1);
    if (item) copy.stored(item, { sha256: 's', size: 10, proof: 'apple', nowMs: 1 });
    expect(copy.todoTotal().count).toBe(0);
    copy.close();
    expect(catalog.todoTotal().count).toBe(1);
  });

  it('refuses a file that is no catalog, and says which', () => {
    const foreign = `${file}.foreign`;
    writeFileSync(foreign, 'this is not a database, only some text that is long enough to be read as one');
    expect(() => openCatalog({ file: foreign, appleId: 'a@b.c' })).toThrowError(expect.objectContaining({ code: 'catalog-broken' }));
  });
});

describe('the answer to "complete and intact?"', () => {
  it('is no before a listing has been read to its end, and no while something is missing', () => {
    const listing = catalog.beginListing(ZONE, 1);
    put(listing, asset('A'));
    expect(catalog.coverage()).toMatchObject({ complete: false, listedAtMs: undefined });
    catalog.endListing(listing, { complete: true, syncToken: 't', nowMs: 7 });
    expect(catalog.coverage()).toMatchObject({ complete: false, listedAtMs: 7, missing: [{ code: 'pending', count: 1 }] });
    store();
    expect(catalog.coverage()).toMatchObject({
      complete: true,
      intact: true,
      missing: [],
      kinds: [{ kind: 'original', listed: 1, stored: 1, verified: 1 }],
    });
  });

  it('is no when a new version of a stored edit has not arrived yet', () => {
    const listing = catalog.beginListing(ZONE, 1);
    const row = put(listing, asset('A', { original: 'o', edited: 'old' }));
    store();
    const changed = asset('A', { original: 'o', edited: 'new' });
    catalog.putRenditions(
      row,
      changed.renditions.map((rendition) => ({ rendition, path: `F/A.${rendition.kind}` })),
    );
    catalog.addTodo(row, 'edited', 6);
    catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs: 7 });
    expect(catalog.coverage()).toMatchObject({
      complete: false,
      kinds: [
        { kind: 'edited', listed: 1, stored: 0 },
        { kind: 'original', stored: 1 },
      ],
    });
  });

  it('tells complete from intact when a file could not be confirmed', () => {
    const listing = catalog.beginListing(ZONE, 1);
    put(listing, asset('A'));
    store('unconfirmed');
    catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs: 7 });
    expect(catalog.coverage()).toMatchObject({ complete: true, intact: false });
  });

  it('counts what iCloud no longer lists, and only after a complete listing', () => {
    put(catalog.beginListing(ZONE, 1), asset('A'));
    store();
    const second = catalog.beginListing(ZONE, 2);
    put(second, asset('B'));
    expect(catalog.unseen(second, 0, 10)).toMatchObject([{ id: 'A' }]);
    expect(catalog.coverage()).toMatchObject({ held: 0, noLongerListed: 0 });
    expect(catalog.markUnseenGone(second, 6)).toBe(1);
    catalog.endListing(second, { complete: true, syncToken: undefined, nowMs: 7 });
    expect(catalog.coverage()).toMatchObject({ held: 1, noLongerListed: 0, assets: 1 });
    expect(catalog.goneTotals()).toMatchObject({ items: 1, files: 1 });
    expect(catalog.keepGone(8)).toBe(1);
    expect(catalog.coverage()).toMatchObject({ held: 0, noLongerListed: 1, assets: 1 });
    // Listed again, it is as if it had never been away.
    put(catalog.beginListing(ZONE, 9), asset('A'));
    expect(catalog.countOnlyHere()).toBe(0);
  });

  it('is no while an item is listed without its file', () => {
    const listing = catalog.beginListing(ZONE, 1);
    catalog.putTrouble(listing, 'A', 'no-master', 'Item A was listed without its file.');
    catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs: 7 });
    expect(catalog.coverage()).toMatchObject({ complete: false, missing: [{ code: 'half-a-record', count: 1 }] });
  });
});

describe('albums', () => {
  const album = (id: string, name = id) => ({ id, name, kind: 'album' as const, parent: undefined, position: 1 });

  it('show the new members only when their list was read to its end', () => {
    const listing = catalog.beginListing(ZONE, 1);
    for (const id of ['A', 'B', 'C']) put(listing, asset(id));
    store();
    catalog.putAlbums([album('X')], 1);
    const [row] = catalog.albums();
    if (!row) throw new Error('no album');
    const members = () => [...catalog.memberFiles(row.rowId)].map(({ path }) => path);
    catalog.beginMembers(row.rowId);
    catalog.addMembers(row.rowId, ['B', 'A', 'unknown'], 0);
    expect(members()).toEqual([]);
    catalog.endMembers(row.rowId);
    expect(members()).toEqual(['F/B.original', 'F/A.original']);
    expect(catalog.countStrayMembers(row.rowId)).toBe(1);
    catalog.beginMembers(row.rowId);
    catalog.addMembers(row.rowId, ['C'], 0);
    catalog.beginMembers(row.rowId); // the run broke off; the next one starts over
    expect(members()).toEqual(['F/B.original', 'F/A.original']);
  });

  it('that are no longer listed keep what is known of them', () => {
    catalog.putAlbums([album('X'), album('Y')], 1);
    const y = catalog.albums().find(({ id }) => id === 'Y');
    catalog.setAlbumPath(y?.rowId ?? 0, 'Y');
    catalog.putAlbums([album('X')], 2);
    expect(catalog.albums().map(({ id }) => id)).toEqual(['X']);
    catalog.putAlbums([album('X'), album('Y', 'renamed')], 3);
    expect(catalog.albums().find(({ id }) => id === 'Y')).toMatchObject({ path: 'Y', name: 'renamed' });
  });
});
