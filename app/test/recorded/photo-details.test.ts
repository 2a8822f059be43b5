import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePage } from '../../src/adapters/icloud/page.ts';
import { createPairing } from '../../src/adapters/icloud/pairing.ts';
import type { ListedAsset } from '../../src/domain/asset.ts';
import { withFixture } from './shared-fixtures.ts';

function assetsOf(path: string): ListedAsset[] {
  const { response } = JSON.parse(readFileSync(path, 'utf8')) as { response: { body: unknown } };
  return createPairing('PrimarySync', () => 0).page(parsePage(response.body).records);
}

withFixture('photos/page-full-200-records-2018.json', 'the recorded page of 100 photos, described', (path) => {
  const assets = assetsOf(path);
  const details = assets.map((asset) => asset.details);

  it('tells the place of every photo that has one, in the right order of numbers', () => {
    const located = details.filter(({ latitude }) => latitude !== undefined);
    expect(located).toHaveLength(JSON.stringify(JSON.parse(readFileSync(path, 'utf8')).response).split('"locationEnc"').length - 1);
    // Every position in the fixtures is one public landmark.
    for (const { latitude, longitude, altitude } of located) {
      expect(latitude).toBeCloseTo(48.85837, 4);
      expect(longitude).toBeCloseTo(2.294481, 4);
      expect(altitude === undefined || Math.abs(altitude) < 9000).toBe(true);
    }
  });

  it('knows live photos, screenshots and films by their numbers', () => {
    for (const { details: item, renditions } of assets)
      if (renditions.some(({ kind }) => kind === 'live-video')) expect(item.subtype).toBe(2);
    expect(details.filter(({ subtype }) => subtype === 3).length).toBeGreaterThan(0);
    const films = assets.filter(({ renditions }) => renditions[0]?.uti === 'com.apple.quicktime-movie');
    for (const film of films) expect(film.details.durationMs).toBeGreaterThan(500);
  });

  it('has a small picture of every item, films included', () => {
    for (const { previews } of assets) expect(previews.map(({ kind }) => kind)).toEqual(['thumb', 'medium']);
  });

  it('knows how large each picture is', () => {
    for (const { width, height } of details) expect((width ?? 0) * (height ?? 0)).toBeGreaterThan(10_000);
  });
});

withFixture('photos/shared-library-page.json', 'the recorded item of a shared library, described', (path) => {
  it('names its time zone, and an empty list of keywords is none', () => {
    const [asset] = assetsOf(path);
    expect(asset?.details.timeZone).toMatch(/^[A-Z][a-z]+\/[A-Za-z_]+$/);
    expect(asset?.offsetS).toBeDefined();
    expect(asset?.details.keywords).toBeUndefined();
  });
});

withFixture('photos/README.md', 'every recorded item', (readme) => {
  const folder = dirname(readme);
  it('is described without an error, whatever is missing', () => {
    let described = 0;
    for (const name of readdirSync(folder).filter((file) => /^(page|variant|recently|query|shared)-.*\.json$/.test(file))) {
      for (const { details } of assetsOf(join(folder, name))) {
        described += 1;
        expect(JSON.parse(JSON.stringify(details))).toEqual(details);
      }
    }
    expect(described).toBeGreaterThan(120);
  });
});
