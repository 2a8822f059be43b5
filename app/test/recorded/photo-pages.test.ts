import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePage } from '../../src/adapters/icloud/page.ts';
import { createPairing } from '../../src/adapters/icloud/pairing.ts';
import { DEFAULT_LAYOUT, readLayout } from '../../src/domain/layout.ts';
import { placeFolder } from '../../src/domain/library-path.ts';
import { chooseBase, fileStem, partName } from '../../src/domain/names.ts';
import { digest } from '../support/digest.ts';
import { withFixture } from './shared-fixtures.ts';

const layout = readLayout(DEFAULT_LAYOUT) ?? { folders: [], names: 'import' };

/** Joins a recorded answer as the listing does, without lookups. */
function listed(path: string) {
  const { response } = JSON.parse(readFileSync(path, 'utf8')) as { response: { body: unknown } };
  const page = parsePage(response.body);
  const pairing = createPairing('PrimarySync', () => 0);
  const assets = pairing.page(page.records);
  return { page, assets, left: pairing.wanted() };
}

function namesOf({ assets }: ReturnType<typeof listed>): string[] {
  const taken = new Set<string>();
  return assets.flatMap((asset) => {
    const original = asset.renditions.find(({ kind }) => kind === 'original');
    const stem = fileStem({ filename: asset.filename, uti: original?.uti, masterId: asset.masterId });
    const folder = placeFolder(asset, layout).slice('_All-Photos/'.length);
    const base = chooseBase({ stem, identity: `PrimarySync/${asset.id}`, isTaken: (folded) => taken.has(`${folder}/${folded}`), digest });
    const siblings: string[] = [];
    for (const { kind, uti } of asset.renditions) siblings.push(partName({ base, kind, uti, importName: asset.filename, siblings }));
    return siblings.map((name) => `${folder}/${name}`);
  });
}

withFixture('photos/page-full-200-records-2018.json', 'the recorded page of 100 photos', (path) => {
  it('holds a hundred items, each with its own master', () => {
    const { assets, page, left } = listed(path);
    expect(assets).toHaveLength(100);
    expect(page.troubles).toEqual([]);
    expect(left).toEqual([]);
    expect(new Set(assets.map(({ id }) => id)).size).toBe(100);
    expect(page.marker).toBeDefined();
    expect(page.syncToken).toBe('AQAAAAAAAwmVf//////////Kd+LphRdKGbpJMSeRX5Td');
  });

  it('shows the film half of every live photo and no preview as a file of its own', () => {
    const { assets } = listed(path);
    const kinds = Object.groupBy(
      assets.flatMap(({ renditions }) => renditions),
      ({ kind }) => kind,
    );
    expect(Object.keys(kinds).sort()).toEqual(['edited', 'live-video', 'original']);
    expect(kinds.original).toHaveLength(100);
    const shown = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')).response).split('"resOriginalVidComplRes":').length - 1;
    expect(kinds['live-video']).toHaveLength(shown);
  });

  it('names the original after its checksum, as Apple does', () => {
    for (const { masterId, renditions } of listed(path).assets)
      expect(renditions.find(({ kind }) => kind === 'original')?.checksum).toBe(masterId);
  });

  it('places IMG_7409.JPG and its film in the month of its own time zone', () => {
    expect(namesOf(listed(path)).filter((name) => name.includes('IMG_7409'))).toEqual([
      '2018/2018-07/IMG_7409.JPG',
      '2018/2018-07/IMG_7409.MOV',
    ]);
  });

  it('knows when the addresses end', () => {
    const ends = listed(path).assets.flatMap(({ renditions }) => renditions.map(({ download }) => download?.expiresAtMs));
    expect(ends).not.toContain(undefined);
    // One hour after the answer, to within some seconds (photos.md §12.1).
    for (const end of ends) expect(Math.abs((end ?? 0) - 1_533_044_225_000)).toBeLessThan(5_000);
  });
});

withFixture('photos/page-2023-heic-edited-mp4.json', 'the recorded page with edits', (path) => {
  it('keeps original and edit side by side, each with the extension of its own type', () => {
    const names = namesOf(listed(path));
    const edited = listed(path).assets.filter(({ renditions }) => renditions.some(({ kind }) => kind === 'edited'));
    expect(edited.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.includes('-edited.'))).toHaveLength(edited.length);
    expect(names.some((name) => /-edited\.HEIC$/.test(name))).toBe(true);
  });
});

/** `[original file name, its type]` of the item in each variant: what broke other clients (photos.md §17). */
const VARIANTS: readonly (readonly [string, { name: string; not_downloadable?: true; alternative?: string }])[] = [
  ['variant-filename-plain-string.json', { name: 'IMG_7409.JPG' }],
  ['variant-filename-missing.json', { name: 'AY6c-BsE0jjaXx9tmVGJM1D2VcEO.jpg' }],
  ['variant-item-type-missing.json', { name: 'IMG_7409.JPG' }],
  ['variant-download-url-missing.json', { name: 'IMG_7409.JPG', not_downloadable: true }],
  ['variant-raw-dng.json', { name: 'IMG_7409.DNG' }],
  ['variant-raw-plus-jpeg-alt.json', { name: 'IMG_7409.CR2', alternative: 'IMG_7409.JPG' }],
];
for (const [file, expected] of VARIANTS) {
  withFixture(`photos/${file}`, `the recorded ${file.replace('.json', '')}`, (path) => {
    it(`is stored as ${expected.name}`, () => {
      const page = listed(path);
      expect(page.assets).toHaveLength(1);
      const names = namesOf(page).map((name) => name.slice(name.lastIndexOf('/') + 1));
      expect(names[0]).toBe(expected.name);
      if (expected.alternative) expect(names).toContain(expected.alternative);
      expect(page.assets[0]?.renditions[0]?.download === undefined).toBe(expected.not_downloadable === true);
    });
  });
}

withFixture('photos/variant-filename-chinese.json', 'a recorded Chinese name', (path) => {
  it('is kept letter by letter', () => {
    expect(namesOf(listed(path))[0]).toMatch(/\p{Script=Han}/u);
  });
});

withFixture('photos/composed-master-not-a-picture.json', 'a master without a file', (path) => {
  it('is no item by itself', () => {
    expect(listed(path).assets).toEqual([]);
  });
});

withFixture('photos/README.md', 'every recorded list of records', (readme) => {
  const folder = dirname(readme);
  const pages = readdirSync(folder).filter(
    (name) => /^(page|variant|recently|query|shared)-.*\.json$/.test(name) && !name.includes('album-members'),
  );
  it.each(pages)('%s is understood whole', (name) => {
    const { page, assets, left } = listed(join(folder, name));
    expect(page.troubles).toEqual([]);
    expect(left).toEqual([]);
    const assetRecords = page.records.filter(({ recordType }) => recordType === 'CPLAsset');
    expect(assets).toHaveLength(assetRecords.length);
  });
});
