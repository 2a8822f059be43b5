import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Coverage } from '../../src/domain/coverage.ts';
import { NO_COUNTS } from '../../src/domain/run-report.ts';
import type { RunRow } from '../../src/ports/browse.ts';
import type { LibraryDoor } from '../../src/ports/library-door.ts';
import { DAY_MS, LAST_NIGHT, NOW } from '../contract/web/fake-service.ts';
import { DESKTOP, logIn, PHONE, until, visit } from './browser.ts';
import { makeGallery } from './gallery.ts';
import { PAGE_PASSWORD, servePage } from './page-server.ts';
import { answersFor, STATES } from './states.ts';

/** `scripts/screenshots` names docs/images; a test run only proves that each picture can be taken. */
const FOLDER = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'photos-shots-'));

let door: LibraryDoor;
beforeAll(async () => {
  const { door: own } = await makeGallery(2500, NOW);
  door = {
    ...own,
    browse: {
      ...own.browse,
      runsSince: () => NIGHTS,
      runs: (limit: number) => NIGHTS.toReversed().slice(0, limit),
    },
    overview: { ...own.overview, growth: () => GROWTH, newest: () => [2, 3, 4, 5, 8, 9, 12, 14], coverage: () => COVERAGE },
    media: { open: own.media.open, space: async () => ({ free: 2.31e12, total: 3.58e12 }) },
  };
});

async function open(state: string, look: Parameters<typeof visit>[1]) {
  const change = state === 'hold' ? { held: 1204 } : state === 'first' ? { storedFiles: 0, kinds: [], listedAtMs: undefined } : {};
  const shown = { ...door, overview: { ...door.overview, coverage: () => ({ ...COVERAGE, ...change }) } };
  const server = await servePage(shown, STATES[state], { epochMs: () => NOW });
  const paths = door.browse.items([2, 3, 4, 5, 8, 9, 12]).flatMap(({ row }) => door.browse.item(row)?.files[0]?.path ?? []);
  Object.assign(server.service, { command: answersFor(paths) });
  const visited = await visit(server.address, look);
  await logIn(visited.page, server.address, PAGE_PASSWORD);
  return { ...server, ...visited };
}

/** Pictures in the window are there, or known to be missing. */
const LOADED = `(() => {
  const seen = [...document.images].filter((image) => {
    const { top, bottom, width } = image.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  });
  return seen.length >= MIN && seen.every(({ complete }) => complete);
})()`;

async function shoot(page: Page, name: string, pictures = 0): Promise<void> {
  await until(page, LOADED.replace('MIN', String(pictures)));
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  expect(statSync(path).size).toBeGreaterThan(10_000);
}

/** As high as its content, so that the bar at the side goes down to the foot. */
async function whole(page: Page): Promise<void> {
  const height = (await page.evaluate('document.documentElement.scrollHeight')) as number;
  await page.setViewportSize({ width: 1440, height });
}

it.each([
  ['home', 'good', '/', 'light', 8],
  ['home-dark', 'good', '/', 'dark', 8],
  ['home-syncing-dark', 'syncing', '/', 'dark', 0],
  ['home-first', 'first', '/', 'light', 0],
  ['home-code', 'code fresh', '/', 'light', 0],
  ['home-hold', 'hold', '/', 'light', 1],
  ['home-stale-dark', 'stale', '/', 'dark', 0],
  ['sign-in', 'code fresh', '/signin', 'light', 0],
  ['sign-in-adp', 'approval', '/', 'light', 0],
  ['trash-dark', 'good', '/trash', 'dark', 0],
  ['off-site', 'good', '/offsite', 'light', 0],
  ['held', 'hold', '/hold', 'light', 1],
  ['map', 'good', '/map', 'light', 0],
] as const)('%s', async (name, state, path, colorScheme, pictures) => {
  const { page, address } = await open(state, { ...DESKTOP, colorScheme });
  await page.goto(address + path);
  if (name === 'home') await whole(page);
  await shoot(page, name, pictures);
});

it.each([
  ['photos', 'light'],
  ['photos-dark', 'dark'],
] as const)('%s', async (name, colorScheme) => {
  const { page, address } = await open('good', { ...DESKTOP, colorScheme });
  await page.goto(`${address}/photos`);
  await page.locator('.tile img').first().waitFor();
  await shoot(page, name, 8);
});

it('one photo', async () => {
  const { page, address } = await open('good', DESKTOP);
  await page.goto(`${address}/photos`);
  await page.locator('.tile[aria-label*="live"]').first().click();
  await page.getByText('Matches Apple’s checksum').first().waitFor();
  await shoot(page, 'viewer', 1);
});

it.each([
  ['phone', 'good', '/', 'light'],
  ['phone-hold-dark', 'hold', '/', 'dark'],
  ['phone-photos', 'good', '/photos', 'light'],
  ['phone-code-dark', 'code fresh', '/', 'dark'],
] as const)('%s', async (name, state, path, colorScheme) => {
  const { page, address } = await open(state, { ...PHONE, colorScheme });
  await page.goto(address + path);
  if (path === '/photos') await page.locator('.tile img').first().waitFor();
  await shoot(page, name);
});

it('the door', async () => {
  const server = await servePage(door);
  const { page } = await visit(server.address, PHONE);
  await page.goto(server.address);
  await shoot(page, 'unlock');
});

const kind = (name: Coverage['kinds'][number]['kind'], count: number): Coverage['kinds'][number] => ({
  kind: name,
  listed: count,
  listedBytes: count * 9e6,
  stored: count,
  verified: count,
  unconfirmed: 0,
  unverifiable: 0,
});
const COVERAGE: Coverage = {
  complete: true,
  intact: true,
  findings: [],
  read: { days: 90, files: 130_992, allFiles: 130_992, oldestMs: NOW - 60 * DAY_MS },
  archived: { files: 0, bytes: 0, findings: 0 },
  listedAtMs: LAST_NIGHT + 4 * 60_000,
  assets: 84_312,
  albums: 146,
  storedFiles: 130_992,
  storedBytes: 1.27e12,
  kinds: [
    kind('original', 84_312),
    kind('live-video', 31_440),
    kind('edited', 9_872),
    kind('edited-video', 4_118),
    kind('alternative', 1_250),
  ],
  missing: [],
  noLongerListed: 214,
  held: 0,
  leftOut: [],
};

/** A year of nights: mostly quiet, trips in summer, one failure. */
const NIGHTS: readonly RunRow[] = Array.from({ length: 369 }, (_, index) => {
  const startedAtMs = LAST_NIGHT - (368 - index) * DAY_MS;
  const noise = (index * 7919) % 101;
  const downloaded = noise < 45 ? 0 : noise < 78 ? 1 + (noise % 9) : noise < 92 ? 20 + noise : 100 + noise * 3;
  const outcome = index === 290 ? 'failed' : index % 97 === 60 ? 'incomplete' : 'complete';
  return {
    id: index,
    command: 'sync',
    startedAtMs,
    endedAtMs: startedAtMs + 2000 + downloaded * 1800,
    outcome,
    counts: { ...NO_COUNTS, downloaded, downloadedBytes: downloaded * 11e6, missing: outcome === 'incomplete' ? 2 : 0 },
    code: undefined,
  };
}).filter(({ id }) => id !== 171);

const GROWTH = Array.from({ length: 25 }, (_, index) => ({
  month: new Date(Date.UTC(2024, 10 + index, 1)).toISOString().slice(0, 7),
  bytes: index === 0 ? 8.7e11 : 1e10 + ((index * 7) % 5) * 3e9,
}));
