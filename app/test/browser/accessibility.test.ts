import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { NOW, stateWith } from '../contract/web/fake-service.ts';
import { DESKTOP, logIn, PHONE, until, visit } from './browser.ts';
import { type Gallery, makeGallery } from './gallery.ts';
import { PAGE_PASSWORD, servePage } from './page-server.ts';
import { answersFor, STATES } from './states.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let gallery: Gallery;
beforeAll(async () => {
  gallery = await makeGallery(600, NOW);
});

const LOOKS = [
  ['desktop, light', { ...DESKTOP, colorScheme: 'light' }],
  ['desktop, dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['phone, light', { ...PHONE, colorScheme: 'light' }],
  ['phone, dark', { ...PHONE, colorScheme: 'dark' }],
] as const;

/** Serious and critical findings, and what sticks out at the side. */
async function findings(page: Page): Promise<readonly string[]> {
  // Opacity that is still changing would be measured as a colour.
  await page.evaluate(
    'Promise.all(document.getAnimations().map((one) => one.effect?.getTiming().iterations === Infinity || one.finished))',
  );
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  const sideways = (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
  return [
    ...violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`)
            .join(' | ')}`,
      ),
    ...(sideways > 0 ? [`scrolls sideways by ${sideways}`] : []),
  ];
}

async function open(look: Parameters<typeof visit>[1], state = STATES.good) {
  const paths = gallery.door.browse
    .items([1, 2, 3, 4, 5, 6, 7, 8])
    .flatMap(({ row }) => gallery.door.browse.item(row)?.files[0]?.path ?? []);
  // Whatever the catalog holds, the state decides what is told; a hold needs something that is held.
  const coverage = async () => ({ ...(await gallery.door.overview.coverage()), held: 1204 });
  const held = state === STATES.hold ? { ...gallery.door, overview: { ...gallery.door.overview, coverage } } : gallery.door;
  const server = await servePage(held, state, { epochMs: () => NOW });
  Object.assign(server.service, { command: answersFor(paths) });
  const visited = await visit(server.address, look);
  await logIn(visited.page, server.address, PAGE_PASSWORD);
  return { ...server, ...visited };
}

describe.each(LOOKS)('%s', (_, look) => {
  it('nothing serious on any page', async () => {
    const { page, address } = await open(look);
    const found: string[] = [];
    for (const path of [
      '/',
      '/photos',
      '/map',
      '/albums',
      '/problems',
      '/offsite',
      '/hold',
      '/trash',
      '/log',
      '/log/1',
      '/settings',
      '/more',
      '/signin',
    ]) {
      await page.goto(address + path);
      if (path === '/photos') await page.locator('.tile img').first().waitFor();
      for (const one of await findings(page)) found.push(`${path} ${one}`);
    }
    expect(found).toEqual([]);
  });

  it('nothing serious in any state of the home page', async () => {
    const found: string[] = [];
    const looksAt = async ({ page, address, current }: Awaited<ReturnType<typeof open>>, names: readonly string[]) => {
      for (const name of names) {
        current.state = stateWith(STATES[name]);
        await page.goto(address);
        for (const one of await findings(page)) found.push(`${name} ${one}`);
      }
    };
    // What is held comes from the catalog, which tells every state of one service the same.
    await looksAt(
      await open(look),
      Object.keys(STATES).filter((name) => name !== 'hold'),
    );
    await looksAt(await open(look, STATES.hold), ['hold']);
    expect(found).toEqual([]);
  });

  it('nothing serious at the door and over a photo', async () => {
    const { page, address } = await open(look);
    await page.goto(`${address}/photos`);
    await page.locator('.tile').first().click();
    await page.getByText('Matches Apple’s checksum').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.context().clearCookies();
    await page.goto(address);
    expect(await findings(page)).toEqual([]);
  });
});

describe('every width', () => {
  it('from 320 to 1920 pixels: nothing sticks out', async () => {
    const { page, address } = await open(DESKTOP);
    for (const width of [320, 390, 600, 760, 900, 1080, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of ['/', '/photos', '/map', '/albums', '/trash', '/offsite', '/settings']) {
        await page.goto(address + path);
        const sideways = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect([width, path, sideways]).toEqual([width, path, 0]);
      }
    }
  });
});

describe('the keyboard', () => {
  it('reaches the photos, moves over them, opens one and comes back to it', async () => {
    const { page, address } = await open(DESKTOP);
    await page.goto(`${address}/photos`);
    await page.locator('.tile img').first().waitFor();
    await page.keyboard.press('/');
    await until(page, "document.activeElement.id === 'q'");
    await page.locator('#content').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const before = await page.evaluate("document.activeElement.getAttribute('aria-label')");
    expect(before).toMatch(/^(Photo|Video), /);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    await until(page, `document.activeElement.getAttribute('aria-label') === ${JSON.stringify(before)}`);
  });

  it('skips to the content, and shows where it is', async () => {
    const { page, address } = await open(DESKTOP);
    await page.goto(address);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });
});

describe('an installed page', () => {
  it('has a manifest, icons and a worker, also below a path of its own', async () => {
    const server = await servePage(gallery.door, STATES.good, { basePath: '/cloud' });
    const { page, complaints } = await visit(server.address);
    await logIn(page, `${server.address}/`, PAGE_PASSWORD);
    await page.goto(`${server.address}/photos`);
    await page.locator('.tile img').first().waitFor();
    const manifest = (await page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())")) as {
      start_url: string;
      icons: { src: string }[];
    };
    expect(manifest.start_url).toBe('/cloud/');
    for (const { src } of manifest.icons)
      expect(await page.evaluate(`fetch(${JSON.stringify(src)}).then(({ status }) => status)`)).toBe(200);
    const scope = await page.evaluate('navigator.serviceWorker.ready.then(({ scope }) => scope)');
    expect(scope).toBe(`${server.address}/`);
    expect(complaints).toEqual([]);
  });
});
