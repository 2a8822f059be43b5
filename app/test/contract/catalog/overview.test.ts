import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import type { Catalog } from '../../../src/ports/catalog.ts';
import type { Overview } from '../../../src/ports/overview.ts';

function withPhotos(largeFrom: number): Catalog {
  const file = join(mkdtempSync(join(tmpdir(), 'overview-')), 'catalog.sqlite');
  const catalog = openCatalog({ file, appleId: 'tester@example.com', now: () => 20, largeFrom });
  const listing = catalog.beginListing({ name: 'PrimarySync', owner: undefined, database: 'private' }, 1);
  for (const [index, id] of ['A', 'B', 'C', 'D'].entries()) {
    const rendition = { kind: 'original', checksum: `sum-${id}`, size: 10, uti: undefined } as const;
    const row = catalog.putAsset(
      listing,
      {
        zone: 'PrimarySync',
        id,
        masterId: `m-${id}`,
        filename: undefined,
        captureMs: 1,
        addedMs: 2,
        offsetS: 0,
        favorite: false,
        hidden: id === 'C',
        // D says nowhere.
        details: id === 'D' ? {} : { latitude: 48 + index, longitude: 11.5 },
        previews: [],
        renditions: [{ ...rendition, download: undefined }],
      },
      { folder: 'F', base: id, folded: id },
    );
    catalog.putRenditions(row, [{ rendition, path: `F/${id}` }]);
    catalog.addTodo(row, 'original', 5);
  }
  for (const item of catalog.todo(0, 100)) catalog.stored(item, { sha256: 'sha', size: 10, proof: 'apple', nowMs: 9 });
  catalog.endListing(listing, { complete: true, syncToken: undefined, nowMs: 10 });
  return catalog;
}

const everything = async (overview: Overview) => ({
  coverage: await overview.coverage(),
  growth: await overview.growth(),
  newest: await overview.newest(0, 2),
  places: await overview.places(),
});

it('answers about a small library at once, and about a large one beside everything else: the same', async () => {
  const [small, large] = [withPhotos(5), withPhotos(4)];
  expect(small.overview.coverage()).toEqual(small.coverage());
  expect(large.overview.coverage()).toBeInstanceOf(Promise);
  const told = await everything(large.overview);
  expect(told).toEqual(await everything(small.overview));
  expect(told.coverage).toMatchObject({ complete: true, assets: 4, read: { files: 4 } });
  expect(told.newest).toEqual([4, 3]);
  // Hidden photos show nobody where they were taken.
  expect([...told.places.rows]).toEqual([1, 2]);
  expect([...told.places.latitudes]).toEqual([48, 49]);
  for (const catalog of [small, large]) catalog.close();
});

it('sees what was written last, and goes with its catalog', async () => {
  const catalog = withPhotos(0);
  await catalog.overview.coverage();
  const listing = catalog.beginListing({ name: 'SharedSync-1', owner: 'o', database: 'shared' }, 30);
  catalog.endListing(listing, { complete: false, syncToken: undefined, nowMs: 31 });
  expect(await catalog.overview.coverage()).toMatchObject({ complete: false });
  const open = catalog.overview.growth();
  catalog.close();
  await expect(open).rejects.toMatchObject({ code: 'internal' });
});
