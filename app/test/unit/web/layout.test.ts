import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Layout {
  readonly rows: number;
  readonly starts: Uint32Array;
  readonly tops: Float64Array;
  readonly heights: Float32Array;
  readonly rowMonths: Uint32Array;
  readonly height: number;
}
interface LayoutModule {
  layOut(wish: object): Layout;
  placesIn(layout: Layout, ratios: Uint8Array, row: number): { item: number; left: number; width: number }[];
  lastNotAbove(values: ArrayLike<number>, count: number, value: number): number;
}
/** The file that the browser runs. */
const { layOut, placesIn, lastNotAbove } = (await import(
  new URL('../../../src/web/public/layout.js', import.meta.url).href
)) as LayoutModule;

const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });
const wish = (ratios: Uint8Array, width: number, months: readonly { count: number }[] = [{ count: ratios.length }]) => ({
  ratios,
  months,
  width,
  target: 212,
  gap: 4,
  head: 54,
});

describe('the rows of the timeline', () => {
  it('hold every photo once and in order, and fill the width', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 280, max: 1900 }), (ratios, width) => {
        const layout = layOut(wish(ratios, width));
        const items: number[] = [];
        for (let row = 0; row < layout.rows; row++) {
          const places = placesIn(layout, ratios, row);
          items.push(...places.map(({ item }) => item));
          const right = (places.at(-1)?.left ?? 0) + (places.at(-1)?.width ?? 0);
          if (row < layout.rows - 1) {
            expect(right).toBe(width);
            expect(places.length).toBeGreaterThanOrEqual(2);
          } else expect(right).toBeLessThanOrEqual(width + 1);
          for (const [index, { left, width: wide }] of places.entries()) {
            expect(wide).toBeGreaterThan(0);
            const next = places[index + 1];
            if (next) expect(Math.abs(next.left - left - wide - 4)).toBeLessThanOrEqual(1);
          }
        }
        expect(items).toEqual(Array.from(ratios.keys()));
      }),
    );
  });

  it('are near the wanted height, and a month never begins in the row of another', () => {
    const ratios = Uint8Array.from({ length: 3000 }, (_, index) => 80 + ((index * 37) % 100));
    const layout = layOut(
      wish(
        ratios,
        1140,
        Array.from({ length: 30 }, () => ({ count: 100 })),
      ),
    );
    const heights = [...layout.heights.slice(0, layout.rows)].sort((a, b) => a - b);
    expect(heights[Math.floor(heights.length * 0.01)]).toBeGreaterThan(150);
    expect(heights[Math.floor(heights.length * 0.99)]).toBeLessThan(270);
    for (let row = 0; row < layout.rows; row++)
      expect(Math.floor((layout.starts[row] ?? 0) / 100)).toBe(Math.floor(((layout.starts[row + 1] ?? 0) - 1) / 100));
  });

  it('are laid out for a million photos within a moment, and any of them is found at once', () => {
    const ratios = Uint8Array.from({ length: 1_000_000 }, (_, index) => 90 + ((index * 31) % 80));
    const startedMs = performance.now();
    const layout = layOut(
      wish(
        ratios,
        1140,
        Array.from({ length: 200 }, () => ({ count: 5000 })),
      ),
    );
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(layout.height).toBeGreaterThan(40e6);
    const row = lastNotAbove(layout.tops, layout.rows, layout.height - 1);
    expect(row).toBe(layout.rows - 1);
    expect(lastNotAbove(layout.tops, layout.rows, 0)).toBe(0);
  });
});
