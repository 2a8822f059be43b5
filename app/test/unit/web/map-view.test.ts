import { describe, expect, it } from 'vitest';
import { areaOf, areaText, mapQuery, moved, nearerTo, readArea, readMapView, WORLD, zoomed } from '../../../src/web/map-view.ts';

const heap = (south: number, west: number, north: number, east: number, count = 1000) => ({
  latitude: (south + north) / 2,
  longitude: (west + east) / 2,
  count,
  row: 1,
  area: { south, west, north, east },
});

describe('a map', () => {
  it('never shows more than the world, wherever somebody goes', () => {
    let view = zoomed(WORLD, 1) ?? WORLD;
    for (const [north, east] of [...Array(9).fill([1, 0]), ...Array(9).fill([0, 1]), ...Array(30).fill([-1, -1])])
      view = moved(view, north, east) ?? view;
    expect(areaOf(view)).toEqual({ south: -90, west: -180, north: 0, east: 0 });
    expect(moved(view, -1, 0)).toBeUndefined();
    expect(zoomed(WORLD, -1)).toBeUndefined();
  });

  it('has an address that leads back to it', () => {
    const view = readMapView({ z: '9', lat: '47.55', lon: '-12.926' });
    expect(readMapView(Object.fromEntries(new URLSearchParams(mapQuery(view))))).toEqual(view);
    expect(readMapView({ z: '9', lat: 'north' })).toBe(WORLD);
  });

  it.each([heap(52.4, 13.1, 52.6, 13.7), heap(-36, 149, -33, 152), heap(70, -179.9, 71, -170), heap(1, 1, 1.01, 1.002)])(
    'comes so near to a heap that it still sees all of it',
    (cluster) => {
      const near = nearerTo(cluster, WORLD);
      expect(near?.zoom).toBeGreaterThan(3);
      const seen = areaOf(near ?? WORLD);
      expect(seen.south).toBeLessThanOrEqual(cluster.area.south);
      expect(seen.north).toBeGreaterThanOrEqual(cluster.area.north);
      expect(seen.west).toBeLessThanOrEqual(cluster.area.west);
      expect(seen.east).toBeGreaterThanOrEqual(cluster.area.east);
    },
  );

  it('leads to the photos where nothing new would be seen', () => {
    expect(nearerTo(heap(52.4, 13.1, 52.6, 13.7, 20), WORLD)).toBeUndefined();
    expect(nearerTo(heap(52.4, 13.1, 52.4001, 13.1001), WORLD)).toBeUndefined();
  });

  it('names what a heap takes up so that none of its photos is left out', () => {
    const area = readArea(areaText(heap(52.4, 13.1, 52.6, 13.7).area));
    expect(area?.south).toBeLessThan(52.4);
    expect(area?.east).toBeGreaterThan(13.7);
    for (const wrong of ['', '1,2,3', '1,2,3,x', '1,2,3,4,5', ['1,2,3,4']]) expect(readArea(wrong)).toBeUndefined();
  });
});
