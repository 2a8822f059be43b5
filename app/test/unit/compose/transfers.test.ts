import { expect, it } from 'vitest';
import { mostDownloads } from '../../../src/compose/transfers.ts';
import { load } from '../config/scratch.ts';

const most = (env: Record<string, string>, openFiles?: number) => mostDownloads(load({ env }).settings, openFiles);

it('runs as many downloads at once as the limit on open files bears, with room for everything else', () => {
  expect(most({}, 1_000_000)).toBe(32);
  expect(most({}, 256)).toBe(32);
  expect(most({ DOWNLOAD_THREADS: '200' }, 256)).toBe(40);
  expect(most({}, 128)).toBe(8);
  expect(most({}, 64)).toBe(1);
});

it('runs few at once on a slow line, so that none of them is late', () => {
  expect(most({ BANDWIDTH_LIMIT: '10M' }, 1_000_000)).toBe(32);
  expect(most({ BANDWIDTH_LIMIT: '200k' }, 1_000_000)).toBe(3);
  expect(most({ BANDWIDTH_LIMIT: '1k' }, 1_000_000)).toBe(1);
});
