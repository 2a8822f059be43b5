import { describe, expect, it } from 'vitest';
import { type Area, clustersIn, rowsIn } from '../../../src/engine/places.ts';
import type { Places } from '../../../src/ports/overview.ts';

const WORLD: Area = { south: -90, west: -180, north: 90, east: 180 };

function places(...points: readonly (readonly [latitude: number, longitude: number])[]): Places {
  return {
    rows: Uint32Array.from(points, (_, index) => index + 1),
    latitudes: Float32Array.from(points, ([latitude]) => latitude),
    longitudes: Float32Array.from(points, ([, longitude]) => longitude),
  };
}

describe('photos on a map', () => {
  it('lie in one heap when they lie in one cell, in the middle of themselves', () => {
    const all = places([10, 10], [12, 14], [-40, -100]);
    expect(clustersIn(all, WORLD, 12, 6)).toEqual([
      { latitude: 11, longitude: 12, count: 2, row: 2, area: { south: 10, west: 10, north: 12, east: 14 } },
      { latitude: -40, longitude: -100, count: 1, row: 3, area: { south: -40, west: -100, north: -40, east: -100 } },
    ]);
  });

  it('are all counted, on the poles and on the date line too', () => {
    const all = places([90, 180], [-90, -180], [90, -180], [-90, 180], [0, 0]);
    const clusters = clustersIn(all, WORLD, 14, 7);
    expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  });

  it('are found again in what a heap takes up', () => {
    const all = places([10, 10], [12, 14], [12.01, 14]);
    expect(rowsIn(all, { south: 10, west: 10, north: 12, east: 14 })).toEqual(new Set([1, 2]));
    expect(clustersIn(all, { south: 20, west: 20, north: 30, east: 30 }, 4, 4)).toEqual([]);
  });
});
