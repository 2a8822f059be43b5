import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../../src/adapters/catalog/open-catalog.ts';
import type { Zone } from '../../../src/domain/asset.ts';
import { SET_ASIDE_AFTER } from '../../../src/domain/todo-wish.ts';
import type { Catalog, TodoItem } from '../../../src/ports/catalog.ts';

const ZONE: Zone = { name: 'PrimarySync', owner: '_owner', database: 'private' };
let catalog: Catalog;
beforeEach(() => {
  const file = join(mkdtempSync(join(tmpdir(), 'todo-')), 'catalog.sqlite');
  catalog = openCatalog({ file, appleId: 'tester@example.com' });
});

/** Lists one item with one file, wanted. */
function list(id: string, checksum = `sum-${id}`, folder = '2024'): number {
  const listed = { zone: ZONE.name, id, masterId: `m-${id}`, filename: `${id}.JPG`, captureMs: 1, addedMs: 2, offsetS: 0 };
  const rendition = { kind: 'original', checksum, size: 10, uti: 'public.jpeg', download: undefined } as const;
  const asset = { ...listed, favorite: false, hidden: false, renditions: [rendition], details: {}, previews: [] };
  const row = catalog.putAsset(catalog.beginListing(ZONE, 1), asset, { folder, base: id, folded: id });
  catalog.putRenditions(row, [{ rendition, path: `${folder}/${id}.JPG` }]);
  catalog.addTodo(row, 'original', 5);
  return row;
}

const itemOf = (id: string): TodoItem => {
  const found = catalog.todo(0, 100).find(({ asset }) => asset.id === id);
  if (!found) throw new Error(`${id} is not on the list`);
  return found;
};
const fail = (id: string, nowMs: number, nextTryMs: number) =>
  catalog.failed(itemOf(id), { code: 'transfer-failed', message: `${id} broke off`, nowMs, nextTryMs, disagreedSha256: undefined });
const tried = (is: 'due' | 'waiting-too' | 'everything', nowMs: number) => catalog.todo(0, 100, { is, nowMs }).map(({ asset }) => asset.id);

describe('the to-do list', () => {
  it('leaves what failed to a later scheduled run, and tries it when a person asks', () => {
    list('A');
    list('B');
    fail('A', 100, 1000);
    expect(tried('due', 500)).toEqual(['B']);
    expect(tried('due', 1000)).toEqual(['A', 'B']);
    expect(tried('waiting-too', 500)).toEqual(['A', 'B']);
  });

  it('sets aside what failed eight times; a full listing still tries it', () => {
    list('A');
    for (let time = 1; time <= SET_ASIDE_AFTER; time++) {
      expect(tried('waiting-too', 0), `before failure ${time}`).toEqual(['A']);
      fail('A', time, time + 1);
    }
    expect(tried('due', 1e9)).toEqual([]);
    expect(tried('waiting-too', 1e9)).toEqual([]);
    expect(tried('everything', 0)).toEqual(['A']);
    expect(catalog.coverage().missing).toMatchObject([{ code: 'transfer-failed', count: 1, setAside: 1, nextTryMs: undefined }]);
  });

  it('tries a new version at once, and counts its failures anew', () => {
    list('A');
    for (let time = 1; time <= SET_ASIDE_AFTER; time++) fail('A', time, 1e9);
    list('A', 'sum-edited');
    expect(tried('due', 10)).toEqual(['A']);
    expect(itemOf('A').attempts).toBe(0);
    fail('A', 20, 1e9);
    expect(itemOf('A').attempts).toBe(1);
  });

  it('tells what was not tried in this run, so that no report calls it complete', () => {
    list('A');
    list('B');
    list('C');
    fail('A', 100, 1000);
    fail('B', 600, 1000);
    expect(catalog.putOff(500)).toEqual([{ code: 'transfer-failed', count: 1, example: 'A broke off' }]);
  });

  it('is due again by retry: all of it, one file, or a folder', () => {
    list('A', 'a', '2024/05');
    list('B', 'b', '2024/06');
    list('C', 'c', '2024/0');
    for (const id of ['A', 'B', 'C']) for (let time = 1; time <= SET_ASIDE_AFTER; time++) fail(id, time, 1e9);
    expect(catalog.retryTodo('2024/0')).toBe(1);
    expect(tried('due', 10)).toEqual(['C']);
    expect(catalog.retryTodo('2024/05/A.JPG')).toBe(1);
    expect(catalog.retryTodo('elsewhere')).toBe(0);
    expect(catalog.retryTodo(undefined)).toBe(3);
    expect(tried('due', 10)).toEqual(['A', 'B', 'C']);
  });

  it('knows which half-fetched files somebody still waits for', () => {
    list('A');
    list('B');
    expect(catalog.wantedChecksums(['sum-A', 'sum-gone', "it's"])).toEqual(new Set(['sum-A']));
  });
});
