import { beforeAll, describe, expect, it } from 'vitest';
import { DESKTOP, logIn, PHONE, until, visit } from './browser.ts';
import { type Gallery, makeGallery } from './gallery.ts';
import { PAGE_PASSWORD, servePage } from './page-server.ts';

/** Measured, for whoever looks at the output; machines differ too much for more than generous limits. */
const figure = (text: string) => process.stdout.write(`  ${text}\n`);

const COUNT = 100_000;
let gallery: Gallery;
beforeAll(async () => {
  gallery = await makeGallery(COUNT, Date.now());
}, 180_000);

const start = async (options: Parameters<typeof visit>[1] = DESKTOP) => {
  const server = await servePage(gallery.door);
  const visited = await visit(server.address, options);
  await logIn(visited.page, server.address, PAGE_PASSWORD);
  return { ...server, ...visited };
};

/** Share of the window's tiles that show a picture. */
const shown = `(() => {
  const tiles = [...document.querySelectorAll('.tile')].filter((tile) => {
    const { top, bottom } = tile.getBoundingClientRect();
    return bottom > 120 && top < innerHeight;
  });
  const ready = tiles.filter((tile) => tile.querySelector('img')?.complete && tile.querySelector('img').naturalWidth > 0);
  return { tiles: tiles.length, ready: ready.length };
})()`;
/** Every tile in the window has its picture. */
const ALL_SHOWN = `(() => { const { tiles, ready } = ${shown}; return tiles > 5 && ready === tiles; })()`;
interface Shown {
  readonly tiles: number;
  readonly ready: number;
}

describe('a hundred thousand photos', () => {
  it('are on the first screen, with pictures, within a second', async () => {
    const { page, address, complaints } = await start();
    // The first look of all reads the catalog; what people see every day is the second one.
    await page.goto(`${address}/photos`);
    await page.locator('.tile img').first().waitFor();
    await page.goto('about:blank');
    const before = Date.now();
    await page.goto(`${address}/photos`, { waitUntil: 'commit' });
    await until(page, ALL_SHOWN);
    const tookMs = Date.now() - before;
    const paintMs = Number(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime"));
    figure(`first paint ${Math.round(paintMs)} ms, first screen with pictures ${tookMs} ms`);
    expect(paintMs).toBeLessThan(1000);
    expect(tookMs).toBeLessThan(2500);
    expect(complaints).toEqual([]);
  });

  it('scroll without blank screens', async () => {
    const { page, address, complaints } = await start();
    await page.goto(`${address}/photos`);
    await page.locator('.tile img').first().waitFor();
    await page.evaluate(`globalThis.longTasks = [];
      new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });`);
    await page.mouse.move(700, 500);
    let blank = 0;
    let looks = 0;
    for (let turn = 0; turn < 60; turn++) {
      await page.mouse.wheel(0, 320);
      await page.evaluate('new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))');
      const { tiles } = (await page.evaluate(shown)) as Shown;
      looks += 1;
      if (tiles < 4) blank += 1;
    }
    await until(page, ALL_SHOWN);
    const longTasks = (await page.evaluate('longTasks')) as number[];
    const nodes = await page.locator('.tile').count();
    figure(`${looks} turns of the wheel, ${blank} blank, longest task ${Math.round(Math.max(0, ...longTasks))} ms, ${nodes} tiles`);
    expect(blank).toBe(0);
    expect(nodes).toBeLessThan(250);
    expect(complaints).toEqual([]);
  });

  it('can all be reached: the oldest by the rail, by the End key and by the scroll bar', async () => {
    const { page, address } = await start();
    await page.goto(`${address}/photos`);
    await page.locator('.tile img').first().waitFor();
    await page.getByRole('slider', { name: 'Date' }).focus();
    await page.keyboard.press('End');
    await until(page, "document.querySelector('#rail').getAttribute('aria-valuetext').includes('2009')");
    await page.evaluate('scrollTo({ top: document.documentElement.scrollHeight })');
    await page.locator('.tile[aria-label*="IMG_099999"]').waitFor();
  });

  it('are found by date in a moment, also on a phone', async () => {
    const { page, address, complaints } = await start(PHONE);
    await page.goto(`${address}/photos`);
    await page.locator('.tile img').first().waitFor();
    await page.fill('#q', 'IMG_000123');
    await page.locator('.tile[aria-label*="IMG_000123"]').waitFor();
    await until(page, "document.querySelectorAll('.tile').length === 1");
    expect(complaints).toEqual([]);
  });
});

describe('the map', () => {
  it('shows a hundred thousand photos as a few heaps, nearer with the keyboard, down to the photos themselves', async () => {
    const { page, address, complaints } = await start();
    await page.goto(`${address}/photos`);
    await page.getByRole('link', { name: 'Map', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Map' }).waitFor();
    const heaps = page.locator('.map a');
    expect(await heaps.count()).toBeGreaterThan(3);
    expect(await heaps.count()).toBeLessThan(99);
    // The coastline is a file of ours that the page's policy lets in.
    await until(page, "document.querySelector('.map-land').getBoundingClientRect().width > 500");
    const took = (await page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")) as number;
    figure(`map of ${COUNT} photos after ${Math.round(took)} ms, ${await heaps.count()} heaps`);
    const before = page.url();
    await heaps.first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href !== before);
    await page.getByRole('link', { name: 'Whole world' }).waitFor();
    const [count] = /\d[\d,]*/.exec((await page.locator('.map-list .note').first().textContent()) ?? '') ?? [];
    await page.locator('.map-list a').first().click();
    await page.getByRole('heading', { level: 1, name: /^Near / }).waitFor();
    await page.locator('.tile img').first().waitFor();
    const { count: shown } = (await page.evaluate(
      "fetch('/api/timeline?near=' + document.querySelector('#timeline').dataset.near).then((answer) => answer.json())",
    )) as { count: number };
    expect(shown.toLocaleString('en-US')).toBe(count);
    expect(complaints).toEqual([]);
  });
});

describe('memory', () => {
  it('stays flat while somebody browses', async () => {
    const { page, address } = await start();
    const use = async () => {
      for (const query of ['', '?filter=videos', '?q=2019', '?filter=favourites', '?q=IMG_05']) {
        await page.goto(`${address}/photos${query}`);
        await page.locator('.tile').first().waitFor();
      }
    };
    await use();
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 3; round++) await use();
    globalThis.gc?.();
    const grownMb = (process.memoryUsage().rss - before) / 1e6;
    figure(`grown by ${grownMb.toFixed(0)} MB`);
    expect(grownMb).toBeLessThan(150);
  });
});
